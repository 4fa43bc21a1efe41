"""Photographs of faces, prepared as patches of both eyes with their lids, irises, depth and head pose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array, Intrinsics, mirror_rotation
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.head_pose import HeadPose, canonical_face, estimate_head_pose
from gaze_demo.landmarks.search import FaceSearch
from gaze_demo.normalisation.normalise import normalising_rotation, warp_image, warp_matrix
from gaze_training.data.aperture import PATCH, PX_PER_MM, lid_lines
from gaze_training.data.own_eye import OwnEye, own_eye
from gaze_training.data.photographs import PHOTO_FOCAL

_LEFT_UPPER = (362, 398, 384, 385, 386, 387, 388, 466, 263)
_LEFT_LOWER = (362, 382, 381, 380, 374, 373, 390, 249, 263)
_RIGHT_UPPER = (133, 173, 157, 158, 159, 160, 161, 246, 33)
_RIGHT_LOWER = (133, 155, 154, 153, 145, 144, 163, 7, 33)
_LEFT_IRIS, _RIGHT_IRIS = slice(473, 478), slice(468, 473)
_WORK_EYE_PX = 130.0


@dataclass(frozen=True, eq=False)
class EyePatch:
    """One eye of a photograph in its own virtual camera, mirrored for the right eye so that the nose is at the left.

    `linear`: (h, w, 3) RGB, linear light. `upper`, `lower`: (9, 2) lid points from the inner to the outer corner, px.
    `iris`: (2,) px. `iris_radius_px`. `depth`: (h, w) mm of the skin against the patch's centre, smaller is nearer.
    `head`: (3, 3) head rotation in the patch's (mirrored) frame. `rotation`: (3, 3) camera frame to the virtual camera.
    `sclera`: (3,) linear colour of the eye's white. `centre_mm`: (3,) the eye's centre in the camera frame. `own_eye`:
    the photograph's own eyeball, to be turned.
    """

    linear: NDArray[np.float32]
    upper: Array
    lower: Array
    iris: Array
    iris_radius_px: float
    depth: NDArray[np.float32]
    head: Array
    rotation: Array
    sclera: Array
    centre_mm: Array
    own_eye: OwnEye


@dataclass(frozen=True, eq=False)
class PhotoFace:
    """A photograph of one person who looks into the lens. Eyes: left, right (the person's own)."""

    person: str
    group: str
    eyes: tuple[EyePatch, EyePatch]
    pose: HeadPose
    native_eye_px: float


def load_photo_face(search: FaceSearch, path: Path, group: str, person: str) -> PhotoFace | None:
    """The photograph's eyes, or None if it shows no face, closed or tiny eyes, or eyes that look away."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        return None
    found = search.find(np.asarray(image, np.uint8)).landmarks
    if found is None:
        return None
    native = _eye_px(found)
    scale = min(1.0, _WORK_EYE_PX / max(native, 1.0))
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = image.shape[:2]
    landmarks = FaceLandmarks(found.points_px * scale, found.depth_px * scale)
    camera = Intrinsics(width, height, PHOTO_FOCAL * width, PHOTO_FOCAL * width, width / 2, height / 2)
    pose = estimate_head_pose(landmarks, camera)
    if pose is None:
        return None
    left = _patch(np.asarray(image, np.uint8), landmarks, pose, camera, mirrored=False)
    right = _patch(np.asarray(image, np.uint8), landmarks, pose, camera, mirrored=True)
    face = PhotoFace(person, group, (left, right), pose, native)
    return face if _usable(face) else None


def _eye_px(landmarks: FaceLandmarks) -> float:
    points = landmarks.points_px
    return float(np.linalg.norm(points[33] - points[133]) + np.linalg.norm(points[362] - points[263])) / 2


def _usable(face: PhotoFace) -> bool:
    if face.native_eye_px < 18:
        return False
    for eye in face.eyes:
        offset = (eye.iris[0] - (eye.upper[0, 0] + eye.upper[-1, 0]) / 2) / PX_PER_MM
        opening = (eye.lower[4, 1] - eye.upper[4, 1]) / PX_PER_MM
        if abs(offset - 1.1) > 2.2 or opening < 4.0:
            return False
    return True


def _patch(
    image: NDArray[np.uint8], landmarks: FaceLandmarks, pose: HeadPose, camera: Intrinsics, *, mirrored: bool
) -> EyePatch:
    centre = pose.right_eye_mm if mirrored else pose.left_eye_mm
    rotation = normalising_rotation(centre, pose.rotation)
    warp = warp_matrix(centre, rotation, camera, PATCH)
    pixels = warp_image(image, warp, PATCH.width, PATCH.height)
    points = _apply(warp, landmarks.points_px)
    head = rotation @ pose.rotation
    upper, lower, iris = (
        (_RIGHT_UPPER, _RIGHT_LOWER, _RIGHT_IRIS) if mirrored else (_LEFT_UPPER, _LEFT_LOWER, _LEFT_IRIS)
    )
    mesh = (canonical_face() @ pose.rotation.T + pose.translation_mm - centre) @ rotation.T
    where = points[: len(mesh)]
    if mirrored:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        points = _mirror_px(points)
        where = _mirror_px(where)
        head = mirror_rotation(head)
    linear = ((pixels[..., ::-1].astype(np.float32) / 255) ** np.float32(2.2)).astype(np.float32)
    ring = points[iris]
    radius = float(np.linalg.norm(ring[1:] - ring[0], axis=1).mean())
    upper_px, lower_px = points[list(upper)], points[list(lower)]
    return EyePatch(
        linear=linear,
        upper=upper_px,
        lower=lower_px,
        iris=ring[0],
        iris_radius_px=radius,
        depth=_depth(where, mesh[:, 2]),
        head=head,
        rotation=rotation,
        sclera=_sclera(linear, upper_px, lower_px, ring[0], radius),
        centre_mm=centre,
        own_eye=own_eye(linear, lid_lines(upper_px, lower_px), ring[0]),
    )


def _mirror_px(points: Array) -> Array:
    return np.stack([PATCH.width - points[..., 0], points[..., 1]], -1)


def _apply(warp: Array, points: Array) -> Array:
    mapped = np.c_[points, np.ones(len(points))] @ warp.T
    return mapped[:, :2] / mapped[:, 2:]


def _depth(points_px: Array, depth_mm: Array) -> NDArray[np.float32]:
    """A smooth depth map of the skin from the face mesh's points near the patch (Gaussian weights, 3 mm)."""
    at = (points_px - [PATCH.width / 2, PATCH.height / 2]) / PX_PER_MM
    near = (np.abs(at[:, 0]) < 36) & (np.abs(at[:, 1]) < 32)
    at, depth = at[near], depth_mm[near]
    half_w, half_h = PATCH.width / 2 / PX_PER_MM, PATCH.height / 2 / PX_PER_MM
    gx, gy = np.meshgrid(np.linspace(-half_w, half_w, 35), np.linspace(-half_h, half_h, 29))
    d2 = (gx[..., None] - at[:, 0]) ** 2 + (gy[..., None] - at[:, 1]) ** 2
    weight = np.exp(-d2 / (2 * 3.0**2)) + 1e-3 / (1 + d2)
    coarse = ((weight * depth).sum(-1) / weight.sum(-1)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (PATCH.width, PATCH.height), interpolation=cv2.INTER_LINEAR), np.float32)


def _sclera(linear: NDArray[np.float32], upper: Array, lower: Array, iris: Array, radius: float) -> Array:
    """Linear colour of the eye's white: the brighter half of what lies between lids and iris, kept near the skin's."""
    mask = np.zeros(linear.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.concatenate([upper, lower[::-1]]).astype(np.int32)], 1)
    mask = cv2.erode(mask, np.ones((3, 3), np.uint8))
    cv2.circle(mask, (int(iris[0]), int(iris[1])), int(radius * 1.1), 0, -1)
    white = linear[mask > 0].astype(float)
    skin = linear.reshape(-1, 3).mean(0).astype(float)
    if len(white) > 30:
        level = white.mean(1)
        colour = white[level >= np.quantile(level, 0.5)].mean(0)
    else:
        colour = skin * 1.3
    return np.asarray(np.clip(colour, skin * 0.5, skin * 2.5 + 0.05), float)
