"""The columns of `gaze.arrows` and `gaze.parquet`: one row for each frame and model.

A frame that no model answered has one row with an empty model, so that every frame is there. Numbers are NaN if
nothing is known. Angles, vectors and millimetres are those of the camera frame unless a name says otherwise.

| column | what |
|---|---|
| `frame`, `time_s` | index, and capture time in seconds of the session's clock |
| `model` | name, empty if no model answered |
| `face` | whether a face was found |
| `reason`, `left_reason`, `right_reason` | why there is no gaze; why an eye took no part; empty if there is one |
| `gaze_x`, `gaze_y`, `gaze_z` | unfiltered gaze, unit vector |
| `left_x` ... `right_z` | unfiltered gaze of each eye |
| `eye_x_mm`, `eye_y_mm`, `eye_z_mm` | middle of the eyes, where the gaze starts |
| `head_rotation` | 9 numbers by rows, head frame to camera frame |
| `openness_left`, `openness_right` | lid distance by corner distance |
| `closed_left`, `closed_right` | 1 closed, 0 open, -1 unknown |
| `point_x_px`, `point_y_px` | unfiltered point of gaze on the profile's screen, px |
| `shown_x_px`, `shown_y_px` | the same of the filtered gaze, as a person was shown it |
| `outside` | how far the head has left the place of the calibration |
| `var_pitch`, `var_yaw`, `cov_pitch_yaw` | covariance of the gaze, rad^2 |
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from gaze_demo.geometry import Array
from gaze_demo.observation import EyeObservation
from gaze_demo.pipeline import GazeSample, ModelGaze, ScreenPoint
from gaze_demo.session.arrow import load_pyarrow, record_batch

DOUBLES = ("gaze_x", "gaze_y", "gaze_z", "eye_x_mm", "eye_y_mm", "eye_z_mm")
FLOATS = tuple(
    "left_x left_y left_z right_x right_y right_z openness_left openness_right point_x_px point_y_px shown_x_px "
    "shown_y_px outside var_pitch var_yaw cov_pitch_yaw".split()
)
TEXTS = ("model", "reason", "left_reason", "right_reason")
_NAN = math.nan
_NO_VECTOR = (_NAN, _NAN, _NAN)
_NO_ROTATION = (_NAN,) * 9


@cache
def schema() -> Any:
    """The Arrow schema. Raises UserError if pyarrow is missing."""
    pa = load_pyarrow()
    return pa.schema(
        [
            pa.field("frame", pa.int32(), nullable=False),
            pa.field("time_s", pa.float64(), nullable=False),
            *(pa.field(name, pa.string(), nullable=False) for name in TEXTS),
            pa.field("face", pa.bool_(), nullable=False),
            *(pa.field(name, pa.float64(), nullable=False) for name in DOUBLES),
            pa.field("head_rotation", pa.list_(pa.field("item", pa.float64(), nullable=False), 9), nullable=False),
            *(pa.field(name, pa.float32(), nullable=False) for name in FLOATS),
            *(pa.field(name, pa.int8(), nullable=False) for name in ("closed_left", "closed_right")),
        ]
    )


def rows_of(sample: GazeSample) -> list[dict[str, Any]]:
    """The rows of a sample, one a model that answered, or one without a model."""
    return [_row(sample, gaze) for gaze in sample.gazes] or [_row(sample, None)]


def _row(sample: GazeSample, gaze: ModelGaze | None) -> dict[str, Any]:
    seen = sample.observation
    estimate = gaze.estimate if gaze else None
    origin = estimate.origin_mm if estimate else seen.pose.eyes_middle_mm if seen.pose else None
    covariance = estimate.covariance if estimate else None
    row: dict[str, Any] = {
        "frame": sample.index,
        "time_s": sample.time_s,
        "model": estimate.model if estimate else "",
        "reason": (estimate.reason if estimate else sample.reason).value,
        "left_reason": estimate.left_reason.value if estimate else "",
        "right_reason": estimate.right_reason.value if estimate else "",
        "face": seen.landmarks is not None,
        "head_rotation": _NO_ROTATION if seen.pose is None else tuple(seen.pose.rotation.ravel()),
        "openness_left": seen.left.openness if seen.left else _NAN,
        "openness_right": seen.right.openness if seen.right else _NAN,
        "closed_left": _closed(seen.left),
        "closed_right": _closed(seen.right),
        "outside": gaze.point.outside if gaze and gaze.point else _NAN,
        "var_pitch": _NAN if covariance is None else float(covariance[0, 0]),
        "var_yaw": _NAN if covariance is None else float(covariance[1, 1]),
        "cov_pitch_yaw": _NAN if covariance is None else float(covariance[0, 1]),
    }
    row["gaze_x"], row["gaze_y"], row["gaze_z"] = _vector(estimate.gaze if estimate else None)
    row["left_x"], row["left_y"], row["left_z"] = _vector(estimate.left if estimate else None)
    row["right_x"], row["right_y"], row["right_z"] = _vector(estimate.right if estimate else None)
    row["eye_x_mm"], row["eye_y_mm"], row["eye_z_mm"] = _vector(origin)
    row["point_x_px"], row["point_y_px"] = _point(gaze.point if gaze else None)
    row["shown_x_px"], row["shown_y_px"] = _point(gaze.filtered_point if gaze else None)
    return row


def batch_of(rows: Sequence[dict[str, Any]]) -> Any:
    """An Arrow record batch of rows."""
    return record_batch(rows, schema())


def _closed(eye: EyeObservation | None) -> int:
    return -1 if eye is None else int(eye.blinking)


def _vector(vector: Array | None) -> tuple[float, float, float]:
    return _NO_VECTOR if vector is None else (float(vector[0]), float(vector[1]), float(vector[2]))


def _point(point: ScreenPoint | None) -> tuple[float, float]:
    return (_NAN, _NAN) if point is None else (_single(point.px[0]), _single(point.px[1]))


def _single(value: float) -> float:
    """Stored in single precision; larger numbers become the largest one."""
    limit = float(np.finfo(np.float32).max)
    return float(min(max(value, -limit), limit))
