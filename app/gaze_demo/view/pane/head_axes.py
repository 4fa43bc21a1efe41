"""The head's axes over the preview: to its left in red, down in green, the way the face looks in blue."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.view.pane.image_map import ImageMap

LENGTH_MM = 70.0
_AXES = (
    (np.array([1.0, 0.0, 0.0]), QColor("#ff6b6b")),
    (np.array([0.0, 1.0, 0.0]), QColor("#6ee787")),
    (np.array([0.0, 0.0, -1.0]), QColor("#79b8ff")),
)


def draw_head_axes(
    painter: QPainter, image_map: ImageMap, camera: Intrinsics, rotation: Array, origin_mm: Array
) -> None:
    """`rotation` (3, 3) from head to camera frame, `origin_mm` (3,) in the camera frame."""
    start = image_map.point(camera.project(origin_mm))
    for axis, colour in _AXES:
        end_mm = origin_mm + LENGTH_MM * (rotation @ axis)
        if end_mm[2] <= 0:
            continue
        end = image_map.point(camera.project(end_mm))
        for pen_colour, width in ((QColor(0, 0, 0, 120), 4.5), (colour, 2.5)):
            painter.setPen(QPen(pen_colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(start, end)
