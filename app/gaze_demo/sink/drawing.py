"""Draws gaze into an image, for files; the window has its own drawing."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import Array, vector_to_pitch_yaw
from gaze_demo.observation import Observation

Image = NDArray[np.uint8]
_COLOURS = ((80, 200, 255), (255, 170, 60), (120, 230, 120), (220, 120, 255), (90, 120, 255), (230, 230, 90))
"""BGR, one for each model in turn."""
_AXES = ((90, 90, 230), (100, 200, 100), (230, 150, 90))
_FONT, _SHIFT = cv2.FONT_HERSHEY_SIMPLEX, 4
_WHITE, _DARK = (245, 245, 245), (24, 24, 24)


def annotate(seen: Observation, estimates: Sequence[GazeEstimate]) -> Image:
    """The frame, unmirrored, with the head's axes, each model's gaze and its angles in degrees."""
    image = seen.frame.image.copy()
    unit = max(image.shape[:2]) / 640
    if seen.pose is not None and seen.landmarks is not None:
        x0, _, x1, _ = seen.landmarks.box_px
        _draw_head(image, seen, (x1 - x0) * 0.3, unit)
        for i, estimate in enumerate(estimates):
            for start, gaze in _rays(seen, estimate):
                end = start + gaze[:2] * (x1 - x0) * 0.9
                _arrow(image, start, end, _COLOURS[i % len(_COLOURS)], unit)
    lines = [_caption(estimate) for estimate in estimates]
    _draw_captions(image, lines, unit)
    return image


def _rays(seen: Observation, estimate: GazeEstimate) -> list[tuple[Array, Array]]:
    """Image point in px and gaze of each eye, or of both where the model tells no more."""
    if seen.pose is None or estimate.gaze is None:
        return []
    eyes = [(seen.pose.left_eye_mm, estimate.left), (seen.pose.right_eye_mm, estimate.right)]
    rays = [(seen.camera.project(centre), gaze) for centre, gaze in eyes if gaze is not None]
    return rays or [(seen.camera.project(seen.pose.eyes_middle_mm), estimate.gaze)]


def _caption(estimate: GazeEstimate) -> str:
    if estimate.gaze is None:
        return f"{estimate.model}   {estimate.reason.value}"
    pitch, yaw = np.degrees(vector_to_pitch_yaw(estimate.gaze))
    return f"{estimate.model}   yaw {yaw:+.1f}   pitch {pitch:+.1f} deg"


def _draw_head(image: Image, seen: Observation, length: float, unit: float) -> None:
    assert seen.pose is not None
    start = seen.camera.project(seen.pose.eyes_middle_mm)
    for axis, colour in zip((0, 1, 2), _AXES, strict=True):
        direction = seen.pose.rotation[:, axis] * (-1.0 if axis == 2 else 1.0)  # the face looks along -z
        _line(image, start, start + direction[:2] * length, colour, max(1, round(unit)))


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


def _draw_captions(image: Image, lines: Sequence[str], unit: float) -> None:
    scale, thick, gap = 0.45 * unit, max(1, round(unit)), round(8 * unit)
    sizes = [cv2.getTextSize(line, _FONT, scale, thick)[0] for line in lines]
    if not sizes:
        return
    step = max(height for _, height in sizes) + gap
    width = max(width for width, _ in sizes) + 4 * gap
    plate = image[: step * len(lines) + gap, : min(width, image.shape[1])]
    plate[:] = (plate * 0.35 + np.array(_DARK) * 0.65).astype(np.uint8)
    for i, line in enumerate(lines):
        y = gap + i * step + sizes[i][1]
        cv2.circle(
            image,
            (2 * gap - round(3 * unit), y - sizes[i][1] // 2),
            round(3 * unit),
            _COLOURS[i % len(_COLOURS)],
            -1,
            cv2.LINE_AA,
        )
        cv2.putText(image, line, (3 * gap, y), _FONT, scale, _WHITE, thick, cv2.LINE_AA)


def _line(image: Image, start: Array, end: Array, colour: tuple[int, int, int], width: int) -> None:
    cv2.line(image, _fixed(start), _fixed(end), colour, width, cv2.LINE_AA, _SHIFT)


def _fixed(point: Array) -> tuple[int, int]:
    """A point in sixteenths of a pixel, kept within what OpenCV takes."""
    x, y = np.clip(np.round(point * 2**_SHIFT), -(2**20), 2**20)
    return int(x), int(y)
