"""A gaze drawn over the preview: an arrow from the eye towards what is looked at, seen in perspective."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.view.pane.image_map import ImageMap

LENGTH_MM = 130.0  # of every arrow in space; short enough to end before the lens at any distance a head can have
_NEAREST_MM = 60.0
_JOIN = Qt.PenJoinStyle.RoundJoin
_HALO = QColor(0, 0, 0, 130)


def draw_gaze_arrow(
    painter: QPainter,
    image_map: ImageMap,
    camera: Intrinsics,
    origin_mm: Array,
    gaze: Array,
    colour: QColor,
    width: float,
) -> None:
    """Draw `gaze` (unit vector) from `origin_mm`, both (3,) in the camera frame; a dot if it points at the lens."""
    start = image_map.point(camera.project(origin_mm))
    tip_mm = origin_mm + LENGTH_MM * gaze
    if tip_mm[2] < _NEAREST_MM:  # keep it in front of the lens, where the projection is valid
        tip_mm = origin_mm + gaze * max((_NEAREST_MM - origin_mm[2]) / min(gaze[2], -1e-6), 0.0)
    tip = image_map.point(camera.project(tip_mm))
    along = tip - start
    length = math.hypot(along.x(), along.y())
    head = min(length * 0.6, width * 3.4)
    path = QPainterPath()
    if length > width:
        unit = along / length
        across, neck = QPointF(-unit.y(), unit.x()) * (head * 0.5), tip - unit * head
        path.addPolygon(QPolygonF([tip, neck + across, neck - across, tip]))
        shaft = QPolygonF([start, neck])
    else:
        shaft = QPolygonF()
    for ink, extra in ((_HALO, 2.5), (colour, 0.0)):
        painter.setBrush(ink)
        painter.setPen(QPen(ink, width + extra, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(shaft)
        painter.setPen(QPen(ink, max(extra, 1.0), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, _JOIN))
        painter.drawPath(path)
        painter.drawEllipse(start, width * 0.9, width * 0.9)
