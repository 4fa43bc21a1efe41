"""The point test in whole faces: the same webcam eyes as in `points`, laid into frontal portraits, through the app's
landmarks, head pose, crops, models and mean of both eyes. Only for measuring.

The eyes have the size at which their irises are natural, and the portraits are shrunk to what a webcam at arm's length
shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from gaze_demo.geometry import Array
from gaze_training.evaluate.eye_place import EyePlaces, Webcam, webcam_pictures
from gaze_training.evaluate.lens_faces import photograph_camera
from gaze_training.evaluate.points import KnownPoints, PointResult, point_result
from gaze_training.evaluate.screen import TESTED_AT_LEAST, ScreenAnswers
from gaze_training.evaluate.webcam_eyes import WebcamEyes
from gaze_training.readers.measured import observe, open_observer
from gaze_training.readers.screen_frame import ScreenFrame

PORTRAITS = 3
_LEAST_POINTS = 4  # an affine map needs three others
_MEAN = "mean"


@dataclass(frozen=True)
class FaceFigures:
    """A model's figures in one portrait, of the frames that it answered; NaN if these are too few.

    `pitch`, `yaw`: degrees for 100 px further up and further to the right. `lost`: frames without a gaze, of `frames`.
    """

    face: str
    points: PointResult
    pitch: float
    yaw: float
    frames: int
    lost: int


@dataclass(frozen=True)
class PointsInFacesResult:
    """`faces`: one for each portrait. `mean`: the mean of their figures, the sum of frames. `reasons`: of all frames
    without a gaze."""

    faces: tuple[FaceFigures, ...]
    mean: FaceFigures
    reasons: Mapping[str, int]


def frames_in_faces(
    eyes: WebcamEyes, portraits: Sequence[EyePlaces], webcam: Webcam, seed: int
) -> Iterator[ScreenFrame]:
    """Every eye in every portrait, as the app's observer sees it; a series for each portrait."""
    with open_observer() as observer:
        for number, places in enumerate(portraits):
            pictures = webcam_pictures(places, eyes.image, webcam, np.random.default_rng([seed, number]))
            for image, point in zip(pictures, eyes.point_px, strict=True):
                yield ScreenFrame(observe(observer, image, photograph_camera(image)), point, places.name)


def points_in_faces_result(answers: ScreenAnswers, faces: Sequence[str]) -> PointsInFacesResult:
    """The figures of a model's answers to the frames of these portraits."""
    rows = []
    for number, face in enumerate(sorted(faces)):  # as `ask` numbers the series
        own = answers.series == number
        rows.append(_figures(face, answers.angles[own, 0], answers.points[own]))
    return PointsInFacesResult(tuple(rows), _mean(rows), dict(Counter(answers.reasons)))


def _figures(face: str, angles: Array, px: Array) -> FaceFigures:
    """Of pitch and yaw (n, 2) in radians, NaN where there is no gaze, and points (n, 2)."""
    known = np.isfinite(angles).all(1)
    points, frames, lost = KnownPoints.of(px[known]), len(px), int((~known).sum())
    if len(points) < TESTED_AT_LEAST or points.number.max() + 1 < _LEAST_POINTS:
        nothing = float("nan")
        return FaceFigures(face, PointResult(*[nothing] * len(fields(PointResult))), nothing, nothing, frames, lost)
    slopes = np.linalg.lstsq(np.c_[np.ones(len(points)), points.px], np.degrees(angles[known]), rcond=None)[0]
    return FaceFigures(
        face,
        point_result(points, angles[known]),
        pitch=float(-100 * slopes[2, 0]),
        yaw=float(100 * slopes[1, 1]),
        frames=frames,
        lost=lost,
    )


def _mean(rows: Sequence[FaceFigures]) -> FaceFigures:
    points = {f.name: float(np.mean([getattr(row.points, f.name) for row in rows])) for f in fields(PointResult)}
    return FaceFigures(
        _MEAN,
        PointResult(**points),
        pitch=float(np.mean([row.pitch for row in rows])),
        yaw=float(np.mean([row.yaw for row in rows])),
        frames=sum(row.frames for row in rows),
        lost=sum(row.lost for row in rows),
    )
