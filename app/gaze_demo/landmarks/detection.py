"""MediaPipe's short-range face detector: its input picture, and how its output is decoded to faces.

Bazarevsky et al., "BlazeFace: Sub-millisecond neural face detection on mobile GPUs" (2019).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.landmarks.region import FaceRegion

SIZE = 128  # side in px of the detector's square picture
_LEAST_LOGIT = 0.0
_OVERLAP = 0.3  # MediaPipe's own thresholds: a score of a half, and boxes of one face that overlap
_ANCHORS = ((8, 2), (16, 6))  # stride in px, and how many boxes start from each cell


@dataclass(frozen=True, eq=False)
class Detection:
    """A face that the detector found, in px of the image, pixel centres at whole coordinates.

    `low`, `high`: (2,), the box. `key_points`: (6, 2), the person's right eye, left eye, nose tip, mouth, right and
    left ear. `score`: 0.5 to 1.
    """

    low: Array
    high: Array
    key_points: Array
    score: float

    @property
    def region(self) -> FaceRegion:
        """Where to look for the landmarks."""
        return FaceRegion.around(self.low, self.high, self.key_points[0], self.key_points[1])

    @property
    def size(self) -> float:
        """The box's side in px: the square root of its area."""
        return float(np.sqrt(np.prod(self.high - self.low)))

    def moved(self, x: float, y: float) -> Detection:
        """The same face in an image whose origin lies at (x, y) of another, in that other image's px."""
        by = np.array([x, y])
        return replace(self, low=self.low + by, high=self.high + by, key_points=self.key_points + by)


@dataclass(frozen=True)
class Letterbox:
    """How an image lies in the detector's picture: `scale` px per px, its origin at (`x`, `y`)."""

    scale: float
    x: float
    y: float

    @classmethod
    def of(cls, width: int, height: int) -> Letterbox:
        scale = SIZE / max(width, height)
        return cls(scale, (SIZE - width * scale) / 2, (SIZE - height * scale) / 2)


def detector_input(image: NDArray[np.uint8], box: Letterbox) -> NDArray[np.float32]:
    """The whole BGR image as the detector's input: (128, 128, 3) RGB from -1 to 1, black around."""
    warp = np.array([[box.scale, 0, box.x], [0, box.scale, box.y]])
    small = cv2.warpAffine(image, warp, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB).astype(np.float32) * np.float32(1 / 127.5) - 1)


def decode(boxes: NDArray[np.float32], logits: NDArray[np.float32], box: Letterbox) -> list[Detection]:
    """The faces, best score first, from the detector's (896, 16) boxes and key points and its (896,) logits.

    Boxes that overlap are averaged by their scores, as MediaPipe's weighted non-maximum suppression does.
    """
    kept = np.flatnonzero(logits >= _LEAST_LOGIT)
    if not len(kept):
        return []
    scores = 1 / (1 + np.exp(-np.minimum(logits[kept].astype(float), 100)))
    pairs = boxes[kept].astype(float).reshape(-1, 8, 2) / SIZE
    centre, extent, points = pairs[:, 0] + _anchors()[kept], pairs[:, 1], pairs[:, 2:] + _anchors()[kept][:, None]
    rows = np.concatenate([(centre - extent / 2)[:, None], (centre + extent / 2)[:, None], points], 1)
    rows = (rows * SIZE - [box.x, box.y]) / box.scale
    faces, left = [], np.argsort(-scores)
    while len(left):
        same = _overlap(rows[left[0], :2], rows[left, :2]) > _OVERLAP
        same[0] = True
        weights = scores[left[same]]
        mean = (rows[left[same]] * weights[:, None, None]).sum(0) / weights.sum()
        faces.append(Detection(mean[0], mean[1], mean[2:], float(scores[left[0]])))
        left = left[~same]
    return faces


def _overlap(one: Array, many: Array) -> Array:
    """Intersection over union of a box (2, 2) with boxes (n, 2, 2)."""
    inner = np.maximum(0.0, np.minimum(one[1], many[:, 1]) - np.maximum(one[0], many[:, 0])).prod(1)
    return inner / ((one[1] - one[0]).prod() + (many[:, 1] - many[:, 0]).prod(1) - inner + 1e-12)


@cache
def _anchors() -> Array:
    """(896, 2), the middle of the cell that each box starts from, 0..1."""
    cells = []
    for stride, count in _ANCHORS:
        grid = (np.arange(SIZE // stride) + 0.5) * stride / SIZE
        x, y = np.meshgrid(grid, grid)
        cells.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), count, axis=0))
    return np.concatenate(cells)
