"""Figures as plain text tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gaze_training.evaluate.offsets import OffsetRow
from gaze_training.evaluate.parts import SHARES, ConditionRow, PartRow
from gaze_training.evaluate.points import PointResult
from gaze_training.evaluate.pose import PoseRow
from gaze_training.evaluate.response import ResponseRow
from gaze_training.evaluate.zero import ZeroResult

if TYPE_CHECKING:
    from gaze_training.evaluate.calibrated import CalibratedRow
    from gaze_training.evaluate.heads import HeadsResult  # it loads MediaPipe
    from gaze_training.evaluate.hidden_eyes import Refusals
    from gaze_training.evaluate.points_in_faces import PointsInFacesResult
    from gaze_training.evaluate.screen import ScreenResult

Cell = str | float | int


def text_table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Columns as wide as their texts; fractions with two digits, the first column left-aligned."""
    cells = [[f"{v:.2f}" if isinstance(v, float) else str(v) for v in row] for row in rows]
    widths = [max(len(line[k]) for line in [list(header), *cells]) for k in range(len(header))]

    def line(words: Sequence[str]) -> str:
        first, *others = words
        return "  ".join([first.ljust(widths[0]), *(w.rjust(n) for w, n in zip(others, widths[1:], strict=True))])

    return "\n".join(line(words).rstrip() for words in [list(header), *cells])


def hidden_table(results: Mapping[str, Mapping[str, Refusals]]) -> str:
    """One line for each disturbance: the share of each model's portraits without a gaze, with the reasons, and how many
    portraits there were."""
    names = list(results)
    header = ["drawn", *(column for name in names for column in (name, "of"))]
    rows: list[list[Cell]] = []
    for disturbance in next(iter(results.values())):
        found = [results[name][disturbance] for name in names]
        rows.append([disturbance, *(cell for row in found for cell in (_refused(row), row.asked))])
    return text_table(header, rows)


def _refused(row: Refusals) -> str:
    if not row.asked:
        return "-"
    parts = sorted(row.reasons.items(), key=lambda part: -part[1])
    reasons = ", ".join(f"{reason} {100 * count / row.asked:.0f}" for reason, count in parts)
    return f"{100 * row.share:.0f}" + (f" ({parts[0][0]})" if len(parts) == 1 else f" ({reasons})" if parts else "")


def zero_table(results: Mapping[str, ZeroResult]) -> str:
    """One line per model and group, degrees."""
    header = ["model", "group", "people", "error", "+-", "bias p", "bias y", "sd p", "sd y", "temporal", "apart"]
    rows: list[list[Cell]] = [
        [
            *(name, r.group, r.people, r.error, r.error_se, r.bias_pitch, r.bias_yaw),
            *(r.spread_pitch, r.spread_yaw, r.temporal, r.eyes_apart),
        ]
        for name, result in results.items()
        for r in result.groups
    ]
    return text_table(header, rows)


def tone_table(results: Mapping[str, ZeroResult]) -> str:
    """The zero test by skin: people and error in degrees, one line per model."""
    tones = next(iter(results.values())).tones if results else ()
    header = ["model", *(f"{row.group} ({row.people})" for row in tones)]
    return text_table(header, [[name, *(row.error for row in result.tones)] for name, result in results.items()])


def part_table(results: Mapping[str, Sequence[PartRow]]) -> str:
    """One line a part and model, degrees and per cent."""
    header = ["part", "model", "eyes", "error", "pitch off", "bias p", "sd told", *(f"in {s:.0%}" for s in SHARES)]
    parts = [row.part for row in next(iter(results.values()))] if results else []
    rows: list[list[Cell]] = [
        [part, name, r.eyes, r.error, r.pitch_off, r.pitch_bias, r.spread, *(100 * share for share in r.inside)]
        for part in parts
        for name, result in results.items()
        for r in result
        if r.part == part
    ]
    return text_table(header, rows)


def condition_table(results: Mapping[str, Sequence[ConditionRow]]) -> str:
    """One line per model and number of the condition."""
    header = ["model", "condition", "eyes", "off by", "correlation"]
    rows: list[list[Cell]] = [
        [name, r.name, r.eyes, r.error, r.correlation] for name, result in results.items() for r in result
    ]
    return text_table(header, rows)


def pose_table(results: Mapping[str, Sequence[PoseRow]]) -> str:
    """One line per model and group, degrees and degrees per degree."""
    header = ["model", "group", "images", "head sd p", "lean p", "lean y", "error", "heads level"]
    rows: list[list[Cell]] = [
        [*(name, r.group, r.images, r.head_pitch_spread), *(r.lean_pitch, r.lean_yaw, r.error, r.error_level)]
        for name, result in results.items()
        for r in result
    ]
    return text_table(header, rows)


def offset_table(results: Mapping[str, Sequence[OffsetRow]]) -> str:
    """One line per model and group, degrees, mm, degrees per mm and per degree."""
    header = ["model", "group", "images", "iris sd mm", "per mm", "per head", "sd p", "explained", "rest", "error"]
    rows: list[list[Cell]] = [
        [
            *(name, r.group, r.images, r.iris_spread_mm, r.per_mm, r.per_head),
            *(r.spread, r.explained, r.rest, r.error),
        ]
        for name, result in results.items()
        for r in result
    ]
    return text_table(header, rows)


def point_table(results: Mapping[str, PointResult]) -> str:
    """One line per model, px of the screen in the file."""
    header = ["model", "R2 x", "R2 y", "quadratic px", "affine px", "from 40", "from 9", "guess"]
    rows: list[list[Cell]] = [
        [
            *(name, r.r2_x, r.r2_y),
            *(round(v) for v in (r.median_quadratic, r.median_affine, r.median_40, r.median_9, r.guess)),
        ]
        for name, r in results.items()
    ]
    return text_table(header, rows)


def points_in_faces_table(results: Mapping[str, PointsInFacesResult]) -> str:
    """One line a portrait and model, then one for the mean of the portraits; and what was lost."""

    def whole(value: float) -> Cell:
        return "-" if np.isnan(value) else round(value)

    header = ["face", "model", "from 40", "from 9", "guess", "R2 x", "R2 y", "pitch", "yaw", "frames", "lost"]
    by_face = zip(*([*r.faces, r.mean] for r in results.values()), strict=True)
    rows: list[list[Cell]] = [
        [
            *(row.face, name, *(whole(v) for v in (row.points.median_40, row.points.median_9, row.points.guess))),
            *(row.points.r2_x_affine, row.points.r2_y_affine, row.pitch, row.yaw, row.frames, row.lost),
        ]
        for of_face in by_face
        for name, row in zip(results, of_face, strict=True)
    ]
    first = (
        "Median distance to points left out, in px of the screen in the file, by affine maps of 40 and of 9 frames; R2 "
        "of affine maps; degrees of pitch for 100 px further up and of yaw for 100 px further to the right:"
    )
    return f"{first}\n{text_table(header, rows)}\n\n" + _lost_frames({name: r.reasons for name, r in results.items()})


def screen_tables(results: Mapping[str, ScreenResult]) -> str:
    """Medians by the number of frames fitted to, then by fifths of the screen and of the eyes' opening, and what was
    lost; in the unit of the points. A number of frames for which no series is long enough has no row."""
    from gaze_training.evaluate.screen import FIFTHS_FROM, FIT_FRAMES, TESTED_AT_LEAST

    def whole(*values: float) -> list[Cell]:
        return ["-" if np.isnan(value) else round(value) for value in values]

    fits: list[list[Cell]] = [
        [name, row.frames, *whole(row.both, row.left, row.right), row.series, row.tested]
        for name, result in results.items()
        for row in result.fits
        if row.series
    ]
    short = [
        n for n in FIT_FRAMES if not any(row.frames == n and row.series for r in results.values() for row in r.fits)
    ]
    fifths: list[list[Cell]] = [
        [name, *whole(*r.fifths, *r.opening_fifths, r.guess), r.frames, r.lost] for name, r in results.items()
    ]
    places = [*(f"{name} fifth" for name in ("top", "2nd", "middle", "4th", "bottom"))]
    openings = [*(f"{name} eyes" for name in ("narrowest", "2nd", "middle", "4th", "widest"))]
    first = "Median distance between the point looked at and the predicted one, in the unit of the points:"
    second = (
        "The same for each fifth of the screen and for each fifth of the frames by the eyes' opening, both eyes, "
        f"fitted to {FIFTHS_FROM} frames; guess: always the mean of the points of the fit:"
    )
    parts = [f"{first}\n{text_table(['model', 'fitted to', 'both eyes', 'left', 'right', 'series', 'tested'], fits)}"]
    if short:
        numbers = ", ".join(str(n) for n in short)
        parts.append(
            f"No series is long enough to fit to {numbers} frames: it needs {TESTED_AT_LEAST} frames with a gaze more."
        )
    if FIFTHS_FROM not in short:
        header = ["model", *places, *openings, "guess", "frames", "lost"]
        parts.append(f"{second}\n{text_table(header, fifths)}")
    return "\n\n".join([*parts, _lost_frames({name: r.reasons for name, r in results.items()})])


def _lost_frames(reasons: Mapping[str, Mapping[str, int]]) -> str:
    """How many frames each model did not answer, and why."""
    models = [
        f"{name}: {', '.join(f'{count} {reason}' for reason, count in sorted(own.items())) or 'none'}"
        for name, own in reasons.items()
    ]
    return "Frames without a gaze: " + "; ".join(models)


def calibrated_table(rows: Sequence[CalibratedRow]) -> str:
    """One line a test and model, degrees."""

    def span(ends: tuple[float, float] | None) -> str:
        return "-" if ends is None else f"{ends[0]:.2f} to {ends[1]:.2f}"

    first = rows[0].model if rows else ""
    header = ["on", "model", "looks", "frames", "not calibrated", "calibrated", "95 %", f"less than {first}", "95 %"]
    cells: list[list[Cell]] = [
        [
            *(row.on, row.model, row.looks, row.frames, row.plain_deg, row.error_deg, span(row.interval_deg)),
            *(("-", "-") if row.model == first else (row.better_deg, span(row.better_interval_deg))),
        ]
        for row in rows
    ]
    return text_table(header, cells)


def response_table(results: Mapping[str, Sequence[ResponseRow]]) -> str:
    """One line per model and renderer."""
    header = [
        *("model", "renderer", "faces", "error", "bias p", "bias y", "gain p", "R2 p", "per head p"),
        *("gain y", "R2 y", "per head y", "apart"),
    ]
    rows: list[list[Cell]] = [
        [
            *(name, r.renderer, r.faces, r.error, r.bias_pitch, r.bias_yaw, r.pitch.gain, r.pitch.r2, r.pitch.per_head),
            *(r.yaw.gain, r.yaw.r2, r.yaw.per_head, r.eyes_apart),
        ]
        for name, result in results.items()
        for r in result
    ]
    return text_table(header, rows)


def heads_tables(result: HeadsResult) -> str:
    """How well whole heads are found and placed, then one line per model for heads anywhere, and one for the series."""
    places: list[list[Cell]] = [[row.name, row.bias, row.spread, row.per_pitch, row.per_yaw] for row in result.places]
    anywhere: list[list[Cell]] = [
        [
            *(r.model, r.answered, r.error, r.bias_pitch, r.bias_yaw, r.pitch.gain, r.pitch.r2, r.pitch.per_head),
            *(r.yaw.gain, r.yaw.r2, r.yaw.per_head),
        ]
        for r in result.models
    ]
    series: list[list[Cell]] = [
        [
            *(r.model, r.turn_pitch.slope, r.turn_pitch.people, r.turn_yaw.slope, r.turn_yaw.people),
            *(r.irises_pitch.slope, r.irises_pitch.people, r.irises_pitch.r2, r.irises_pitch.spread),
            *(r.irises_yaw.slope, r.irises_yaw.people, r.irises_yaw.r2, r.irises_yaw.spread),
        ]
        for r in result.models
    ]
    axes = ["gain p", "R2 p", "per head p", "gain y", "R2 y", "per head y"]
    moved = [f"{name} {axis}" for axis in "py" for name in ("irises", "+-", "R2", "left")]
    return "\n\n".join(
        [
            f"{result.pictures} heads anywhere: {result.found:.0%} found, {result.read:.0%} can be read",
            text_table(["live against true", "bias", "spread", "per deg of pitch", "of yaw"], places),
            text_table(["model", "answered", "error", "bias p", "bias y", *axes], anywhere),
            text_table(["model", "per turn p", "+- p", "per turn y", "+- y", *moved], series),
        ]
    )
