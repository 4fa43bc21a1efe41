"""Face landmarks by MediaPipe's FaceLandmarker (Tasks API, CPU)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array

BUNDLE = "face_landmarker.task"
BUNDLE_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
COUNT = 478
_BLINK_RIGHT, _BLINK_LEFT = "eyeBlinkRight", "eyeBlinkLeft"


@dataclass(frozen=True, eq=False)
class FaceLandmarks:
    """The landmarks of the largest face.

    `points_px`: (478, 2), pixels of the unmirrored image. `depth_px`: (478,), relative depth in the image's pixels,
    smaller is nearer to the camera. `blink_left`, `blink_right`: MediaPipe's own blink scores, 0 open to 1 closed, of
    the person's own eyes, or NaN where not asked for.
    """

    points_px: Array
    depth_px: Array
    blink_left: float = float("nan")
    blink_right: float = float("nan")

    @property
    def box_px(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of the landmarks."""
        low, high = self.points_px.min(0), self.points_px.max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


class FaceLandmarker:
    """Finds one face an image. `video` follows it from frame to frame; otherwise each image stands for itself.

    A context manager; not safe for use from several threads at once.
    """

    def __init__(self, *, video: bool, blendshapes: bool = True, bundle: Path | None = None) -> None:
        path = bundle or paths.assets() / BUNDLE
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != BUNDLE_SHA256:
            raise UserError(f"{path} is missing or not the expected file: install gaze-demo again.")
        mode = vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE
        base = BaseOptions(model_asset_path=str(path), delegate=BaseOptions.Delegate.CPU)
        options = vision.FaceLandmarkerOptions(
            base_options=base, running_mode=mode, num_faces=1, output_face_blendshapes=blendshapes
        )
        self._landmarker = vision.FaceLandmarker.create_from_options(options)
        self._video = video
        self._last_ms = -1

    def __enter__(self) -> FaceLandmarker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def find(self, image: NDArray[np.uint8], time_s: float = 0.0) -> FaceLandmarks | None:
        """Landmarks of a BGR image, or None where no face is found; `time_s` matters for video alone."""
        rgb = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        if self._video:
            self._last_ms = max(self._last_ms + 1, round(time_s * 1000))  # MediaPipe wants strictly rising times
            result = self._landmarker.detect_for_video(rgb, self._last_ms)
        else:
            result = self._landmarker.detect(rgb)
        if not result.face_landmarks:
            return None
        height, width = image.shape[:2]
        points = np.array([(p.x * width, p.y * height, p.z * width) for p in result.face_landmarks[0]])
        shapes = {c.category_name: float(c.score) for c in (result.face_blendshapes or [[]])[0]}
        nan = float("nan")
        return FaceLandmarks(points[:, :2], points[:, 2], shapes.get(_BLINK_LEFT, nan), shapes.get(_BLINK_RIGHT, nan))

    def close(self) -> None:
        self._landmarker.close()
