"""Draws gaze into an image, for files, as the window draws it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import Array, vector_to_pitch_yaw
from gaze_demo.observation import Observation

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
# BGR, one for each model in turn; the first two are those of the window's panes.
_COLOURS: tuple[Colour, ...] = (
    (56, 178, 255),
    (220, 224, 53),
    (120, 230, 120),
    (220, 120, 255),
    (90, 120, 255),
    (230, 230, 90),
)
# Of every arrow in space, as in the window; it ends this far in front of the lens
_LENGTH_MM, _NEAREST_MM = 130.0, 60.0
_ABOVE, _BESIDE = 0.4, 0.2  # of the landmarks' box: hair above and beside the face, which a legend must not cover
_FONT, _SHIFT = cv2.FONT_HERSHEY_SIMPLEX, 4
_WHITE, _DARK = (245, 245, 245), (24, 24, 24)


def annotate(seen: Observation, estimates: Sequence[GazeEstimate]) -> Image:
    """The frame, unmirrored, with each model's gaze from between the eyes, the true one in white if it is known,
    and a legend with the angles in degrees.

    The legend is in a corner where it does not cover the head; if there is no such corner, it is left out.
    """
    return _annotated(seen, [(one, _COLOURS[i % len(_COLOURS)]) for i, one in enumerate(estimates)])


def side_by_side(seen: Observation, estimates: Sequence[GazeEstimate]) -> Image:
    """The frame once for each model, in about as many rows as columns."""
    if not estimates:
        return annotate(seen, estimates)
    images = [_annotated(seen, [(one, _COLOURS[i % len(_COLOURS)])]) for i, one in enumerate(estimates)]
    across = math.ceil(math.sqrt(len(images)))
    images += [np.zeros_like(images[0])] * (-len(images) % across)
    return np.vstack([np.hstack(images[i : i + across]) for i in range(0, len(images), across)])


def _annotated(seen: Observation, drawn: Sequence[tuple[GazeEstimate, Colour]]) -> Image:
    image = seen.frame.image.copy()
    unit = max(image.shape[:2]) / 640
    if seen.pose is not None:
        for estimate, colour in drawn:
            if estimate.gaze is not None:
                origin = seen.pose.eyes_middle_mm if estimate.origin_mm is None else estimate.origin_mm
                _arrow(image, *_ends(seen, origin, estimate.gaze), colour, unit)
        truth = seen.frame.truth
        if truth is not None:
            _arrow(image, *_ends(seen, (truth.left_eye_mm + truth.right_eye_mm) / 2, truth.gaze), _WHITE, unit / 2)
    _draw_legend(image, [(_caption(estimate), colour) for estimate, colour in drawn], unit, _head(seen))
    return image


def _ends(seen: Observation, origin_mm: Array, gaze: Array) -> tuple[Array, Array]:
    """Start and tip in px of an arrow in space."""
    tip = origin_mm + _LENGTH_MM * gaze
    if tip[2] < _NEAREST_MM:
        tip = origin_mm + gaze * max((_NEAREST_MM - origin_mm[2]) / min(gaze[2], -1e-6), 0.0)
    return seen.camera.project(origin_mm), seen.camera.project(tip)


def _head(seen: Observation) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom in px of the head with its hair."""
    if seen.landmarks is None:
        return None
    x0, y0, x1, y1 = seen.landmarks.box_px
    beside = _BESIDE * (x1 - x0)
    return x0 - beside, y0 - _ABOVE * (y1 - y0), x1 + beside, y1


def _caption(estimate: GazeEstimate) -> str:
    if estimate.gaze is None:
        return f"{estimate.model}   {estimate.reason.value}"
    pitch, yaw = np.degrees(vector_to_pitch_yaw(estimate.gaze))
    return f"{estimate.model}   yaw {yaw:+.1f}   pitch {pitch:+.1f} deg"


def _arrow(image: Image, start: Array, end: Array, colour: tuple[int, int, int], unit: float) -> None:
    for tint, width in ((_DARK, round(4 * unit)), (colour, max(1, round(2 * unit)))):
        _line(image, start, end, tint, width)
        cv2.circle(image, _fixed(start), round(2 * unit * 2**_SHIFT), tint, -1, cv2.LINE_AA, _SHIFT)
    along = end - start
    length = float(np.linalg.norm(along))
    if length > 4 * unit:
        along, size = along / length, min(9 * unit, length)
        aside = np.array([-along[1], along[0]])
        tip = [end + along * size * 0.4, end - along * size * 0.6 + aside * size * 0.45]
        tip.append(end - along * size * 0.6 - aside * size * 0.45)
        corners = np.array([_fixed(corner) for corner in tip], np.int32)
        cv2.fillConvexPoly(image, corners, colour, cv2.LINE_AA, _SHIFT)


def _draw_legend(
    image: Image, lines: Sequence[tuple[str, Colour]], unit: float, head: tuple[float, float, float, float] | None
) -> None:
    scale, thick, gap = 0.4 * unit, max(1, round(unit)), round(7 * unit)
    sizes = [cv2.getTextSize(line, _FONT, scale, thick)[0] for line, _ in lines]
    if not sizes:
        return
    step = max(height for _, height in sizes) + gap
    width = min(max(width for width, _ in sizes) + 4 * gap, image.shape[1])
    height = min(step * len(lines) + gap, image.shape[0])
    corner = _free_corner(image.shape[1], image.shape[0], width, height, head)
    if corner is None:
        return
    left, top = corner
    plate = image[top : top + height, left : left + width]
    plate[:] = (plate * 0.35 + np.array(_DARK) * 0.65).astype(np.uint8)
    for i, (line, colour) in enumerate(lines):
        y = top + gap + i * step + sizes[i][1]
        middle = (left + 2 * gap - round(3 * unit), y - sizes[i][1] // 2)
        cv2.circle(image, middle, round(3 * unit), colour, -1, cv2.LINE_AA)
        cv2.putText(image, line, (left + 3 * gap, y), _FONT, scale, _WHITE, thick, cv2.LINE_AA)


def _free_corner(
    width: int, height: int, own_width: int, own_height: int, head: tuple[float, float, float, float] | None
) -> tuple[int, int] | None:
    """Left and top of a plate in the first corner where it covers nothing of the head."""
    for top in (0, height - own_height):
        for left in (0, width - own_width):
            if head is None or left + own_width <= head[0] or left >= head[2]:
                return left, top
            if top + own_height <= head[1] or top >= head[3]:
                return left, top
    return None


def _line(image: Image, start: Array, end: Array, colour: tuple[int, int, int], width: int) -> None:
    cv2.line(image, _fixed(start), _fixed(end), colour, width, cv2.LINE_AA, _SHIFT)


def _fixed(point: Array) -> tuple[int, int]:
    """A point in sixteenths of a pixel, within the range that OpenCV accepts."""
    x, y = np.clip(np.round(point * 2**_SHIFT), -(2**20), 2**20)
    return int(x), int(y)
