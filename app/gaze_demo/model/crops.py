"""The inputs of a model: crops of one observation in the form that its contract requires, and their frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import (
    Array,
    head_angles,
    mirror_rotation,
    mirror_vector,
    normalised,
    turned_covariance,
)
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS, HeadPose, canonical_face, eye_centres_in_head_mm
from gaze_demo.model.contract import (
    Contract,
    EyePair,
    FaceBox,
    FaceCentre,
    FrameName,
    HeadPoseInput,
    LevelEyes,
    NormalisedEyes,
    NormalisedFace,
    Pixels,
)
from gaze_demo.normalisation.normalise import CropGeometry, normalising_rotation, warp_image, warp_matrix
from gaze_demo.observation import Observation

USUAL_GEOMETRY = CropGeometry()
_EYES = (*LEFT_CORNERS, *RIGHT_CORNERS)
_FACE_CENTRES = {
    "eyes_and_nose": ((_EYES, 0.5), ((98, 327), 0.5)),
    "eyes_and_mouth": ((_EYES, 2 / 3), ((61, 291), 1 / 3)),
}


@dataclass(frozen=True, eq=False)
class View:
    """One crop, or two that are read together, and the frames of its head and gaze.

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

    def covariance_to_camera(self, covariance: Array, vector: Array, frame: FrameName) -> Array:
        """The covariance (2, 2) of pitch and yaw of a unit vector (3,) of `frame`, both in the camera frame."""
        turn = self.rotations[frame].T
        return turned_covariance(covariance, vector, turn * [-1.0, 1.0, 1.0] if self.mirrored else turn)

    def head_numbers(self, head: HeadPoseInput) -> list[float]:
        """The numbers of the head pose that the model needs."""
        rotation = self.rotations[head.frame] @ self.head_rotation
        pitch, yaw, roll = head_angles(mirror_rotation(rotation) if self.mirrored else rotation)
        values = {"pitch": pitch, "yaw": yaw, "roll": roll, "zero": 0.0}
        unit = 180.0 / np.pi if head.unit == "deg" else 1.0
        return [(-unit if name.startswith("-") else unit) * values[name.lstrip("-")] for name in head.components]


def make_views(contract: Contract, seen: Observation) -> list[View]:
    """The views of an observation with a face: left and right eye, or one of both or of the face."""
    if seen.landmarks is None or seen.pose is None:
        raise ValueError("an observation without a face has no crops")
    form, pose, image = contract.input, seen.pose, seen.frame.image
    names = {contract.output.frame, form.head_pose.frame if form.head_pose else contract.output.frame}
    tilt = _tilt(seen.landmarks.points_px) if isinstance(form, LevelEyes) or "level" in names else 0.0

    if isinstance(form, NormalisedFace):
        centre_mm = pose.rotation @ _face_centre(form.centre) + pose.translation_mm
        crop = _normalised_crop(seen, centre_mm, normalising_rotation(centre_mm, pose.rotation), form.geometry)
        return [View((crop,), _frames(names, centre_mm, pose, tilt), False, pose.rotation)]
    if isinstance(form, FaceBox):
        crop = _box_crop(image, seen.landmarks.box_px, form)
        return [View((crop,), _frames(names, pose.eyes_middle_mm, pose, tilt), False, pose.rotation)]

    views: list[View] = []
    for centre_mm, corners, mirrored in (
        (pose.left_eye_mm, LEFT_CORNERS, False),
        (pose.right_eye_mm, RIGHT_CORNERS, form.mirror_right),
    ):
        frames = _frames(names, centre_mm, pose, tilt)
        if isinstance(form, NormalisedEyes):
            crop = _eye_crop(seen, form, len(views))
        else:
            crop = _level_crop(image, seen.landmarks.points_px[list(corners)], tilt, form)
        views.append(
            View((np.ascontiguousarray(crop[:, ::-1]) if mirrored else crop,), frames, mirrored, pose.rotation)
        )
    if isinstance(form.eyes, EyePair):
        frames = _frames(names, pose.eyes_middle_mm, pose, tilt)
        return [View((views[0].crops[0], views[1].crops[0]), frames, False, pose.rotation)]
    return views


def to_tensor(crop: NDArray[np.uint8], pixels: Pixels) -> NDArray[np.float32]:
    """A BGR crop as float32 (C, H, W) or (H, W, C), as the contract's pixels require."""
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


def _frames(names: set[FrameName], centre_mm: Array, pose: HeadPose, tilt: float) -> dict[FrameName, Array]:
    """The rotation (3, 3) from the camera frame to each frame that the contract names."""
    return {name: _rotation(name, centre_mm, pose, tilt) for name in names}


def _rotation(name: FrameName, centre_mm: Array, pose: HeadPose, tilt: float) -> Array:
    if name == "normalised":
        return normalising_rotation(centre_mm, pose.rotation)
    if name == "sight":
        return normalising_rotation(centre_mm, np.eye(3))
    if name == "level":
        cos, sin = np.cos(tilt), np.sin(tilt)
        return np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    return np.eye(3)


def _normalised_crop(seen: Observation, centre_mm: Array, rotation: Array, geometry: CropGeometry) -> NDArray[np.uint8]:
    warp = warp_matrix(centre_mm, rotation, seen.camera, geometry)
    return warp_image(seen.frame.image, warp, geometry.width, geometry.height)


def normalised_eye_crop(seen: Observation, eye: int, geometry: CropGeometry = USUAL_GEOMETRY) -> NDArray[np.uint8]:
    """The crop of the left (0) or the right eye of an observation with a pose, BGR (h, w, 3), unmirrored. It is made
    once for all models and recordings of the observation: nobody may write to it."""
    assert seen.pose is not None
    pose = seen.pose

    def crop() -> NDArray[np.uint8]:
        centre_mm = pose.right_eye_mm if eye else pose.left_eye_mm
        return _normalised_crop(seen, centre_mm, normalising_rotation(centre_mm, pose.rotation), geometry)

    return seen.prepared.once(f"{'right' if eye else 'left'} eye {geometry}", crop)


def _eye_crop(seen: Observation, form: NormalisedEyes, eye: int) -> NDArray[np.uint8]:
    """The crop of an eye, BGR: the one that a recording kept if it is of this form, else one of the frame."""
    if seen.eye_crops is None or form.pixels.colour != "grey" or form.geometry != USUAL_GEOMETRY:
        return normalised_eye_crop(seen, eye, form.geometry)
    return np.asarray(cv2.cvtColor(seen.eye_crops[eye], cv2.COLOR_GRAY2BGR), np.uint8)


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


@cache
def _face_centre(name: FaceCentre) -> Array:
    """The point (3,) of the head model in mm that a normalised face crop is centred on."""
    if name == "eyes":
        return np.mean(eye_centres_in_head_mm(), axis=0)
    face, centre = canonical_face(), np.zeros(3)
    for indices, weight in _FACE_CENTRES[name]:
        centre = centre + face[list(indices)].mean(0) * weight
    return centre


def _box_crop(image: NDArray[np.uint8], box_px: tuple[float, float, float, float], form: FaceBox) -> NDArray[np.uint8]:
    x0, y0, x1, y1 = box_px
    width, height = (x1 - x0) * form.scale, (y1 - y0) * form.scale
    if form.square:
        width = height = max(width, height)
    return _upright_crop(image, np.array([(x0 + x1) / 2, (y0 + y1) / 2]), (width, height), 0.0, form.pixels)
