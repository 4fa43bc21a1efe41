"""Measures an eye by its landmarks: width, openness, brightness."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array, normalised
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS, HeadPose, canonical_face

_RIGHT_LIDS = ((159, 145), (158, 153), (160, 144))
_LEFT_LIDS = ((386, 374), (385, 380), (387, 373))  # pairs of landmarks on the upper and the lower lid


@dataclass(frozen=True)
class EyeMeasures:
    """`width_px`: between the corners in the image. `openness`: lid distance by corner distance, both as seen from the
    front; photographs of 549 people with open eyes span 0.10 to 0.41, median 0.29. `brightness`: mean grey level
    0..255 between the corners. `inside`: all of the eye lies in the image."""

    width_px: float
    openness: float
    brightness: float
    inside: bool = True


def measure_eyes(image: NDArray[np.uint8], landmarks: FaceLandmarks, pose: HeadPose) -> tuple[EyeMeasures, EyeMeasures]:
    """The person's left and right eye in a BGR image."""
    return (
        _measure(image, landmarks, pose, LEFT_CORNERS, _LEFT_LIDS),
        _measure(image, landmarks, pose, RIGHT_CORNERS, _RIGHT_LIDS),
    )


def _measure(
    image: NDArray[np.uint8],
    landmarks: FaceLandmarks,
    pose: HeadPose,
    corners: tuple[int, int],
    lids: tuple[tuple[int, int], ...],
) -> EyeMeasures:
    around = landmarks.points_px[[*corners, *(point for pair in lids for point in pair)]].tolist()
    outer, inner, *ends = around
    width = max(math.dist(outer, inner), 1e-6)
    gap = sum(math.dist(upper, lower) for upper, lower in zip(ends[::2], ends[1::2], strict=True)) / len(lids)
    return EyeMeasures(
        width,
        gap / width * _foreshortening(pose, corners),
        _brightness(image, ((outer[0] + inner[0]) / 2, (outer[1] + inner[1]) / 2), width),
        all(0 <= x <= image.shape[1] and 0 <= y <= image.shape[0] for x, y in around),
    )


def _foreshortening(pose: HeadPose, corners: tuple[int, int]) -> float:
    """How much shorter the line between the corners looks than from the front; the distance of the lids hardly
    changes."""
    middle, line, front = _corners_in_head_mm(corners)
    line = pose.rotation @ line
    sight = normalised(pose.rotation @ middle + pose.translation_mm)
    across = line - (line @ sight) * sight
    return math.sqrt(across @ across) / front


@cache
def _corners_in_head_mm(corners: tuple[int, int]) -> tuple[Array, Array, float]:
    """Middle (3,) of an eye's corners, the line (3,) between them, and its length as seen from the front."""
    outer, inner = canonical_face()[list(corners)]
    return (outer + inner) / 2, inner - outer, math.dist(outer[:2], inner[:2])


def _brightness(image: NDArray[np.uint8], middle: tuple[float, float], width: float) -> float:
    height_px, width_px = image.shape[:2]
    # the zero first: max(0, nan) is 0
    x0, x1 = (int(min(max(0, x), width_px)) for x in (middle[0] - width / 2, middle[0] + width / 2 + 1))
    y0, y1 = (int(min(max(0, y), height_px)) for y in (middle[1] - width / 4, middle[1] + width / 4 + 1))
    if x1 <= x0 or y1 <= y0:
        return 0.0
    return float(cv2.cvtColor(image[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY).mean())
