"""How much a model's answers depend on the measured head, and what the spread of the head over people costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gaze_training.evaluate.lens_faces import LensFaces
from gaze_training.evaluate.predict import Predict, in_batches
from gaze_training.evaluate.zero import zero_test

_STEP = np.radians(3.0)


@dataclass(frozen=True)
class PoseRow:
    """One group of people who look into the lens.

    `head_pitch_spread`: standard deviation of the measured head pitch, degrees: nods and the build of faces together.
    `lean_pitch`, `lean_yaw`: change of the answer per degree of measured head, with the same picture. `error`: of
    the zero test, degrees; `error_level`: the same if every head is given the group's mean pitch.
    """

    group: str
    images: int
    head_pitch_spread: float
    lean_pitch: float
    lean_yaw: float
    error: float
    error_level: float


def pose_test(faces: LensFaces, predict: Predict) -> tuple[PoseRow, ...]:
    """A row for each group of the photographs, and one for all of them; a mean pitch is that of the row's own group."""
    return tuple(_row(name, group, predict) for name, group in _groups(faces))


def _groups(faces: LensFaces) -> Iterator[tuple[str, LensFaces]]:
    names = sorted(set(faces.group.tolist()))
    for name in names:
        yield name, faces.where(faces.group == name)
    if len(names) > 1:
        yield "all", faces


def _row(name: str, faces: LensFaces, predict: Predict) -> PoseRow:
    pitch = faces.head[..., 0].mean(1)
    level = faces.head.copy()
    level[..., 0] = pitch.mean()
    lean = [_lean(faces, predict, axis) for axis in (0, 1)]
    return PoseRow(
        group=name,
        images=len(faces),
        head_pitch_spread=float(np.degrees(pitch.std())),
        lean_pitch=lean[0],
        lean_yaw=lean[1],
        error=zero_test(faces, predict).groups[-1].error,
        error_level=zero_test(replace(faces, head=level), predict).groups[-1].error,
    )


def _lean(faces: LensFaces, predict: Predict, axis: int) -> float:
    n = len(faces)
    crops, head = faces.crops.reshape(2 * n, *faces.crops.shape[2:]), faces.head.reshape(2 * n, 2)
    step = np.zeros(2, np.float32)
    step[axis] = _STEP
    more, less = (in_batches(predict, crops, (head + sign * step).astype(np.float32)) for sign in (1, -1))
    return float((more - less)[:, axis].mean() / (2 * _STEP))
