"""One model's answers to samples, as arrays: mappings are fitted to them and evaluated on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from gaze_demo.calibration.sample import Fixation, Sample
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import FORWARD, Array, turned_covariance, vector_to_pitch_yaw
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS
from gaze_demo.normalisation.normalise import normalising_rotation
from gaze_demo.observation import Observation
from gaze_demo.screen import ScreenGeometry

Index = NDArray[np.bool_] | NDArray[np.float64] | NDArray[np.int64]
# Corners, iris centre, upper and lower lid of the person's left and right eye.
_EYES = (
    (LEFT_CORNERS, 473, (386, 374)),
    (RIGHT_CORNERS, 468, (159, 145)),
)
EYE_FEATURES = 8
# Bounds of a frame's weight, which follows from the certainty that the model reports: this is never trusted completely.
_CERTAINTIES = (0.25, 4.0)
_LEAST_COSINE = 0.05


@dataclass(frozen=True, eq=False)
class Readings:
    """n gazes of one model; camera frame, mm, radians.

    `gaze` (n, 3), unit vectors. `origin_mm` (n, 3), where they start. `frame` (n, 3, 3), rotation from the camera frame
    to the normalised frame of the eyes' middle. `head` (n, 2), pitch and yaw of the face in that frame. `features`
    (n, F): eye landmarks, then the model's embedding if it has one. `spread` (n, 2, 2): covariance of the slopes of
    the gaze in that frame (x, y), as the model reports it; NaN if it does not.
    """

    gaze: Array
    origin_mm: Array
    frame: Array
    head: Array
    features: Array
    spread: Array = field(default_factory=lambda: np.zeros((0, 2, 2)))

    def __post_init__(self) -> None:
        if len(self.spread) != len(self.gaze):
            object.__setattr__(self, "spread", np.full((len(self.gaze), 2, 2), np.nan))

    def __len__(self) -> int:
        return len(self.gaze)

    def take(self, index: Index) -> Readings:
        """The rows of a mask or an index array."""
        return Readings(*(getattr(self, one.name)[index] for one in fields(self)))


@dataclass(frozen=True, eq=False)
class Labelled:
    """Readings with what was looked at: `point_px` (n, 2) on the screen, `point_mm` (n, 3) in the camera frame,
    `fixation` (n,) which look it was, `target` (n,) which target, `true_origin_mm` (n, 3), NaN if unknown,
    `weight` (n,) how much a frame counts in a fit: 1 for a usual one."""

    readings: Readings
    point_px: Array
    point_mm: Array
    fixation: Array
    target: Array
    true_origin_mm: Array
    weight: Array = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if len(self.weight) != len(self.readings):
            object.__setattr__(self, "weight", np.ones(len(self.readings)))

    def __len__(self) -> int:
        return len(self.readings)

    def take(self, index: Index) -> Labelled:
        """The rows of a mask or an index array."""
        rest = (getattr(self, one.name)[index] for one in fields(self)[1:])
        return Labelled(self.readings.take(index), *rest)


def eye_landmarks(landmarks: FaceLandmarks) -> Array:
    """Where irises and lids are between the eye corners (8,), in eye widths, along and across the corners' line."""
    values = []
    for corners, iris, (upper, lower) in _EYES:
        ends = landmarks.points_px[list(corners)]
        line = ends[1] - ends[0]
        width = max(float(line @ line), 1e-9)
        across = np.array([-line[1], line[0]])
        offsets = landmarks.points_px[[iris, upper, lower]] - ends.mean(0)
        values += [offsets[0] @ line / width, *(offsets @ across / width)]
    return np.array(values)


def read(seen: Observation, estimate: GazeEstimate) -> Readings | None:
    """One row: what a model makes of an observation; None if it gives no gaze."""
    if estimate.gaze is None or estimate.origin_mm is None or seen.pose is None or seen.landmarks is None:
        return None
    if estimate.gaze[2] > -0.05 or estimate.origin_mm[2] <= 0:  # not towards the plane of the screen
        return None
    landmarks = seen.landmarks
    features = seen.prepared.once("eye landmarks", lambda: eye_landmarks(landmarks))
    if estimate.embedding is not None:
        features = np.concatenate([features, estimate.embedding.ravel()])
    if not np.isfinite(features).all():
        return None
    frame = normalising_rotation(estimate.origin_mm, seen.pose.rotation)
    head = vector_to_pitch_yaw(frame @ seen.pose.rotation @ FORWARD)
    rows = (estimate.gaze, estimate.origin_mm, frame, head, features, _slope_spread(estimate, frame))
    return Readings(*(np.asarray(row, float)[None] for row in rows))


def _slope_spread(estimate: GazeEstimate, frame: Array) -> Array:
    """The estimate's covariance as one of the slopes x and y (2, 2) in a frame; NaN if it has none."""
    if estimate.covariance is None or estimate.gaze is None:
        return np.full((2, 2), np.nan)
    covariance = turned_covariance(estimate.covariance, estimate.gaze, frame)
    pitch, yaw = vector_to_pitch_yaw(frame @ estimate.gaze)
    cp, cy = max(np.cos(pitch), _LEAST_COSINE), max(np.cos(yaw), _LEAST_COSINE)
    # x = -tan(yaw), y = -tan(pitch) / cos(yaw)
    jacobian = np.array([[0.0, -1.0 / cy**2], [-1.0 / (cp**2 * cy), -np.tan(pitch) * np.sin(yaw) / cy**2]])
    return np.asarray(jacobian @ covariance @ jacobian.T)


def _certainty(spread: Array) -> Array:
    """Weights (n,) by the inverse of the model's variance, relative to its usual one; 1 if it reports none."""
    variance = np.trace(spread, axis1=1, axis2=2)
    known = np.isfinite(variance)
    if not known.any():
        return np.ones(len(spread))
    usual = float(np.median(variance[known]))
    return np.where(known, np.clip(usual / np.where(known, variance, usual), *_CERTAINTIES), 1.0)


def joined(rows: Sequence[Readings]) -> Readings:
    """All rows together; raises ValueError for none."""
    return Readings(*(np.concatenate([getattr(row, one.name) for row in rows]) for one in fields(Readings)))


def label(
    fixations: Iterable[Fixation], screen: ScreenGeometry, estimate: Callable[[Sample], GazeEstimate]
) -> Labelled | None:
    """All samples of the fixations that the model can read; None if it can read none."""
    rows: list[Readings] = []
    points, looks, targets, truths, ages = [], [], [], [], []
    for look, fixation in enumerate(fixations):
        for sample in fixation.samples:
            row = read(sample.seen, estimate(sample))
            if row is None:
                continue
            truth = sample.seen.frame.truth
            rows.append(row)
            points.append(sample.point_px)
            looks.append(look)
            targets.append(fixation.target)
            ages.append(fixation.weight)
            truths.append(np.full(3, np.nan) if truth is None else (truth.left_eye_mm + truth.right_eye_mm) / 2)
    if not rows:
        return None
    readings = joined(rows)
    point_px = np.array(points)
    return Labelled(
        readings,
        point_px,
        screen.px_to_camera(point_px),
        np.array(looks),
        np.array(targets),
        np.array(truths),
        np.array(ages) * _certainty(readings.spread),
    )
