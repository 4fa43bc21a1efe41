"""An observer that finds the same face in every picture, so that readers can be tested without photographs."""

from __future__ import annotations

from types import TracebackType

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.camera.frame import Frame
from gaze_demo.geometry import Array, Intrinsics, pitch_yaw_to_vector, rotation_from_angles
from gaze_demo.intrinsics import Lens
from gaze_demo.landmarks.face import COUNT, FaceLandmarks
from gaze_demo.landmarks.head_pose import HeadPose, canonical_face
from gaze_demo.observation import EyeObservation, Observation, Reason
from gaze_training.data.sample import Faces

POSE = HeadPose(rotation_from_angles(0.1, -0.2, 0.05), np.array([30.0, -20.0, 600.0]))
_IRIS_MM = np.array([0.0, 0.0, -5.0])


def eyes_mm() -> Array:
    """Left and right eye centre (2, 3) of the face that is found."""
    return np.stack([POSE.left_eye_mm, POSE.right_eye_mm])


def picture(camera: Intrinsics) -> NDArray[np.uint8]:
    """Grey, with a black disc at each iris."""
    image = np.full((camera.height, camera.width, 3), 160, np.uint8)
    for centre in _irises(camera):
        radius = round(5.9 * camera.fx / POSE.distance_mm)
        cv2.circle(image, (round(centre[0]), round(centre[1])), radius, (0, 0, 0), -1)
    return image


def _irises(camera: Intrinsics) -> Array:
    return camera.project(eyes_mm() + POSE.rotation @ _IRIS_MM)


class FakeObserver:
    """Finds the face at POSE in every frame but those that are white."""

    def __init__(self) -> None:
        self.lens = Lens()

    def __enter__(self) -> FakeObserver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def observe(self, frame: Frame) -> Observation:
        camera = self.lens.for_size(frame.width, frame.height)
        if frame.image.min() > 250:
            return Observation(frame, camera, None, None, None, None, Reason.NO_FACE, 0.0, 0.0)
        points = np.zeros((COUNT, 2))
        points[:468] = camera.project(canonical_face() @ POSE.rotation.T + POSE.translation_mm)
        points[473], points[468] = _irises(camera)
        landmarks = FaceLandmarks(points, np.zeros(COUNT))
        left = EyeObservation("left", POSE.left_eye_mm, 0.3, False, 40.0, 100.0)
        right = EyeObservation("right", POSE.right_eye_mm, 0.2, False, 42.0, 100.0, Reason.EYE_CLOSED)
        return Observation(frame, camera, landmarks, POSE, left, right, Reason.NONE, 0.0, 0.0)


def gaze_in_camera(faces: Faces, row: int = 0) -> Array:
    """The labels of both eyes (2, 3) as unit vectors in the camera frame."""
    local = pitch_yaw_to_vector(faces.gaze[row].astype(float) * [[1, 1], [1, -1]])
    return np.einsum("eji,ej->ei", faces.rotation[row].astype(float), local)
