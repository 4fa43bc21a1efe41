"""Frames, signs and units: the one place that defines what a gaze angle means.

Camera frame (OpenCV): origin at the lens, x to the right of the unmirrored image, y down, z out into the scene, in
millimetres. A gaze is a unit vector from the eye towards what is looked at; looking into the lens from straight ahead
is (0, 0, -1). Pitch and yaw follow Zhang, Sugano, Bulling, "Revisiting data normalization for appearance-based gaze
estimation" (ETRA 2018): pitch + is up, yaw + is towards the left of the unmirrored image. Radians inside, degrees only
where a person reads them.

Single vectors and rotations are worked out with plain numbers: NumPy takes five times as long for so few, and a frame
needs some hundred of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# The direction a head or an eye at rest faces: into the lens, in the camera frame.
FORWARD: Array = np.array([0.0, 0.0, -1.0])


DEFAULT_HFOV_DEG = 60.0  # horizontal field of view of an unknown camera
_STEEPEST_COSINE = 0.05  # smallest cosine of the pitch at which a yaw still means something


def pitch_yaw_to_vector(pitch_yaw: ArrayLike) -> Array:
    """Unit vectors (..., 3) of angles (..., 2), pitch first, in radians."""
    angles = np.asarray(pitch_yaw, float)
    pitch, yaw = angles[..., 0], angles[..., 1]
    return np.stack([-np.cos(pitch) * np.sin(yaw), -np.sin(pitch), -np.cos(pitch) * np.cos(yaw)], -1)


def vector_to_pitch_yaw(vector: ArrayLike) -> Array:
    """Angles (..., 2), pitch first, in radians, of vectors (..., 3) of any length but zero."""
    values = np.asarray(vector, float)
    if values.ndim == 1:
        x, y, z = values.tolist()
        length = math.sqrt(x * x + y * y + z * z)
        if 0.0 < length < math.inf:
            return np.array([math.asin(min(max(-y / length, -1.0), 1.0)), math.atan2(-x, -z)])
    unit = normalised(values)
    pitch = np.arcsin(np.clip(-unit[..., 1], -1.0, 1.0))
    return np.stack([pitch, np.arctan2(-unit[..., 0], -unit[..., 2])], -1)


def turned_covariance(covariance: ArrayLike, vector: ArrayLike, rotation: ArrayLike) -> Array:
    """A covariance (2, 2) over pitch and yaw in rad^2 of a direction (3,), expressed in the frame that `rotation` leads
    to.

    `rotation` (3, 3) may be a reflection too. To first order: the covariance is carried by the Jacobians of angles to
    vector, rotation, and vector to angles. Within 3 deg of straight up or down, where yaw means nothing, it is bounded.
    """
    unit = normalised(vector)
    pitch, yaw = vector_to_pitch_yaw(unit).tolist()
    cp, sp, cy, sy = math.cos(pitch), math.sin(pitch), math.cos(yaw), math.sin(yaw)
    to_vector = np.array([[sp * sy, -cp * cy], [-cp, 0.0], [sp * cy, cp * sy]])
    turn = np.asarray(rotation, float)
    x, _, z = (turn @ unit).tolist()
    level = max(x * x + z * z, _STEEPEST_COSINE**2)
    to_angles = np.array([[0.0, -1.0 / math.sqrt(level), 0.0], [z / level, 0.0, -x / level]])
    jacobian = to_angles @ turn @ to_vector
    return np.asarray(jacobian @ np.asarray(covariance, float) @ jacobian.T)


def normalised(vector: ArrayLike) -> Array:
    """Vectors (..., 3) scaled to length 1."""
    values = np.asarray(vector, float)
    if values.ndim == 1:
        return np.asarray(values / np.sqrt(values @ values))
    return values / np.linalg.norm(values, axis=-1, keepdims=True)


def angle_between(a: ArrayLike, b: ArrayLike) -> Array:
    """Angles (...) in radians between vectors (..., 3); exact for small angles, unlike the arc cosine."""
    first, second = normalised(a), normalised(b)
    return 2.0 * np.arctan2(np.linalg.norm(first - second, axis=-1), np.linalg.norm(first + second, axis=-1))


def mirror_vector(vector: ArrayLike) -> Array:
    """Vectors (..., 3) as a mirror shows them: x negated."""
    return np.asarray(vector, float) * [-1.0, 1.0, 1.0]


def mirror_pitch_yaw(pitch_yaw: ArrayLike) -> Array:
    """Angles (..., 2) as a mirror shows them: yaw negated."""
    return np.asarray(pitch_yaw, float) * [1.0, -1.0]


def mirror_rotation(rotation: ArrayLike) -> Array:
    """The rotation (..., 3, 3) of a mirrored head: M R M with M = diag(-1, 1, 1)."""
    mirror = np.array([-1.0, 1.0, 1.0])
    return np.asarray(rotation, float) * mirror[:, None] * mirror


def rotation_from_angles(pitch: float, yaw: float, roll: float = 0.0) -> Array:
    """Head rotation (3, 3) that turns FORWARD to the given pitch and yaw (radians), after a roll about it.

    Roll + turns the image's x axis towards y: the head leans clockwise in the unmirrored image.
    """
    cp, sp, cy, sy = math.cos(pitch), math.sin(pitch), math.cos(yaw), math.sin(yaw)
    cr, sr = math.cos(roll), math.sin(roll)
    return np.array(  # the turn about y times the one about x times the one about z
        [
            [cy * cr - sy * sp * sr, -cy * sr - sy * sp * cr, sy * cp],
            [cp * sr, cp * cr, sp],
            [-sy * cr - cy * sp * sr, sy * sr - cy * sp * cr, cy * cp],
        ]
    )


def head_angles(rotation: ArrayLike) -> Array:
    """(pitch, yaw, roll) in radians of a head rotation (3, 3): the inverse of `rotation_from_angles`."""
    matrix = np.asarray(rotation, float)
    pitch, yaw = vector_to_pitch_yaw(matrix @ FORWARD).tolist()
    cp, sp, cy, sy = math.cos(pitch), math.sin(pitch), math.cos(yaw), math.sin(yaw)
    x, y, z = matrix[:, 0].tolist()
    return np.array([pitch, yaw, math.atan2(cp * y - sp * (sy * x + cy * z), cy * x - sy * z)])


def mean_direction(vectors: ArrayLike) -> Array:
    """Unit vector (3,) along the sum of unit vectors (n, 3)."""
    return normalised(np.asarray(vectors, float).sum(0))


@dataclass(frozen=True)
class Intrinsics:
    """A camera: image size and focal lengths in px, principal point in px, OpenCV distortion coefficients.

    `fisheye`: the coefficients are the four of OpenCV's fisheye model, not those of the standard model.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, ...] = ()
    fisheye: bool = False

    @classmethod
    def from_hfov(cls, width: int, height: int, hfov_deg: float = DEFAULT_HFOV_DEG) -> Intrinsics:
        """Square pixels and a centred principal point; `hfov_deg` is the horizontal field of view.

        Raises ValueError if the field of view is not within (1, 179) degrees.
        """
        if not 1.0 < hfov_deg < 179.0:
            raise ValueError(f"a horizontal field of view lies between 1 and 179 degrees, not {hfov_deg:g}")
        focal = width / 2 / np.tan(np.radians(hfov_deg) / 2)
        return cls(width, height, float(focal), float(focal), width / 2, height / 2)

    @property
    def matrix(self) -> Array:
        """The camera matrix (3, 3)."""
        return np.array([[self.fx, 0.0, self.cx], [0.0, self.fy, self.cy], [0.0, 0.0, 1.0]])

    @property
    def hfov_deg(self) -> float:
        return float(np.degrees(2 * np.arctan(self.width / 2 / self.fx)))

    def scaled(self, width: int, height: int) -> Intrinsics:
        """The same camera read out at another resolution of (nearly) the same shape."""
        sx, sy = width / self.width, height / self.height
        return replace(
            self, width=width, height=height, fx=self.fx * sx, fy=self.fy * sy, cx=self.cx * sx, cy=self.cy * sy
        )

    def project(self, points_mm: ArrayLike) -> Array:
        """Image points (..., 2) in px of points (..., 3) in mm, camera frame; the distortion is left out."""
        points = np.asarray(points_mm, float)
        scale = np.array([self.fx, self.fy])
        return points[..., :2] / points[..., 2:] * scale + np.array([self.cx, self.cy])
