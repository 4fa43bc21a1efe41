"""What a model looks at: crops of one observation in the form that its contract asks for, and their frames."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array, head_angles, mirror_rotation, mirror_vector, normalised
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS, HeadPose, canonical_face
from gaze_demo.model.contract import (
    EyePair,
    FaceBox,
    FrameName,
    HeadPoseInput,
    Input,
    LevelEyes,
    NormalisedEyes,
    NormalisedFace,
    Pixels,
)
from gaze_demo.normalisation.normalise import CropGeometry, normalising_rotation, warp_image, warp_matrix
from gaze_demo.pipeline import Observation

_EYES = (*LEFT_CORNERS, *RIGHT_CORNERS)
_FACE_CENTRES = {
    "eyes_and_nose": ((_EYES, 0.5), ((98, 327), 0.5)),
    "eyes_and_mouth": ((_EYES, 2 / 3), ((61, 291), 1 / 3)),
}


@dataclass(frozen=True, eq=False)
class View:
    """One crop, or two that are read together, and the frames in which its head and gaze are told.

    `crops`: BGR uint8 (h, w, 3). `rotations`: camera frame to each frame, (3, 3). `mirrored`: the crop shows a mirrored
    person, so x changes sign in every frame. `head_rotation`: (3, 3), head to camera frame.
    """

    crops: tuple[NDArray[np.uint8], ...]
    rotations: dict[FrameName, Array]
    mirrored: bool
    head_rotation: Array

    def to_camera(self, vector: Array, frame: FrameName) -> Array:
        """A unit vector (3,) of `frame` in the camera frame."""
        seen = mirror_vector(vector) if self.mirrored else vector
        return normalised(self.rotations[frame].T @ seen)

    def head_numbers(self, head: HeadPoseInput) -> list[float]:
        """The numbers that the model wants to know of the head."""
        rotation = self.rotations[head.frame] @ self.head_rotation
        pitch, yaw, roll = head_angles(mirror_rotation(rotation) if self.mirrored else rotation)
        values = {"pitch": pitch, "yaw": yaw, "roll": roll, "zero": 0.0}
        unit = 180.0 / np.pi if head.unit == "deg" else 1.0
        return [(-unit if name.startswith("-") else unit) * values[name.lstrip("-")] for name in head.components]


def make_views(form: Input, seen: Observation) -> list[View]:
    """The views of an observation with a face: left and right eye, or one of both or of the face."""
    if seen.landmarks is None or seen.pose is None:
        raise ValueError("an observation without a face has no crops")
    if isinstance(form, NormalisedFace):
        return [_face_view(form, seen, seen.pose)]
    if isinstance(form, FaceBox):
        return [_box_view(form, seen, seen.pose)]
    sides = [
        (seen.pose.left_eye_mm, seen.landmarks.points_px[list(LEFT_CORNERS)], False),
        (seen.pose.right_eye_mm, seen.landmarks.points_px[list(RIGHT_CORNERS)], form.mirror_right),
    ]
    tilt = _tilt(seen.landmarks.points_px)
    views = []
    for centre_mm, corners_px, mirrored in sides:
        if isinstance(form, NormalisedEyes):
            crop = _normalised_crop(seen, centre_mm, seen.pose, form.geometry)
        else:
            crop = _level_crop(seen.frame.image, corners_px, tilt, form)
        crop = np.ascontiguousarray(crop[:, ::-1]) if mirrored else crop
        views.append(View((crop,), _frames(centre_mm, seen.pose, tilt), mirrored, seen.pose.rotation))
    if isinstance(form.eyes, EyePair):
        frames = _frames(seen.pose.eyes_middle_mm, seen.pose, tilt)
        return [View((views[0].crops[0], views[1].crops[0]), frames, False, seen.pose.rotation)]
    return views


def to_tensor(crop: NDArray[np.uint8], pixels: Pixels) -> NDArray[np.float32]:
    """A BGR crop as float32 (C, H, W) or (H, W, C), as the contract's pixels want it."""
    if pixels.colour == "grey":
        image = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
        image = cv2.equalizeHist(image) if pixels.equalise else image
    else:
        image = crop
        if pixels.equalise:
            image = cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb)
            image[..., 0] = cv2.equalizeHist(np.ascontiguousarray(image[..., 0]))
            image = cv2.cvtColor(image, cv2.COLOR_YCrCb2BGR)
        image = image[..., ::-1] if pixels.colour == "rgb" else image
    low, high = pixels.value_range
    values = np.atleast_3d(image).astype(np.float32)
    slope = (high - low) / 255.0 / np.array(pixels.std, np.float32)
    values = values * slope.astype(np.float32) + ((low - np.array(pixels.mean)) / np.array(pixels.std)).astype(
        np.float32
    )
    return np.ascontiguousarray(values.transpose(2, 0, 1) if pixels.layout == "nchw" else values)


def _tilt(points_px: Array) -> float:
    """Angle in radians of the line from the person's right eye to the left against the image's x axis."""
    line = points_px[list(LEFT_CORNERS)].mean(0) - points_px[list(RIGHT_CORNERS)].mean(0)
    return float(np.arctan2(line[1], line[0]))


def _frames(centre_mm: Array, pose: HeadPose, tilt: float) -> dict[FrameName, Array]:
    cos, sin = np.cos(tilt), np.sin(tilt)
    return {
        "normalised": normalising_rotation(centre_mm, pose.rotation),
        "sight": normalising_rotation(centre_mm, np.eye(3)),
        "level": np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]]),
        "camera": np.eye(3),
    }


def _normalised_crop(seen: Observation, centre_mm: Array, pose: HeadPose, geometry: CropGeometry) -> NDArray[np.uint8]:
    warp = warp_matrix(centre_mm, normalising_rotation(centre_mm, pose.rotation), seen.camera, geometry)
    return warp_image(seen.frame.image, warp, geometry.width, geometry.height)


def _level_crop(image: NDArray[np.uint8], corners_px: Array, tilt: float, form: LevelEyes) -> NDArray[np.uint8]:
    width = float(np.linalg.norm(corners_px[1] - corners_px[0])) * form.widths
    return _upright_crop(
        image, corners_px.mean(0), (width, width * form.pixels.height / form.pixels.width), tilt, form.pixels
    )


def _upright_crop(
    image: NDArray[np.uint8], centre_px: Array, size_px: tuple[float, float], tilt: float, pixels: Pixels
) -> NDArray[np.uint8]:
    """The rectangle of `size_px` around `centre_px`, turned by `tilt` radians, stretched to the tensor's size."""
    sx, sy = pixels.width / max(size_px[0], 1.0), pixels.height / max(size_px[1], 1.0)
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]]) * [[sx], [sy]]
    warp = np.eye(3)
    warp[:2, :2] = turn
    warp[:2, 2] = np.array([pixels.width / 2, pixels.height / 2]) - turn @ centre_px
    return warp_image(image, warp, pixels.width, pixels.height)


def _face_view(form: NormalisedFace, seen: Observation, pose: HeadPose) -> View:
    if form.centre == "eyes":
        centre_mm = pose.eyes_middle_mm
    else:
        face = canonical_face()
        point = sum(
            (face[list(indices)].mean(0) * weight for indices, weight in _FACE_CENTRES[form.centre]), np.zeros(3)
        )
        centre_mm = pose.rotation @ point + pose.translation_mm
    crop = _normalised_crop(seen, centre_mm, pose, form.geometry)
    return View((crop,), _frames(centre_mm, pose, 0.0), False, pose.rotation)


def _box_view(form: FaceBox, seen: Observation, pose: HeadPose) -> View:
    assert seen.landmarks is not None
    x0, y0, x1, y1 = seen.landmarks.box_px
    width, height = (x1 - x0) * form.scale, (y1 - y0) * form.scale
    if form.square:
        width = height = max(width, height)
    crop = _upright_crop(seen.frame.image, np.array([(x0 + x1) / 2, (y0 + y1) / 2]), (width, height), 0.0, form.pixels)
    return View((crop,), _frames(pose.eyes_middle_mm, pose, 0.0), False, pose.rotation)
