"""A gaze drawn over the preview: an arrow from the eye towards what is looked at, seen in perspective."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.view.pane.image_map import ImageMap

LENGTH_MM = 130.0
"""Of every arrow in space; short enough to end before the lens at any distance a head can have."""
_NEAREST_MM = 60.0
_HALO = QColor(0, 0, 0, 130)


def draw_gaze_arrow(
    painter: QPainter,
    image_map: ImageMap,
    camera: Intrinsics,
    origin_mm: Array,
    gaze: Array,
    colour: QColor,
    width: float,
    dashed: bool = False,
) -> None:
    """Draw `gaze` (unit vector) from `origin_mm`, both (3,) in the camera frame; a dot where it points at the lens."""
    start = image_map.point(camera.project(origin_mm))
    tip_mm = origin_mm + LENGTH_MM * gaze
    if tip_mm[2] < _NEAREST_MM:  # clip to in front of the lens, where projection makes sense
        tip_mm = origin_mm + gaze * max((_NEAREST_MM - origin_mm[2]) / min(gaze[2], -1e-6), 0.0)
    tip = image_map.point(camera.project(tip_mm))
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    for pen_colour, pen_width in ((_HALO, width + 2.5), (colour, width)):
        pen = QPen(pen_colour, pen_width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(pen_colour)
        painter.drawEllipse(start, width * 0.6, width * 0.6)
        painter.drawLine(start, tip)
        head = _arrow_head(start, tip, width * 3.2)
        if head is not None:
            painter.setPen(QPen(pen_colour, pen_width / 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPolygon(head)


def _arrow_head(start: QPointF, tip: QPointF, size: float) -> QPolygonF | None:
    along = tip - start
    length = math.hypot(along.x(), along.y())
    if length < size:
        return None
    unit = along / length
    across = QPointF(-unit.y(), unit.x())
    base = tip - unit * size
    return QPolygonF([tip + unit * (size * 0.2), base + across * (size * 0.45), base - across * (size * 0.45)])
