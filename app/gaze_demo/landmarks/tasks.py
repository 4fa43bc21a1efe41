"""Landmarks by MediaPipe's FaceLandmarker (Tasks API, CPU): the reference for the direct engine, and its
replacement."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

from gaze_demo.landmarks.blendshapes import EYE_SHAPES
from gaze_demo.landmarks.bundle import Bundle
from gaze_demo.landmarks.detection import Detection
from gaze_demo.landmarks.face import HALF_PX, EyeScores, FaceLandmarks
from gaze_demo.landmarks.region import FaceRegion

# Time between two calls: FaceLandmarker smooths landmarks over time, and a pause of this length turns the smoothing
# off.
_STEP_MS = 1_000_000
_GREY = 127
# Side of the part of the image that is looked at by the side of the face's region: a detector's smallest face is a
# ninth of the picture, and this shows one of a quarter.
_WINDOW = 3.0


class TasksEngine:
    """FaceLandmarker and FaceDetector behind the protocol `LandmarkEngine`.

    FaceLandmarker takes no region. It follows the face that it saw last. Therefore a new region is first shown alone,
    on grey, and then the part of the image around it. A rolled face is first rotated by a multiple of 90 degrees.

    Raises ImportError if MediaPipe is not installed, UserError if the bundle is missing.
    """

    name = "mediapipe"

    def __init__(self, *, blendshapes: bool = True) -> None:
        bundle = Bundle()
        cpu = BaseOptions.Delegate.CPU
        self._detector = vision.FaceDetector.create_from_options(
            vision.FaceDetectorOptions(
                base_options=BaseOptions(model_asset_buffer=bundle.network("face_detector"), delegate=cpu),
                running_mode=vision.RunningMode.IMAGE,
            )
        )
        self._landmarker = vision.FaceLandmarker.create_from_options(
            vision.FaceLandmarkerOptions(
                base_options=BaseOptions(model_asset_buffer=bundle.content, delegate=cpu),
                running_mode=vision.RunningMode.VIDEO,
                num_faces=1,
                output_face_blendshapes=blendshapes,
            )
        )
        self._time_ms = 0
        self._followed: _Followed | None = None

    def close(self) -> None:
        self._detector.close()
        self._landmarker.close()

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        height, width = image.shape[:2]
        faces = []
        for found in self._detector.detect(_as_rgb(image)).detections:
            box = found.bounding_box
            low = np.array([box.origin_x, box.origin_y], float)
            points = np.array([(p.x * width, p.y * height) for p in found.keypoints])
            faces.append(Detection(low, low + [box.width, box.height], points, float(found.categories[0].score)))
        return sorted(faces, key=lambda face: -face.score)

    def locate(self, image: NDArray[np.uint8], region: FaceRegion) -> FaceLandmarks | None:
        turns = round(region.angle / (np.pi / 2)) % 4
        seen = self._followed
        if seen is None or seen.turns != turns or seen.shape != image.shape or not seen.goes_on_at(region):
            window = _Window.around(region, image)
            self._forget()
            if self._look(image, window, turns, region) is None:
                return None
        else:
            window = seen.window
        face = self._look(image, window, turns)
        if face is None or FaceRegion.of_landmarks(face.points_px).distance_to(region) > 0.5:
            self._followed = None
            return None
        self._followed = _Followed(FaceRegion.of_landmarks(face.points_px), window, turns, image.shape)
        return face

    def _forget(self) -> None:
        """Show a picture without a face, so that the next call searches for a face instead of following one."""
        self._followed = None
        self._find(np.full((64, 64, 3), _GREY, np.uint8))

    def _look(
        self, image: NDArray[np.uint8], window: _Window, turns: int, alone: FaceRegion | None = None
    ) -> FaceLandmarks | None:
        """Look into a window of the image, turned upright; grey lies around the region `alone`."""
        part = image[window.y0 : window.y1, window.x0 : window.x1]
        if alone is not None:
            part = _alone(part, alone.x - window.x0, alone.y - window.y0, alone.side)
        face = self._find(np.rot90(part, turns))
        if face is None:
            return None
        height, width = (part.shape[1], part.shape[0]) if turns % 2 else part.shape[:2]
        back = _turned_back(face.points_px, turns, width, height)
        return replace(face, points_px=back + [window.x0, window.y0] + HALF_PX)

    def _find(self, image: NDArray[np.uint8]) -> FaceLandmarks | None:
        """What the landmarker sees; pixel centres at whole coordinates."""
        self._time_ms += _STEP_MS
        result = self._landmarker.detect_for_video(_as_rgb(image), self._time_ms)
        if not result.face_landmarks:
            return None
        height, width = image.shape[:2]
        numbers = np.array([(p.x, p.y, p.z) for p in result.face_landmarks[0]])
        points_px, depth_px = numbers[:, :2] * [width, height], numbers[:, 2] * width
        roll = FaceRegion.of_landmarks(points_px).angle
        depth_px /= np.hypot(np.cos(roll), np.sin(roll) * width / height)  # MediaPipe stretches a rolled face's depth
        shapes = {c.category_name: float(c.score) for c in (result.face_blendshapes or [[]])[0]}
        scores = EyeScores(*(shapes.get(name, float("nan")) for name in EYE_SHAPES))
        return FaceLandmarks(points_px, depth_px, lambda: scores)


@dataclass(frozen=True)
class _Window:
    """A part of the image, in px."""

    x0: int
    y0: int
    x1: int
    y1: int

    @classmethod
    def around(cls, region: FaceRegion, image: NDArray[np.uint8]) -> _Window:
        height, width = image.shape[:2]
        half = _WINDOW * region.side / 2
        x0, x1 = np.clip([region.x - half, region.x + half], 0, width).astype(int)
        y0, y1 = np.clip([region.y - half, region.y + half], 0, height).astype(int)
        return cls(int(x0), int(y0), int(max(x1, x0 + 1)), int(max(y1, y0 + 1)))

    def holds(self, region: FaceRegion, shape: tuple[int, ...]) -> bool:
        """Whether the region lies inside, except at sides that are the image's own."""
        half = region.side / 2
        return (
            (self.x0 == 0 or region.x - half > self.x0)
            and (self.y0 == 0 or region.y - half > self.y0)
            and (self.x1 == shape[1] or region.x + half < self.x1)
            and (self.y1 == shape[0] or region.y + half < self.y1)
        )


@dataclass(frozen=True)
class _Followed:
    """The face that the landmarker saw last: the region for the next look, and how and where it was looked at."""

    region: FaceRegion
    window: _Window
    turns: int
    shape: tuple[int, ...]

    def goes_on_at(self, region: FaceRegion) -> bool:
        near = self.region.distance_to(region) < 0.1 and self.region.ratio_to(region) < 1.2
        return near and self.window.holds(region, self.shape)


def _as_rgb(image: NDArray[np.uint8]) -> mp.Image:
    return mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def _alone(image: NDArray[np.uint8], x: float, y: float, side: float) -> NDArray[np.uint8]:
    """The image with everything outside a square around (x, y) in grey."""
    half = side * 0.6
    x0, x1 = np.clip([x - half, x + half], 0, image.shape[1]).astype(int)
    y0, y1 = np.clip([y - half, y + half], 0, image.shape[0]).astype(int)
    shown = np.full_like(image, _GREY)
    shown[y0:y1, x0:x1] = image[y0:y1, x0:x1]
    return shown


def _turned_back(points_px: NDArray[np.float64], turns: int, width: int, height: int) -> NDArray[np.float64]:
    """Points of an image of `width` x `height` px that `np.rot90` turned `turns` times, in the image as it was."""
    x, y = points_px.T
    if turns == 1:
        x, y = height - 1 - y, x
    elif turns == 2:
        x, y = width - 1 - x, height - 1 - y
    elif turns == 3:
        x, y = y, width - 1 - x
    return np.stack([x, y], 1)
