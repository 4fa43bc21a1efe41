"""Where a model errs, and whether it knows: single eyes with exact labels, grouped by what makes them hard to read. For
each part: the error, and how much of it is pitch. For a model with covariances: how many eyes are inside the ellipses
that should hold 68 and 95 % of them. For a model with the condition of an eye: the error of that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gaze_training.angles import angle_between
from gaze_training.data.renderers import renderer_name
from gaze_training.data.sample import Faces
from gaze_training.evaluate.predict import Ask
from gaze_training.eyes import Eyes
from gaze_training.losses import squared_distance, true_condition
from gaze_training.networks.confidence import CONDITION

SHARES = (0.68, 0.95)
_DOWN = np.radians(-15.0)
_UP = np.radians(5.0)
_NARROW = 0.2
_HALF = 0.5
_BLURRED = 0.6


@dataclass(frozen=True)
class PartRow:
    """Angles in degrees, of single eyes. `pitch_off`: mean absolute error of pitch; `pitch_bias`: its mean; `inside`:
    share of eyes inside the ellipses of SHARES, NaN if the model has no covariance; `spread`: its median standard
    deviation, along the less certain axis."""

    part: str
    eyes: int
    error: float
    pitch_off: float
    pitch_bias: float
    inside: tuple[float, float]
    spread: float


@dataclass(frozen=True)
class ConditionRow:
    """One number of the condition: mean absolute error, correlation with the truth, over the eyes where it is known."""

    name: str
    eyes: int
    error: float
    correlation: float


def part_test(faces: Faces, ask: Ask) -> tuple[tuple[PartRow, ...], tuple[ConditionRow, ...]]:
    """Rows of parts over the eyes whose gaze can be learnt, and of the condition over all whose condition is known."""
    eyes = Eyes.from_faces(faces, unreadable=True)
    gaze, condition, covariance = ask(eyes.crops[:, 0].numpy(), eyes.head.numpy())
    renderer = torch.from_numpy(faces.renderer.astype(int))[eyes.face]
    known = eyes.gaze.isfinite().all(1)
    parts = {
        **{renderer_name(int(one)): renderer == one for one in renderer.unique()},
        "looking down, 15 deg and more": eyes.gaze[:, 0] < _DOWN,
        "between": (eyes.gaze[:, 0] >= _DOWN) & (eyes.gaze[:, 0] < _UP),
        "looking up, 5 deg and more": eyes.gaze[:, 0] >= _UP,
        "narrow openings": eyes.openness < _NARROW,
        "narrow openings, looking down": (eyes.openness < _NARROW) & (eyes.gaze[:, 0] < _DOWN),
        "less than half of the iris in sight": eyes.iris_visible < _HALF,
        "blur of 2.4 px and more": eyes.blur > _BLURRED,
        "glare or cover of 5 % and more": (eyes.glare > 0.05) | (eyes.cover > 0.05),
    }
    rows = [_part(name, gaze[m & known], eyes.gaze[m & known], _of(covariance, m & known)) for name, m in parts.items()]
    return tuple(row for row in rows if row.eyes), _conditions(condition, eyes)


def _of(covariance: Tensor | None, chosen: Tensor) -> Tensor | None:
    return None if covariance is None else covariance[chosen]


def _part(name: str, answer: Tensor, true: Tensor, covariance: Tensor | None) -> PartRow:
    off = torch.rad2deg(answer[:, 0] - true[:, 0])
    inside, spread = (np.nan, np.nan), np.nan
    if covariance is not None and len(answer):
        squared = squared_distance(answer - true, covariance)
        inside = held(squared, SHARES[0]), held(squared, SHARES[1])
        spread = float(torch.rad2deg(largest_sd(covariance)).median())
    error = torch.rad2deg(angle_between(answer, true)).mean()
    return PartRow(name, len(answer), float(error), float(off.abs().mean()), float(off.mean()), inside, spread)


def held(squared: Tensor, share: float) -> float:
    """Share of errors, by their squared Mahalanobis distance (N,), inside the ellipse that should hold `share`."""
    return float((squared < -2 * np.log(1 - share)).float().mean())


def largest_sd(covariance: Tensor) -> Tensor:
    """Standard deviation (N,) along the axis where a covariance (N, 3) is largest, radians."""
    of_pitch, of_yaw, of_both = covariance.unbind(1)
    half, apart = (of_pitch + of_yaw) / 2, (of_pitch - of_yaw) / 2
    return (half + (apart.square() + of_both.square()).sqrt()).sqrt()


def _conditions(condition: Tensor | None, eyes: Eyes) -> tuple[ConditionRow, ...]:
    if condition is None:
        return ()
    truth = true_condition(eyes)
    rows = []
    for place, name in enumerate(CONDITION):
        known = truth[:, place].isfinite()
        told: NDArray[np.float32] = condition[known, place].numpy()
        true: NDArray[np.float32] = truth[known, place].numpy()
        if len(true):
            varied = min(told.std(), true.std()) > 1e-6
            together = float(np.corrcoef(told, true)[0, 1]) if varied else float("nan")
            rows.append(ConditionRow(name, len(true), float(np.abs(told - true).mean()), together))
    return tuple(rows)
