"""The point test: real webcam eyes of one person who looked at known points of a screen, and how well a simple map from
predicted angles finds those points again. Only for measuring.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.normalisation.normalise import DISTANCE_MM
from gaze_training.evaluate.lens_faces import crop_geometry
from gaze_training.evaluate.predict import Crops, Predict, in_batches
from gaze_training.evaluate.webcam_eyes import load_webcam_eyes

CORNER_DISTANCE_MM = 27.5
_DRAWS = 200


@dataclass(frozen=True, eq=False)
class KnownPoints:
    """What n frames look at. `px`: (n, 2) x to the right, y down. `number`: (n,) the same for frames of one point."""

    px: Array
    number: NDArray[np.intp]

    @classmethod
    def of(cls, px: Array) -> KnownPoints:
        """Points (n, 2), numbered."""
        return cls(px, np.unique(px, axis=0, return_inverse=True)[1].reshape(-1))

    def __len__(self) -> int:
        return len(self.px)


@dataclass(frozen=True, eq=False)
class PointEyes:
    """`crops`: (n, h, w) grey, mirrored: the nose is at the left. `points`: what they look at."""

    crops: Crops
    points: KnownPoints

    def __len__(self) -> int:
        return len(self.crops)


@dataclass(frozen=True)
class PointResult:
    """Figures in px of the screen in the file; `r2_*` is the share of the points' variance explained, points left out.

    `median_quadratic`, `median_affine`: each point is predicted by a map fitted on all others. `median_9`, `median_40`:
    an affine map of 9 or 40 random frames, on frames of other points, median over 200 draws. `guess`: the median of
    always answering the mean of the points.
    """

    r2_x: float
    r2_y: float
    r2_x_affine: float
    r2_y_affine: float
    median_quadratic: float
    median_affine: float
    median_9: float
    median_40: float
    guess: float


def load_point_eyes(file: Path, *, scale: int = 1) -> PointEyes:
    """The eyes in the models' crop geometry; skin beyond the image repeats its edge. Raises UserError."""
    eyes = load_webcam_eyes(file)
    return PointEyes(np.stack([_crop(image, scale) for image in eyes.image]), KnownPoints.of(eyes.point_px))


def _crop(image: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    geometry = crop_geometry(scale)
    height, width = image.shape
    zoom = CORNER_DISTANCE_MM * geometry.focal_px / DISTANCE_MM / width
    size = round(width * zoom), round(height * zoom)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)
    left, top = (geometry.width - size[0]) // 2, (geometry.height - size[1]) // 2
    right, bottom = geometry.width - size[0] - left, geometry.height - size[1] - top
    padded = cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(np.asarray(padded, np.uint8)[:, ::-1])


def point_test(eyes: PointEyes, predict: Predict) -> PointResult:
    """The test with an unknown head pose, which is assumed to be frontal."""
    angles = in_batches(predict, eyes.crops, np.zeros((len(eyes), 2), np.float32))
    return point_result(eyes.points, angles.astype(float))


def point_result(points: KnownPoints, angles: Array) -> PointResult:
    """The figures of predicted pitch and yaw (n, 2)."""
    quadratic, affine = _points_left_out(points, _quadratic(angles)), _points_left_out(points, _affine(angles))
    r2, r2_affine = _r2(points.px, quadratic), _r2(points.px, affine)
    return PointResult(
        r2_x=float(r2[0]),
        r2_y=float(r2[1]),
        r2_x_affine=float(r2_affine[0]),
        r2_y_affine=float(r2_affine[1]),
        median_quadratic=_median(quadratic, points.px),
        median_affine=_median(affine, points.px),
        median_9=_few_frames(points, angles, 9),
        median_40=_few_frames(points, angles, 40),
        guess=_median(np.broadcast_to(points.px.mean(0), points.px.shape), points.px),
    )


def _affine(angles: Array) -> Array:
    return np.c_[np.ones(len(angles)), angles]


def _quadratic(angles: Array) -> Array:
    pitch, yaw = angles.T
    return np.c_[_affine(angles), pitch * pitch, pitch * yaw, yaw * yaw]


def _fit(features: Array, points: Array) -> Array:
    return np.asarray(np.linalg.lstsq(features, points, rcond=None)[0], float)


def _points_left_out(points: KnownPoints, features: Array) -> Array:
    predicted = np.empty_like(points.px)
    for k in np.unique(points.number):
        out = points.number == k
        predicted[out] = features[out] @ _fit(features[~out], points.px[~out])
    return predicted


def _few_frames(points: KnownPoints, angles: Array, frames: int) -> float:
    rng = np.random.default_rng(0)
    features, medians = _affine(angles), []
    for _ in range(_DRAWS):
        chosen = rng.choice(len(points), min(frames, len(points)), replace=False)
        others = ~np.isin(points.number, points.number[chosen])
        if others.any():
            predicted = features[others] @ _fit(features[chosen], points.px[chosen])
            medians.append(_median(predicted, points.px[others]))
    return float(np.median(medians)) if medians else float("nan")


def _median(predicted: Array, points: Array) -> float:
    return float(np.median(np.linalg.norm(predicted - points, axis=-1)))


def _r2(points: Array, predicted: Array) -> Array:
    return np.asarray(1 - ((points - predicted) ** 2).sum(0) / ((points - points.mean(0)) ** 2).sum(0), float)
