"""From a gaze to a point on the screen: first the geometry, then a correction that was fitted to the person.

The ray from the eyes is rotated by the person's kappa and intersected with the plane of the glass. The remaining error
is corrected in the frame of data normalisation, whose axis runs from the lens to the eyes. Models err in this frame,
because they see an eye but not where it is. For the same reason a correction still holds when the head moves: in this
frame a model's gain is constant, and a wrong field of view, which scales all distances by the same factor, only changes
the gain.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from gaze_demo.calibration.readings import Readings
from gaze_demo.geometry import Array, pitch_yaw_to_vector, vector_to_pitch_yaw

Correction = Literal["none", "offset", "affine", "affine and head", "ridge"]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)]
Angle = Annotated[float, Field(allow_inf_nan=False, ge=-1.6, le=1.6)]
Slope = Annotated[float, Field(allow_inf_nan=False, ge=-100, le=100)]
Variance = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e4)]
Millimetres = Annotated[float, Field(allow_inf_nan=False, ge=-20000, le=20000)]
Two = tuple[Slope, Slope]
Three = tuple[Slope, Slope, Slope]
Weights = Annotated[tuple[Number, ...], Field(max_length=8192)]

HEAD_TERMS = 3  # along each axis: direction to the eye, head angle, nearness
_STEEPEST = 0.05  # smallest cosine between a ray and the axis of its frame: directions beyond 87 deg are cut there


_STEP = 1e-4  # of slopes, for derivatives


class Mapping(BaseModel):
    """The fitted part of a mapping, as it is stored; the identity by default.

    `kappa_rad`: pitch and yaw added to the gaze. `lens_mm`: how far the glass is shifted from where the screen geometry
    puts it, x and y of the camera frame. `gain`, `offset`: slopes become `gain @ slopes + offset`. `head`: weights of
    the head terms for x and y, counted from `head_rest`. `feature_weights`, `feature_offset`: slopes linear in the
    features of the readings. `shift`: slopes added last, by recentring. Kappa and slopes are in the normalised frame.
    `spread_floor` (xx, xy, yy) and `spread_scale`: covariance of the corrected slopes, see
    `gaze_demo.calibration.ellipse`; zero if it was never measured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    correction: Correction = "none"
    kappa_rad: tuple[Angle, Angle] = (0.0, 0.0)
    lens_mm: tuple[Millimetres, Millimetres] = (0.0, 0.0)
    gain: tuple[Two, Two] = ((1.0, 0.0), (0.0, 1.0))
    offset: Two = (0.0, 0.0)
    head: tuple[Three, Three] = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    head_rest: tuple[Three, Three] = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    feature_weights: tuple[Weights, Weights] = ((), ())
    feature_offset: tuple[Number, Number] = (0.0, 0.0)
    shift: Two = (0.0, 0.0)
    spread_floor: tuple[Variance, Slope, Variance] = (0.0, 0.0, 0.0)
    spread_scale: Variance = 0.0

    @model_validator(mode="after")
    def _as_many_for_x_as_for_y(self) -> Mapping:
        if len(self.feature_weights[0]) != len(self.feature_weights[1]):
            raise ValueError("'feature_weights' needs as many numbers for x as for y")
        xx, xy, yy = self.spread_floor
        if xy * xy > xx * yy:
            raise ValueError("'spread_floor' is no covariance")
        return self

    def point_mm(self, readings: Readings) -> Array:
        """Points (n, 3) in mm, camera frame, on the plane of the glass.

        Raises ValueError if the readings have other features than the mapping was fitted to.
        """
        return self._on_glass(readings, self.slopes(readings))

    def jacobian_mm(self, readings: Readings) -> Array:
        """How far the points move (n, 2, 2) in mm along x and y of the camera frame, for each of the two slopes."""
        slopes = self.slopes(readings)
        here = self._on_glass(readings, slopes)
        moved = [self._on_glass(readings, slopes + np.array(step)) for step in ((_STEP, 0.0), (0.0, _STEP))]
        return np.stack([(there - here)[:, :2] / _STEP for there in moved], -1)

    def _on_glass(self, readings: Readings, slopes: Array) -> Array:
        directions = from_slopes(readings, slopes)
        points = readings.origin_mm + directions * (
            readings.origin_mm[:, 2:] / np.maximum(-directions[:, 2:], _STEEPEST)
        )
        return np.concatenate([points[:, :2] + np.array(self.lens_mm), np.zeros((len(points), 1))], 1)

    def slopes(self, readings: Readings) -> Array:
        """Corrected slopes (n, 2), normalised frame."""
        slopes = ray_slopes(readings, np.array(self.kappa_rad))
        corrected = slopes @ np.array(self.gain).T + np.array(self.offset) + np.array(self.shift)
        if any(any(row) for row in self.head):
            corrected = corrected + ((head_terms(readings) - np.array(self.head_rest)) * np.array(self.head)).sum(-1)
        if self.feature_weights[0]:
            weights = np.array(self.feature_weights)
            if weights.shape[1] != readings.features.shape[1]:
                raise ValueError("the mapping was fitted to other features than this model gives")
            corrected = corrected + readings.features @ weights.T + np.array(self.feature_offset)
        return corrected


def turn(frames: Array, vectors: Array) -> Array:
    """Vectors (n, 3), each turned by its own rotation (n, 3, 3)."""
    return np.einsum("nij,nj->ni", frames, vectors)


def ray_slopes(readings: Readings, kappa_rad: Array) -> Array:
    """Slopes (n, 2) of the gazes, turned by kappa, in the normalised frame: x and y for each unit towards the lens."""
    local = turn(readings.frame, readings.gaze)
    if kappa_rad.any():
        local = pitch_yaw_to_vector(vector_to_pitch_yaw(local) + kappa_rad)
    return to_slopes(local)


def target_slopes(readings: Readings, point_mm: Array) -> Array:
    """The slopes (n, 2) that lead from the eyes to points (n, 3) of the camera frame."""
    return to_slopes(turn(readings.frame, point_mm - readings.origin_mm))


def to_slopes(local: Array) -> Array:
    length = np.linalg.norm(local, axis=1, keepdims=True)
    return local[:, :2] / np.maximum(-local[:, 2:], _STEEPEST * length)


def from_slopes(readings: Readings, slopes: Array) -> Array:
    """Directions (n, 3) of the camera frame, of any length."""
    local = np.concatenate([slopes, np.full((len(slopes), 1), -1.0)], 1)
    return turn(readings.frame.transpose(0, 2, 1), local)


def head_terms(readings: Readings) -> Array:
    """Terms (n, 2, 3) for x and y: slope of the direction to the eyes, head angle in rad, nearness (1 at 600 mm)."""
    direction = readings.origin_mm[:, :2] / readings.origin_mm[:, 2:]
    angles = readings.head[:, ::-1]
    nearness = np.repeat(600.0 / readings.origin_mm[:, 2:], 2, 1)
    return np.stack([direction, angles, nearness], -1)
