"""Finds faces that are too small in the whole image for MediaPipe's short-range detector.

That detector sees the image at 128 x 128 px and misses faces below about a ninth of the image's width; parts of the
image are looked at in turn then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from gaze_demo.landmarks.face import FaceLandmarker, FaceLandmarks

_LEVELS = (2, 4)
"""Parts of a still image have a half, then a quarter of its longer side."""
_SMALLEST_PX = 96
_LIVE_PARTS = ((0.25, 0.25), (0.25, 0.0), (0.0, 0.25), (0.5, 0.25), (0.0, 0.0), (0.5, 0.0), (0.25, 0.5))
"""Left and top of the parts of half the size that a stream is searched by, one a frame, the likeliest first."""


@dataclass(frozen=True)
class _Part:
    x: int
    y: int
    width: int
    height: int

    def of(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.ascontiguousarray(image[self.y : self.y + self.height, self.x : self.x + self.width])


class FaceSearch:
    """Landmarks of the largest face, in whichever part of the image it is found; a context manager.

    With `video` a face is followed, within the part where it was found, and each frame costs two looks at most;
    without it each image stands for itself and is searched thoroughly.
    """

    def __init__(self, *, video: bool, blendshapes: bool = True) -> None:
        self._landmarker = FaceLandmarker(video=video, blendshapes=blendshapes)
        self._video = video
        self._part: _Part | None = None
        self._turn = 0

    def __enter__(self) -> FaceSearch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def find(self, image: NDArray[np.uint8], time_s: float = 0.0) -> FaceLandmarks | None:
        """Landmarks in px of the whole BGR image, or None where no face is found."""
        return self._follow(image, time_s) if self._video else self._search(image)

    def close(self) -> None:
        self._landmarker.close()

    def _search(self, image: NDArray[np.uint8]) -> FaceLandmarks | None:
        face = self._landmarker.find(image)
        for level in _LEVELS if face is None else ():
            faces = [self._look(image, part, 0.0) for part in _tiles(image, level)]
            found = [face for face in faces if face is not None]
            if found:
                return max(found, key=_width)
        return face

    def _follow(self, image: NDArray[np.uint8], time_s: float) -> FaceLandmarks | None:
        height, width = image.shape[:2]
        if self._part and self._part.x + self._part.width <= width and self._part.y + self._part.height <= height:
            face = self._look(image, self._part, time_s)
            self._part = self._next_part(face, width, height) if face else None
            return face
        self._part = None
        face = self._landmarker.find(image, time_s)
        if face is None:
            left, top = _LIVE_PARTS[self._turn % len(_LIVE_PARTS)]
            self._turn += 1
            part = _Part(int(left * width), int(top * height), width // 2, height // 2)
            face = self._look(image, part, time_s)
            self._part = part if face else None
        return face

    def _look(self, image: NDArray[np.uint8], part: _Part, time_s: float) -> FaceLandmarks | None:
        face = self._landmarker.find(part.of(image), time_s)
        return face and replace(face, points_px=face.points_px + np.array([part.x, part.y]))

    def _next_part(self, face: FaceLandmarks, width: int, height: int) -> _Part | None:
        """Where to look next: the same part while the face is well inside, else around it, or everywhere."""
        part = self._part
        assert part is not None
        if _width(face) > 0.4 * part.width:
            return None
        x0, y0, x1, y1 = face.box_px
        margin = 0.1 * part.width
        inside_x = x0 - margin > part.x and x1 + margin < part.x + part.width
        inside_y = y0 - margin > part.y and y1 + margin < part.y + part.height
        if inside_x and inside_y:
            return part
        x = int(np.clip((x0 + x1 - part.width) / 2, 0, width - part.width))
        y = int(np.clip((y0 + y1 - part.height) / 2, 0, height - part.height))
        return replace(part, x=x, y=y)


def _width(face: FaceLandmarks) -> float:
    x0, _, x1, _ = face.box_px
    return x1 - x0


def _tiles(image: NDArray[np.uint8], level: int) -> Iterator[_Part]:
    """Square parts that overlap by half."""
    height, width = image.shape[:2]
    side = max(width, height) // level
    if side < _SMALLEST_PX:
        return
    w, h = min(side, width), min(side, height)
    for y in np.linspace(0, height - h, max(1, round(2 * (height - h) / side) + 1)).astype(int):
        for x in np.linspace(0, width - w, max(1, round(2 * (width - w) / side) + 1)).astype(int):
            yield _Part(int(x), int(y), w, h)
