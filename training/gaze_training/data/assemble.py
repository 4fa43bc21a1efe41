"""From a clean rendered face to a training sample: one webcam, one landmark error, the app's own normalisation."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import (
    FORWARD,
    Array,
    mirror_vector,
    rotation_from_angles,
    vector_to_pitch_yaw,
)
from gaze_demo.normalisation.normalise import CropGeometry, normalising_rotation, warp_image
from gaze_training.data.degrade import degrade, draw_camera
from gaze_training.data.outside import OutsideTeacher
from gaze_training.data.rendered import RenderedFace
from gaze_training.data.sample import READABLE_SHARE, Faces

CROP = CropGeometry()
BLUR_PX = 4.0  # sigma in px of the crop that `Faces.blur` calls 1


@dataclass(frozen=True, eq=False)
class _Measured:
    """The face as measured by an imperfect landmarker and head pose: rotation, both eyes' centres in mm."""

    rotation: Array
    centres_mm: tuple[Array, Array]


def assemble(rng: np.random.Generator, face: RenderedFace, outside: OutsideTeacher | None = None) -> Faces:
    """Degrade both eyes as one picture, disturb the head pose as landmarks do, crop and label them.

    Returns one face; the caller fills in the person and the renderer.
    """
    left, right = face.eyes
    sheet = np.hstack([right.linear, left.linear])  # as the unmirrored image shows them
    width = np.mean([np.linalg.norm(eye.corners_px[1] - eye.corners_px[0]) for eye in face.eyes])
    camera = draw_camera(rng, face.native_eye_px)
    scale = camera.eye_px / float(width)
    image, blur_px = degrade(rng, sheet, scale, camera)
    sx, sy = image.shape[1] / sheet.shape[1], image.shape[0] / sheet.shape[0]
    offsets = (np.array([face.geometry.width, 0.0]), np.array([0.0, 0.0]))
    measured = _measure(rng, face)
    made = Faces.empty(1)
    for side, (eye, offset) in enumerate(zip(face.eyes, offsets, strict=True)):
        to_sheet = np.array([[sx, 0, sx * offset[0]], [0, sy, sy * offset[1]], [0, 0, 1.0]]) @ face.geometry.matrix
        rotation = normalising_rotation(measured.centres_mm[side], measured.rotation)
        zoom = np.linalg.norm(eye.centre_mm) / np.linalg.norm(measured.centres_mm[side])
        warp = CROP.matrix @ np.diag([1, 1, zoom]) @ rotation @ eye.rotation.T @ np.linalg.inv(to_sheet)
        crop = cv2.cvtColor(warp_image(image, warp, CROP.width, CROP.height), cv2.COLOR_BGR2GRAY)
        at = warp @ np.append((eye.iris_px + offset) * [sx, sy], 1.0)
        at = at[:2] / at[2]
        local, facing = rotation @ eye.gaze, rotation @ measured.rotation @ FORWARD
        if side == 1:
            crop, local, facing = crop[:, ::-1], mirror_vector(local), mirror_vector(facing)
            at = np.array([CROP.width - at[0], at[1]])
        made.crops[0, side] = crop
        made.gaze[0, side], made.head[0, side] = vector_to_pitch_yaw(local), vector_to_pitch_yaw(facing)
        made.rotation[0, side], made.iris_px[0, side] = rotation, at
        made.openness[0, side], made.iris_visible[0, side] = eye.openness, eye.iris_visible
        made.glare[0, side], made.cover[0, side] = eye.glare, eye.cover
        made.blur[0, side] = min(blur_px * _crop_px(warp, (eye.iris_px + offset) * [sx, sy]) / BLUR_PX, 1.0)
        made.valid[0, side] = eye.iris_visible >= READABLE_SHARE
    made.eye_px[0] = camera.eye_px
    made.outside[0] = _outside(outside, sheet, face, made.rotation[0].astype(float))
    return made


def _crop_px(warp: Array, at: Array) -> float:
    """How many px of the crop one px of the camera's image is, at a place (2,) of that image."""
    ends = np.array([[*at, 1.0], [at[0] + 1, at[1], 1.0]]) @ warp.T
    ends = ends[:, :2] / ends[:, 2:]
    return float(np.linalg.norm(ends[1] - ends[0]))


def _measure(rng: np.random.Generator, face: RenderedFace) -> _Measured:
    """Head pose and eye centres with the errors of real landmarks: degrees of rotation, a mm of place, 4 % of size."""
    pitch, yaw, roll = np.radians(rng.normal(0, (2.2, 1.5, 1.2)))
    rotation = rotation_from_angles(pitch, yaw, roll) @ face.head_rotation
    shared = np.append(rng.normal(0, 0.8, 2), 0.0)
    scale = float(np.exp(rng.normal(0, 0.05)))
    centres = [(eye.centre_mm + shared + np.append(rng.normal(0, 0.8, 2), 0.0)) * scale for eye in face.eyes]
    return _Measured(rotation, (centres[0], centres[1]))


def _outside(teacher: OutsideTeacher | None, sheet: NDArray[np.float32], face: RenderedFace, rotations: Array) -> Array:
    """The outside teacher's gaze (2, 2) in each eye's (mirrored) frame, NaN if there is no teacher.

    It gets the clean picture, as a privileged teacher that sees more than its student.
    """
    if teacher is None:
        return np.full((2, 2), np.nan)
    half = cv2.resize(sheet, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    half = np.clip(half * np.float32(0.25 / max(float(half.mean()), 1e-4)), 0, 1) ** np.float32(1 / 2.2)
    image = np.ascontiguousarray((half[..., ::-1] * 255).astype(np.uint8))
    left, right = face.eyes
    frame = normalising_rotation((left.centre_mm + right.centre_mm) / 2, face.head_rotation)
    at_left, at_right = (left.corners_px + [face.geometry.width, 0.0]) / 2, right.corners_px / 2
    gaze = frame.T @ teacher.symmetric_gaze(image, at_left, at_right, frame @ face.head_rotation)
    return np.stack([vector_to_pitch_yaw(rotations[0] @ gaze), vector_to_pitch_yaw(mirror_vector(rotations[1] @ gaze))])
