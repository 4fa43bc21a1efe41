"""The screen test: real people look at known points of a screen, and a simple map of a few of their own frames tells
how well each model finds the points of the others.

In each series of frames an affine map from pitch and yaw (camera frame) to the point is fitted to the first N frames
that the model answers, by least squares, and tested on the others. Where a series has looks of many frames each, the
first frames of all looks come first. Such a map can only remove a model's constant offset and wrong gain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import Array, vector_to_pitch_yaw
from gaze_demo.observation import Observation
from gaze_training.readers.screen_frame import ScreenFrame

FIT_FRAMES = (9, 40, 100, 250)
FIFTHS_FROM = 40  # figures by height on the screen and by openness use maps that were fitted to this many frames
TESTED_AT_LEAST = 10
_EYES = ("both", "left", "right")


class Estimates(Protocol):
    """Estimates a gaze from an observation: the app's `GazeEstimator`, or a committee of them."""

    def estimate(self, seen: Observation) -> GazeEstimate: ...


@dataclass(frozen=True, eq=False)
class ScreenAnswers:
    """A model's answers to n frames.

    `angles`: (n, 3, 2) pitch and yaw in radians, camera frame, of the mean of both eyes, the person's left eye and the
    right one; NaN if there is none. `points`: (n, 2). `series`: (n,) number of the frame's series. `openness`: (n,)
    mean lid distance of both eyes by corner distance, NaN if no face was found. `reasons`: why there was no gaze.
    `turn`: (n,) how many frames of the same look came before, None where every frame is a look of its own.
    """

    angles: Array
    points: Array
    series: NDArray[np.intp]
    openness: Array
    reasons: Counter[str]
    turn: NDArray[np.intp] | None = None


@dataclass(frozen=True)
class FitRow:
    """Median distance between predicted and true point, over all series, with maps from `frames` frames.

    `both`, `left`, `right`: of the mean of the eyes and of each alone; NaN if no series is long enough. `series`:
    how many are. `tested`: how many frames the first of these medians is of.
    """

    frames: int
    both: float
    left: float
    right: float
    series: int
    tested: int


@dataclass(frozen=True)
class ScreenResult:
    """`fifths`: median distance from FIFTHS_FROM frames for points in each fifth of the screen, from top to bottom;
    `opening_fifths`: the same for frames by openness of the eyes, narrow to wide. `guess`: the median distance of
    always answering the mean of the points of the fit. `lost`: frames without a gaze, of `frames`, with the reasons.
    """

    frames: int
    lost: int
    reasons: Mapping[str, int]
    fits: tuple[FitRow, ...]
    fifths: tuple[float, ...]
    opening_fifths: tuple[float, ...]
    guess: float


def ask(models: Mapping[str, Estimates], frames: Iterable[ScreenFrame]) -> dict[str, ScreenAnswers]:
    """Each model's answers, by its name; only numbers are kept of a frame. Raises UserError for no frame at all."""
    points: list[Array] = []
    names: list[str] = []
    turns: list[int] = []
    seen: Counter[tuple[str, int]] = Counter()
    openness: list[float] = []
    angles: dict[str, list[Array]] = {name: [] for name in models}
    reasons: dict[str, Counter[str]] = {name: Counter() for name in models}
    for frame in frames:
        points.append(frame.point)
        names.append(frame.series)
        turns.append(0 if frame.look is None else seen[frame.series, frame.look])
        if frame.look is not None:
            seen[frame.series, frame.look] += 1
        eyes = [eye.openness for eye in (frame.seen.left, frame.seen.right) if eye is not None]
        openness.append(float(np.mean(eyes)) if eyes else np.nan)
        for name, model in models.items():
            estimate = model.estimate(frame.seen)
            angles[name].append(_angles(estimate))
            if estimate.gaze is None:
                reasons[name][str(estimate.reason)] += 1
    if not names:
        raise UserError("No frame could be read: does the folder hold the frames, by the names that were given?")
    series = np.unique(names, return_inverse=True)[1].reshape(-1)
    return {
        name: ScreenAnswers(
            np.array(angles[name]).reshape(-1, len(_EYES), 2),
            np.array(points).reshape(-1, 2),
            series,
            np.array(openness),
            reasons[name],
            np.array(turns),
        )
        for name in models
    }


def cut(answers: ScreenAnswers, parts: int) -> ScreenAnswers:
    """The same answers with each series divided into this many consecutive parts, each a series."""
    place = np.zeros(len(answers.series), np.intp)
    for series in np.unique(answers.series):
        own = np.flatnonzero(answers.series == series)
        place[own] = np.arange(len(own)) * parts // len(own)
    return replace(answers, series=answers.series * parts + place)


def screen_result(answers: ScreenAnswers) -> ScreenResult:
    """The figures of a model's answers."""
    answers = _in_turn(answers)
    fits = []
    for frames in FIT_FRAMES:
        both, series = _errors(answers, answers.angles[:, 0], frames)
        left, right = (_median(_errors(answers, answers.angles[:, eye], frames)[0]) for eye in (1, 2))
        fits.append(FitRow(frames, _median(both), left, right, series, int(np.isfinite(both).sum())))
    errors, _ = _errors(answers, answers.angles[:, 0], FIFTHS_FROM)
    answered = np.asarray(np.isfinite(answers.angles[:, 0]).all(1))
    guess, _ = _errors(answers, answers.angles[:, 0] * 0.0, FIFTHS_FROM)
    return ScreenResult(
        frames=len(answers.points),
        lost=int((~answered).sum()),
        reasons=dict(answers.reasons),
        fits=tuple(fits),
        fifths=_by_fifths(errors, answers.points[:, 1], equal_width=True),
        opening_fifths=_by_fifths(errors, answers.openness, equal_width=False),
        guess=_median(guess),
    )


def _in_turn(answers: ScreenAnswers) -> ScreenAnswers:
    """The same answers, the first frame of every look first, then the second, and so on."""
    if answers.turn is None:
        return answers
    order = np.argsort(answers.turn, kind="stable")
    columns = ("angles", "points", "series", "openness", "turn")
    return replace(answers, **{name: getattr(answers, name)[order] for name in columns})


def _angles(estimate: GazeEstimate) -> Array:
    rows = [estimate.gaze, estimate.left, estimate.right]
    return np.array([np.full(2, np.nan) if gaze is None else vector_to_pitch_yaw(gaze) for gaze in rows])


def _errors(answers: ScreenAnswers, angles: Array, frames: int) -> tuple[Array, int]:
    """Distance (n,) between each frame's point and the one predicted; NaN for frames that were fitted to, that have no
    answer, or whose series is too short. And the number of series that were long enough."""
    errors = np.full(len(angles), np.nan)
    known = np.isfinite(angles).all(1)
    count = 0
    for series in np.unique(answers.series):
        own = np.flatnonzero(known & (answers.series == series))
        fitted, tested = own[:frames], own[frames:]
        if len(tested) < TESTED_AT_LEAST:
            continue
        count += 1
        features = np.column_stack([np.ones(len(angles)), angles])
        weights = np.linalg.lstsq(features[fitted], answers.points[fitted], rcond=None)[0]
        errors[tested] = np.linalg.norm(features[tested] @ weights - answers.points[tested], axis=1)
    return errors, count


def _by_fifths(errors: Array, values: Array, *, equal_width: bool) -> tuple[float, ...]:
    """Medians of errors by fifths of `values`, of the range or of the frames."""
    known = np.isfinite(errors) & np.isfinite(values)
    if not known.any():
        return (float("nan"),) * 5
    if equal_width:
        edges = np.linspace(values[known].min(), values[known].max(), 6)
    else:
        edges = np.quantile(values[known], np.linspace(0, 1, 6))
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, 4)
    return tuple(_median(errors[known & (place == k)]) for k in range(5))


def _median(errors: Sequence[float] | Array) -> float:
    finite = np.asarray(errors, float)
    finite = finite[np.isfinite(finite)]
    return float(np.median(finite)) if len(finite) else float("nan")
