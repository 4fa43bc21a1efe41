"""The head's position and rotation in millimetres, from landmarks that do not move with eyes, lids and mouth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from gaze_demo import paths
from gaze_demo.geometry import FORWARD, Array, Intrinsics, head_angles, rotation_from_angles, vector_to_pitch_yaw
from gaze_demo.landmarks.face import FaceLandmarks

RIGHT_CORNERS = (33, 133)  # landmarks of the person's right eye: outer and inner corner
LEFT_CORNERS = (263, 362)  # landmarks of the person's left eye: outer and inner corner

# Landmarks that neither gaze nor lids nor mouth move; eye corners, brows, lips, chin and nose tip are left out.
RIGID = tuple(
    int(i)
    for i in (
        "10 109 338 67 297 103 332 54 284 151 108 337 69 299 104 333 68 298 9 8 "  # forehead
        "168 6 197 195 193 417 122 351 196 419 3 248 198 420 131 360 "  # bridge and sides of the nose
        "127 356 234 454 93 323 162 389 21 251 143 372 139 368 71 301 "  # temples, in front of the ears
        "116 345 117 346 118 347"  # cheekbones
    ).split()
)

# Where real eye corners lie relative to the canonical face's, for the left eye: the mean over 625 photographs.
_EYE_SHIFT_MM = np.array([-0.36, -1.8, 0.0])
# How much further down a face seems to point by 3D landmarks than by flat ones: the mean over the same photographs.
_DEPTH_PITCH = np.radians(2.3)


@cache
def canonical_face() -> Array:
    """MediaPipe's canonical face (468, 3) in mm, head frame: the camera frame of a face that looks into the lens."""
    face = np.load(paths.assets() / "canonical_face.npy", allow_pickle=False).astype(float)
    face.setflags(write=False)
    return face


@cache
def eye_centres_in_head_mm() -> tuple[Array, Array]:
    """The person's left and right eye centre, midpoint of the corners, in the head frame."""
    face = canonical_face()
    left = face[list(LEFT_CORNERS)].mean(0) + _EYE_SHIFT_MM
    right = face[list(RIGHT_CORNERS)].mean(0) + _EYE_SHIFT_MM * [-1.0, 1.0, 1.0]
    return left, right


@dataclass(frozen=True, eq=False)
class HeadPose:
    """Rotation (3, 3) from head to camera frame, and the head's origin in the camera frame in mm.

    The head frame is the camera frame of a face that looks straight into the lens.
    """

    rotation: Array
    translation_mm: Array

    @property
    def left_eye_mm(self) -> Array:
        return self.rotation @ eye_centres_in_head_mm()[0] + self.translation_mm

    @property
    def right_eye_mm(self) -> Array:
        return self.rotation @ eye_centres_in_head_mm()[1] + self.translation_mm

    @property
    def eyes_middle_mm(self) -> Array:
        return (self.left_eye_mm + self.right_eye_mm) / 2

    @property
    def distance_mm(self) -> float:
        """From the lens to the midpoint of the eyes."""
        return float(np.linalg.norm(self.eyes_middle_mm))

    @property
    def angles(self) -> Array:
        """(pitch, yaw, roll) in radians."""
        return head_angles(self.rotation)


def estimate_head_pose(landmarks: FaceLandmarks, camera: Intrinsics, near: HeadPose | None = None) -> HeadPose | None:
    """The pose that projects the canonical face's rigid landmarks onto those found; None if none does. The search
    starts from the pose `near`, which the same head had in the last frame. If the landmarks have depth, the pitch is
    taken from the 3D landmarks, because flat ones show too little of a nod.
    """
    model = canonical_face()[list(RIGID)]
    image = landmarks.points_px[list(RIGID)]
    if camera.distortion:
        undo = cv2.fisheye.undistortPoints if camera.fisheye else cv2.undistortPoints
        flat = undo(image.reshape(-1, 1, 2), camera.matrix, np.array(camera.distortion), P=camera.matrix)
        image = np.asarray(flat, float).reshape(-1, 2)
    turn, place = (near.rotation, near.translation_mm) if near else _first_guess(landmarks, image, model, camera)
    found, rotation, translation = cv2.solvePnP(
        model, image, camera.matrix, None, cv2.Rodrigues(turn)[0], place, True, flags=cv2.SOLVEPNP_ITERATIVE
    )
    if not found or not np.isfinite(translation).all() or float(np.ravel(translation)[2]) <= 0:
        return estimate_head_pose(landmarks, camera) if near else None
    pose = HeadPose(cv2.Rodrigues(rotation)[0].astype(float), np.ravel(translation).astype(float))
    depth = landmarks.depth_px[list(RIGID)]
    return _pitched_by_depth(pose, model, np.column_stack([image, depth])) if depth.any() else pose


def _first_guess(landmarks: FaceLandmarks, image: Array, model: Array, camera: Intrinsics) -> tuple[Array, Array]:
    """Rotation (3, 3) and translation (3,) in mm of a face that looks into the lens, rolled as the eyes are."""
    right, left = (landmarks.points_px[list(corners)].mean(0) for corners in (RIGHT_CORNERS, LEFT_CORNERS))
    roll = float(np.arctan2(left[1] - right[1], left[0] - right[0]))
    across = np.array([np.cos(roll), np.sin(roll)])
    extent = max(float(np.ptp(image @ across)), 1.0)
    depth = camera.fx * float(np.ptp(model[:, 0])) / extent
    return rotation_from_angles(0.0, 0.0, roll), np.array([0.0, 0.0, depth])


def _pitched_by_depth(pose: HeadPose, model_mm: Array, points_px: Array) -> HeadPose:
    """The pose turned about the middle of the eyes, so that crops stay where they are, to the pitch of landmarks
    (n, 3) in space.

    On rendered heads flat landmarks show 0.7 of a nod and these 0.8 (`gaze-train evaluate heads`). Yaw would not get
    better.
    """
    # A nod is a turn about the head's own axis, so the picture is turned until the head is upright.
    level = rotation_from_angles(0.0, 0.0, -float(pose.angles[2]))
    pose = HeadPose(level @ pose.rotation, level @ pose.translation_mm)
    points_px = points_px @ level.T
    # the rotation nearest to the landmarks (Kabsch, 1976); it is relative to the ray to them, because the depth ignores
    # perspective
    u, _, vt = np.linalg.svd((points_px - points_px.mean(0)).T @ (model_mm - model_mm.mean(0)))
    along_ray = u @ np.diag([1.0, 1.0, float(np.linalg.det(u @ vt))]) @ vt
    to_lens = -(pose.rotation @ model_mm.mean(0) + pose.translation_mm)
    facing = rotation_from_angles(*vector_to_pitch_yaw(to_lens)) @ along_ray @ FORWARD
    pitch = float(vector_to_pitch_yaw(facing)[0]) + _DEPTH_PITCH
    _, yaw, roll = pose.angles
    rotation = rotation_from_angles(pitch, yaw, roll)
    middle_in_head = np.mean(eye_centres_in_head_mm(), axis=0)
    return HeadPose(level.T @ rotation, level.T @ (pose.eyes_middle_mm - rotation @ middle_in_head))
