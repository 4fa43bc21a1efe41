"""A face whose landmarks are known exactly: the canonical face, projected, on an image of smooth noise."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from gaze_demo.camera.frame import Frame
from gaze_demo.geometry import Array, Intrinsics, mirror_rotation, mirror_vector, rotation_from_angles
from gaze_demo.landmarks.face import EyeScores, FaceLandmarks
from gaze_demo.landmarks.head_pose import HeadPose, canonical_face
from gaze_demo.observation import EyeObservation, Observation, Reason

CAMERA = Intrinsics.from_hfov(640, 480, 60.0)


def head_pose(
    pitch_deg: float = 0.0, yaw_deg: float = 0.0, roll_deg: float = 0.0, at_mm: tuple[float, ...] = (0, 0, 600)
) -> HeadPose:
    return HeadPose(rotation_from_angles(*np.radians([pitch_deg, yaw_deg, roll_deg])), np.array(at_mm, float))


def landmarks_of(pose: HeadPose, camera: Intrinsics = CAMERA, blink: float = 0.0) -> FaceLandmarks:
    points_mm = canonical_face() @ pose.rotation.T + pose.translation_mm
    points = camera.project(points_mm)
    points = np.vstack([points, np.tile(points.mean(0), (10, 1))])  # the irises, which nothing here reads
    return FaceLandmarks(points, np.zeros(len(points)), partial(EyeScores, blink, blink))


def noise_image(seed: int = 0, camera: Intrinsics = CAMERA) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (camera.height // 3, camera.width // 3, 3), np.uint8)
    return cv2.resize(noise, (camera.width, camera.height), interpolation=cv2.INTER_CUBIC)


def observation(pose: HeadPose | None = None, camera: Intrinsics = CAMERA) -> Observation:
    """An observation with both eyes open."""
    pose = pose or head_pose()
    left = EyeObservation("left", pose.left_eye_mm, 0.3, False, 30.0, 100.0)
    right = EyeObservation("right", pose.right_eye_mm, 0.3, False, 30.0, 100.0)
    frame = Frame(noise_image(camera=camera), 0, 0.0)
    return Observation(frame, camera, landmarks_of(pose, camera), pose, left, right, Reason.NONE, 1.0, 1.0)


def mirrored(seen: Observation) -> Observation:
    """The same person in a mirror: landmarks change sides, so do the eyes."""
    assert seen.pose is not None
    pose = HeadPose(mirror_rotation(seen.pose.rotation), mirror_vector(seen.pose.translation_mm))
    frame = replace(seen.frame, image=np.ascontiguousarray(seen.frame.image[:, ::-1]))
    return replace(observation(pose, seen.camera), frame=frame)


def looking_at(target_mm: Array, eye_mm: Array) -> Array:
    ray = target_mm - eye_mm
    return ray / np.linalg.norm(ray)
