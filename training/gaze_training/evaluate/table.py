"""Figures as plain text tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gaze_training.evaluate.points import PointResult
from gaze_training.evaluate.response import ResponseRow
from gaze_training.evaluate.zero import ZeroResult

Cell = str | float | int


def text_table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Columns wide enough for their words; fractions with two digits, the first column to the left."""
    cells = [[f"{v:.2f}" if isinstance(v, float) else str(v) for v in row] for row in rows]
    widths = [max(len(line[k]) for line in [list(header), *cells]) for k in range(len(header))]

    def line(words: Sequence[str]) -> str:
        first, *others = words
        return "  ".join([first.ljust(widths[0]), *(w.rjust(n) for w, n in zip(others, widths[1:], strict=True))])

    return "\n".join(line(words).rstrip() for words in [list(header), *cells])


def zero_table(results: Mapping[str, ZeroResult]) -> str:
    """One line a model and group, degrees."""
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


def point_table(results: Mapping[str, PointResult]) -> str:
    """One line a model, px of the screen in the file."""
    header = ["model", "R2 x", "R2 y", "quadratic px", "affine px", "from 40", "from 9", "guess"]
    rows: list[list[Cell]] = [
        [
            *(name, r.r2_x, r.r2_y),
            *(round(v) for v in (r.median_quadratic, r.median_affine, r.median_40, r.median_9, r.guess)),
        ]
        for name, r in results.items()
    ]
    return text_table(header, rows)


def response_table(results: Mapping[str, Sequence[ResponseRow]]) -> str:
    """One line a model and renderer."""
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
