"""Faces of whole pictures: found, normalised and cropped by the app's own code, with the labels of the data set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Protocol
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.camera.frame import Frame
from gaze_demo.geometry import (
    Array,
    Intrinsics,
    mirror_vector,
    normalised,
    pitch_yaw_to_vector,
    vector_to_pitch_yaw,
)
from gaze_demo.intrinsics import Lens
from gaze_demo.normalisation.normalise import CropGeometry, normalise_eye, warp_matrix
from gaze_demo.observation import Observation
from gaze_demo.observer import Observer
from gaze_training.data.renderers import REAL
from gaze_training.data.sample import Faces

IRIS_CENTRES = (473, 468)  # landmarks of the left and the right iris's centre


class Observes(Protocol):
    """What finds a face in a frame, seen through `lens`; the app's `Observer`."""

    lens: Lens

    def observe(self, frame: Frame) -> Observation: ...


OpenObserver = Callable[[], AbstractContextManager[Observes]]


def open_observer() -> AbstractContextManager[Observes]:
    """The app's own observer, for unrelated pictures."""
    return Observer(video=False)


def observe(observer: Observes, image: NDArray[np.uint8], camera: Intrinsics) -> Observation:
    """The observation of a BGR picture taken by this camera."""
    observer.lens = Lens(known=camera)
    return observer.observe(Frame(np.ascontiguousarray(image, np.uint8), 0, 0.0))


def person_number(dataset: str, person: str) -> int:
    """A number (int32) for a person of a data set: the same in every run, different in other data sets."""
    return crc32(f"{dataset}_{person}".encode()) & 0x7FFFFFFF


def face_with_target(seen: Observation, target_mm: Array, person: int) -> Faces | None:
    """One labelled face whose eyes look at a point (3,) in the camera frame; None if no eye can be read."""
    if seen.pose is None:
        return None
    centres = np.stack([seen.pose.left_eye_mm, seen.pose.right_eye_mm])
    return face_with_gaze(seen, normalised(target_mm - centres), person)


def face_with_gaze(seen: Observation, gaze: Array, person: int) -> Faces | None:
    """One labelled face from each eye's gaze (2, 3), left and right, unit vectors in the camera frame."""
    if seen.pose is None or seen.landmarks is None or seen.left is None or seen.right is None or not seen.valid:
        return None
    face = Faces.empty(1)
    for side, eye in enumerate((seen.left, seen.right)):
        mirrored = side == 1
        normal = normalise_eye(
            seen.frame.image, eye.centre_mm, seen.pose.rotation, seen.camera, CropGeometry(), mirrored=mirrored
        )
        if seen.eye_crops is None:
            face.crops[0, side] = cv2.cvtColor(normal.crop, cv2.COLOR_BGR2GRAY)
        else:  # a recording kept them instead of the frame
            face.crops[0, side] = seen.eye_crops[side][:, ::-1] if mirrored else seen.eye_crops[side]
        face.gaze[0, side] = vector_to_pitch_yaw(normal.from_camera(gaze[side]))
        face.head[0, side] = normal.head_pitch_yaw
        face.rotation[0, side] = normal.rotation
        face.openness[0, side] = eye.openness
        face.valid[0, side] = eye.valid
        warp = warp_matrix(eye.centre_mm, normal.rotation, seen.camera, CropGeometry())
        iris = warp @ np.append(seen.landmarks.points_px[IRIS_CENTRES[side]], 1.0)
        x, y = iris[:2] / iris[2]
        face.iris_px[0, side] = (CropGeometry().width - x if mirrored else x, y)
    face.person[0], face.renderer[0] = person, REAL
    face.eye_px[0] = (seen.left.width_px + seen.right.width_px) / 2
    return face


def sight_gaze(pitch: float, yaw: float, towards_mm: Array) -> Array:
    """A gaze (3,) in the camera frame, from angles in radians relative to the line from a point (3,) to the lens."""
    forward = normalised(towards_mm)
    right = normalised(np.cross([0.0, 1.0, 0.0], forward))
    level = np.stack([right, np.cross(forward, right), forward])
    return np.asarray(level.T @ pitch_yaw_to_vector((pitch, yaw)), float)


def join(faces: Iterable[Faces | None]) -> Faces | None:
    """All faces that were found as one, or None if there is none."""
    found = [face for face in faces if face is not None]
    return Faces.concatenate(found) if found else None


def seen_angles(vector: Array, *, mirrored: bool) -> Array:
    """Pitch and yaw (..., 2) of vectors (..., 3), of the mirrored person where `mirrored`."""
    return vector_to_pitch_yaw(mirror_vector(vector) if mirrored else vector)
