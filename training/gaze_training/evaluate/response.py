"""The response test: how a model's answer follows known rotations of eyes and head, on faces with exact labels.

Each eye's answer is regressed on the true gaze and the head's true-as-measured angles together,

    answer = gain * gaze + per_head * head + offset,

so that `per_head` is the change of the answer per degree of head turn while the gaze stays: 0 is correct, above 0 the
model mistakes head turns for gaze. The simple regression on the gaze alone is reported too (`slope`, `r2`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array, angle_between, normalised, pitch_yaw_to_vector
from gaze_training.data.renderers import renderer_name
from gaze_training.data.sample import Faces
from gaze_training.evaluate.predict import Predict, in_batches

_UNMIRROR = np.array([[1.0, 1.0], [1.0, -1.0]])


@dataclass(frozen=True)
class AxisResponse:
    """Pitch or yaw. `slope`, `r2`: of the answer on the true angle alone; `gain`, `per_head`: of both together;
    `spread`: standard deviation of the residuals, degrees; `curve`: mean answer at true angles, degrees."""

    slope: float
    r2: float
    gain: float
    per_head: float
    spread: float
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class ResponseRow:
    """One renderer, angles in degrees. `error`: mean angle between the true and the mean gaze of both eyes;
    `error_eye`: of single eyes; `bias_*`: mean error of single eyes, in their mirrored frame (`bias_yaw` + is towards
    the nose); `eyes_apart`: spread of the left eye's error against the right eye's, both axes."""

    renderer: str
    faces: int
    error: float
    error_eye: float
    bias_pitch: float
    bias_yaw: float
    eyes_apart: float
    pitch: AxisResponse
    yaw: AxisResponse


def response_test(faces: Faces, predict: Predict) -> tuple[ResponseRow, ...]:
    """One row per renderer, over the valid and labelled eyes."""
    n = len(faces)
    flat = in_batches(predict, faces.crops.reshape(2 * n, *faces.crops.shape[2:]), faces.head.reshape(2 * n, 2))
    return response_result(faces, flat.reshape(n, 2, 2))


def response_result(faces: Faces, angles: NDArray[np.float32]) -> tuple[ResponseRow, ...]:
    """As `response_test`, of predictions (n, 2 eyes, 2); eyes predicted NaN are left out."""
    rows = []
    for renderer in np.unique(faces.renderer):
        chosen = faces.renderer == renderer
        row = _row(renderer_name(int(renderer)), faces.select(chosen), angles[chosen].astype(float))
        rows += [row] if row else []
    return tuple(rows)


def _row(name: str, faces: Faces, angles: Array) -> ResponseRow | None:
    gaze, head = faces.gaze.astype(float), faces.head.astype(float)
    known = faces.valid & np.isfinite(gaze).all(-1) & np.isfinite(angles).all(-1)
    if known.sum() < 8:
        return None
    answer, true = np.degrees(angles[known]), np.degrees(gaze[known])
    off = answer - true
    both = known.all(1)
    apart = np.degrees((angles - gaze) * _UNMIRROR)[both]
    return ResponseRow(
        renderer=name,
        faces=len(faces),
        error=_error_of_faces(faces.select(both), angles[both]) if both.any() else float("nan"),
        error_eye=float(np.degrees(angle_between(*map(pitch_yaw_to_vector, (angles[known], gaze[known])))).mean()),
        bias_pitch=float(off[:, 0].mean()),
        bias_yaw=float(off[:, 1].mean()),
        eyes_apart=float(np.linalg.norm(apart[:, 0] - apart[:, 1], axis=-1).mean()) if both.any() else float("nan"),
        pitch=axis_response(answer[:, 0], true[:, 0], np.degrees(head[known][:, 0])),
        yaw=axis_response(answer[:, 1], true[:, 1], np.degrees(head[known][:, 1])),
    )


def _error_of_faces(faces: Faces, angles: Array) -> float:
    """Mean angle in degrees between both eyes' mean true and mean predicted direction, in the camera frame."""
    rotation = faces.rotation.astype(float)

    def mean_gaze(eyes: Array) -> Array:
        in_camera = np.einsum("neji,nej->nei", rotation, pitch_yaw_to_vector(eyes * _UNMIRROR))
        return normalised(in_camera.sum(1))

    return float(np.degrees(angle_between(mean_gaze(angles), mean_gaze(faces.gaze.astype(float)))).mean())


def axis_response(answer: Array, true: Array, head: Array) -> AxisResponse:
    """How answers (n,) follow the true angle (n,) and the head's (n,), all of one axis in degrees."""
    alone = np.c_[true, np.ones(len(true))]
    (slope, start), *_ = np.linalg.lstsq(alone, answer, rcond=None)
    left = answer - slope * true - start
    gain, per_head, _ = np.linalg.lstsq(np.c_[true, head, np.ones(len(true))], answer, rcond=None)[0]
    variance = float(np.var(answer))
    return AxisResponse(
        slope=float(slope),
        r2=1 - float(np.var(left)) / variance if variance > 1e-12 else 0.0,
        gain=float(gain),
        per_head=float(per_head),
        spread=float(left.std()),
        curve=_curve(answer, true),
    )


def _curve(answer: Array, true: Array) -> tuple[tuple[float, float], ...]:
    """Means over bins of 5 degrees that hold at least 5 eyes."""
    number = np.floor(true / 5 + 0.5).astype(int)
    bins = [number == k for k in np.unique(number)]
    return tuple((float(true[b].mean()), float(answer[b].mean())) for b in bins if b.sum() >= 5)
