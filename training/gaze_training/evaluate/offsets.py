"""Why a model's gaze is above or below the lens for people who look into it: the shape of their eyes, and the measured
head. Among people who look into the lens, some have the iris higher between the corners of the eye. A model that
responds to a higher iris interprets this as gaze, 5 degrees per millimetre, and cannot know better from a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array
from gaze_training.evaluate.lens_faces import LensFaces
from gaze_training.evaluate.predict import Predict, in_batches
from gaze_training.evaluate.zero import zero_test

_FEWEST = 8  # photographs of a group that two slopes can be fitted to


@dataclass(frozen=True)
class OffsetRow:
    """One group of people who look into the lens. Pitch is the mean of both eyes'.

    `iris_spread_mm`: standard deviation of how high the iris lies above the line of the corners. `per_mm`, `per_head`:
    change of the answer's pitch, degrees, per mm of that height and per degree of measured head pitch, both fitted
    together by least squares. `spread`: standard deviation of the answer's pitch, degrees; `explained`: share (0..1) of
    its variance that these two explain; `rest`: what remains of it, degrees. The landmarks' own noise makes `explained`
    too small rather than too large. `error`: of the zero test, degrees.
    """

    group: str
    images: int
    iris_spread_mm: float
    per_mm: float
    per_head: float
    spread: float
    explained: float
    rest: float
    error: float


def offset_test(faces: LensFaces, predict: Predict) -> tuple[OffsetRow, ...]:
    """A row for each group of the photographs that has enough of them, and one for all of them together.

    For the last one each group's own means are subtracted first. Raises UserError if no group has 8 photographs.
    """
    n = len(faces)
    crops, head = faces.crops.reshape(2 * n, *faces.crops.shape[2:]), faces.head.reshape(2 * n, 2)
    pitch = np.degrees(in_batches(predict, crops, head).reshape(n, 2, 2)[..., 0].mean(1).astype(float))
    causes = np.c_[faces.iris_up_mm.mean(1), np.degrees(faces.head[..., 0].mean(1))].astype(float)
    named = {str(g): faces.group == g for g in np.unique(faces.group) if (faces.group == g).sum() >= _FEWEST}
    if not named:
        raise UserError(
            f"No group has {_FEWEST} photographs of people who look into the lens: name a folder with more."
        )
    for mask in named.values():
        pitch[mask] -= pitch[mask].mean()
        causes[mask] -= causes[mask].mean(0)
    if len(named) > 1:
        named["all"] = np.logical_or.reduce(list(named.values()))
    return tuple(
        _row(name, pitch[mask], causes[mask], zero_test(faces.where(mask), predict).groups[-1].error)
        for name, mask in named.items()
    )


def _row(group: str, pitch: Array, causes: Array, error: float) -> OffsetRow:
    slopes = np.linalg.lstsq(causes, pitch, rcond=None)[0]
    rest = pitch - causes @ slopes
    return OffsetRow(
        group=group,
        images=len(pitch),
        iris_spread_mm=float(causes[:, 0].std()),
        per_mm=float(slopes[0]),
        per_head=float(slopes[1]),
        spread=float(pitch.std()),
        explained=float(1 - rest.var() / pitch.var()) if pitch.var() > 0 else float("nan"),
        rest=float(rest.std()),
        error=error,
    )
