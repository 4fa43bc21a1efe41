"""Data normalisation of one eye: a virtual camera that looks at the eye from a fixed distance, without roll.

Zhang, Sugano, Bulling, "Revisiting data normalization for appearance-based gaze estimation" (ETRA 2018): the image is
warped by C_n S R C^-1, gaze is rotated by R alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import FORWARD, Array, Intrinsics, mirror_rotation, normalised, vector_to_pitch_yaw

DISTANCE_MM = 600.0
# Focal length of the virtual camera for a crop of 60 x 36 px; with k times the pixels it is k times as long.
FOCAL_PX = 960.0
WIDTH_PX, HEIGHT_PX = 60, 36
# From coordinates with pixel centres at whole numbers, as OpenCV has them, to those with pixel edges there, and back.
_FROM_CENTRES = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])
_FROM_EDGES = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])


@dataclass(frozen=True)
class CropGeometry:
    """The virtual camera of a crop: size in px, focal length in px, distance in mm."""

    width: int = WIDTH_PX
    height: int = HEIGHT_PX
    focal_px: float = FOCAL_PX
    distance_mm: float = DISTANCE_MM

    @property
    def matrix(self) -> Array:
        """The virtual camera's matrix (3, 3)."""
        return np.array([[self.focal_px, 0, self.width / 2], [0, self.focal_px, self.height / 2], [0, 0, 1.0]])


def normalising_rotation(centre_mm: Array, head_rotation: Array) -> Array:
    """Rotation (3, 3) from the camera frame to that of the virtual camera that looks at `centre_mm`.

    Its x axis lies in the plane of the head's x axis, so the crop shows no roll.
    """
    z = normalised(centre_mm)
    y = normalised(_cross(z, head_rotation[:, 0]))
    return np.stack([_cross(y, z), y, z])


def _cross(a: Array, b: Array) -> Array:
    """a x b of two vectors (3,); NumPy's own function takes 0.1 ms, too long for something that every model does twice
    per frame."""
    (ax, ay, az), (bx, by, bz) = a.tolist(), b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


@dataclass(frozen=True, eq=False)
class NormalisedEye:
    """One eye as a virtual camera sees it.

    `crop`: (height, width, 3) uint8 BGR. `rotation`: (3, 3), camera frame to virtual camera. `head_rotation`: (3, 3),
    the head's rotation in the virtual camera's frame. `mirrored`: crop and head are those of a mirrored person, so that
    one model serves both eyes; a gaze read from them has its yaw negated by `to_camera`.
    """

    crop: NDArray[np.uint8]
    rotation: Array
    head_rotation: Array
    mirrored: bool

    @property
    def head_pitch_yaw(self) -> Array:
        """Pitch and yaw (2,) in radians of the face's direction in the virtual camera's frame."""
        return vector_to_pitch_yaw(self.head_rotation @ FORWARD)

    def to_camera(self, gaze: Array) -> Array:
        """A gaze (3,) of the virtual camera's frame in the camera frame."""
        unmirrored = gaze * [-1.0, 1.0, 1.0] if self.mirrored else gaze
        return self.rotation.T @ unmirrored

    def from_camera(self, gaze: Array) -> Array:
        """A gaze (3,) of the camera frame in the virtual camera's frame: the inverse of `to_camera`."""
        turned = self.rotation @ gaze
        return turned * [-1.0, 1.0, 1.0] if self.mirrored else turned


def warp_matrix(centre_mm: Array, rotation: Array, camera: Intrinsics, geometry: CropGeometry) -> Array:
    """The homography (3, 3) C_n S R C^-1 from image to crop."""
    scale = np.diag([1.0, 1.0, geometry.distance_mm / math.hypot(*centre_mm.tolist())])
    fx, fy = camera.fx, camera.fy
    back = np.array([[1 / fx, 0.0, -camera.cx / fx], [0.0, 1 / fy, -camera.cy / fy], [0.0, 0.0, 1.0]])
    return geometry.matrix @ scale @ rotation @ back


def normalise_eye(
    image: NDArray[np.uint8],
    centre_mm: Array,
    head_rotation: Array,
    camera: Intrinsics,
    geometry: CropGeometry,
    *,
    mirrored: bool,
) -> NormalisedEye:
    """The eye at `centre_mm` (camera frame) of an undistorted BGR image."""
    rotation = normalising_rotation(centre_mm, head_rotation)
    warp = warp_matrix(centre_mm, rotation, camera, geometry)
    crop = warp_image(image, warp, geometry.width, geometry.height)
    head = rotation @ head_rotation
    if mirrored:
        crop, head = np.ascontiguousarray(crop[:, ::-1]), mirror_rotation(head)
    return NormalisedEye(crop, rotation, head, mirrored)


def warp_image(image: NDArray[np.uint8], warp: Array, width: int, height: int) -> NDArray[np.uint8]:
    """The image (h, w, ...) seen through a homography from image to crop, both in px with pixel centres at halves.

    If the crop is smaller than the image, the image is warped at a larger size and then averaged, because a sharp image
    would alias.
    """
    back = np.linalg.inv(warp)
    x, y, w = (back @ (width / 2, height / 2, 1.0)).tolist()
    dx, dy, dw = back[:, 0].tolist()  # a px further to the right
    shrink = math.hypot((x + dx) / (w + dw) - x / w, (y + dy) / (w + dw) - y / w)
    k = int(np.clip(np.ceil(shrink - 0.5), 1, 8))
    scaled = _FROM_EDGES @ (warp if k == 1 else np.diag([k, k, 1.0]) @ warp) @ _FROM_CENTRES
    crop = cv2.warpPerspective(image, scaled, (k * width, k * height), borderMode=cv2.BORDER_REPLICATE)
    if k > 1:
        crop = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(crop, np.uint8)
