"""The frames of glasses on a portrait, drawn around its eyes. Lenses without reflections leave the eyes as they are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS

Colour = tuple[float, float, float]

_HALF_WIDTH, _HALF_HEIGHT = 0.80, 0.56  # of a lens, in widths of an eye
_BELOW = 0.10  # of the eyes' line: where the lens's middle is, in widths of an eye
_RIM, _TEMPLE = 0.07, 0.06  # widths of the lines, in widths of an eye
_EARS = (356, 127)  # landmarks at the edge of the face beside the left and the right eye
_SQUARE = 3.2  # exponent of the lens's outline: 2 is an ellipse, more is squarer
_FINE = 8  # each pixel is drawn with this many samples
_SHADOW = 0.25  # share of the light that the frames take from the skin beneath them


def with_glasses(image: NDArray[np.uint8], landmarks_px: Array, colour: Colour) -> NDArray[np.uint8]:
    """A BGR portrait (h, w, 3) with glasses of a linear RGB colour, on the face with the landmarks (478, 2)."""
    frames = _frames(image.shape[0], image.shape[1], landmarks_px)
    width = float(np.linalg.norm(np.diff(landmarks_px[list(LEFT_CORNERS)], axis=0)))
    shadow = cv2.GaussianBlur(np.roll(frames, max(1, round(0.06 * width)), 0), (0, 0), 0.05 * width)
    linear = (image.astype(np.float32) / 255) ** np.float32(2.2)
    linear *= 1 - np.float32(_SHADOW) * shadow[..., None]
    linear += frames[..., None] * (np.array(colour[::-1], np.float32) - linear)
    return np.asarray(np.clip(linear, 0, 1) ** np.float32(1 / 2.2) * 255 + np.float32(0.5), np.uint8)


def _frames(height: int, width: int, landmarks_px: Array) -> NDArray[np.float32]:
    """Where the frames are (h, w), 0..1."""
    large = np.zeros((height * _FINE, width * _FINE), np.uint8)
    lenses = []
    for corners, ear in zip((LEFT_CORNERS, RIGHT_CORNERS), _EARS, strict=True):
        ends = landmarks_px[list(corners)]
        eye = float(np.linalg.norm(ends[1] - ends[0]))
        middle = ends.mean(0) + [0.0, _BELOW * eye]
        turns = np.linspace(0, 2 * np.pi, 90, endpoint=False)
        outline = [np.sign(f(turns)) * np.abs(f(turns)) ** (2 / _SQUARE) for f in (np.cos, np.sin)]
        lens = middle + np.stack([outline[0] * _HALF_WIDTH * eye, outline[1] * _HALF_HEIGHT * eye], 1)
        _line(large, lens, _RIM * eye, closed=True)
        outward = np.sign(landmarks_px[ear, 0] - middle[0])
        hinge = middle + [outward * _HALF_WIDTH * eye, -0.3 * _HALF_HEIGHT * eye]
        _line(large, np.stack([hinge, [landmarks_px[ear, 0], hinge[1]]]), _TEMPLE * eye)
        lenses.append(middle - [outward * _HALF_WIDTH * eye, 0.25 * _HALF_HEIGHT * eye])
    top = np.mean(lenses, 0) - [0.0, 0.25 * _HALF_HEIGHT * eye]
    _line(large, np.stack([lenses[0], top, lenses[1]]), _RIM * eye)
    small = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


def _line(large: NDArray[np.uint8], points: Array, width_px: float, *, closed: bool = False) -> None:
    fine = np.round((points + 0.5) * _FINE - 0.5).astype(np.int32)
    cv2.polylines(large, [fine], closed, 255, max(1, round(width_px * _FINE)), cv2.LINE_AA)
