"""A gaze drawn over the preview: an arrow from the eye towards what is looked at, seen in perspective."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.view.pane.image_map import ImageMap

LENGTH_MM = 130.0  # of every arrow in space; short enough to end before the lens at any distance a head can have
_NEAREST_MM = 60.0
_HALO = QColor(40, 32, 28)
_HALO_PX, _EDGE_PX = 1.0, 0.5  # by which the halo and the head of the arrow are grown
_SLANT = 1 / math.hypot(0.5, 1.0)
_ORIGIN = QPointF(0.0, 0.0)


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
    painter.save()
    painter.translate(start)
    painter.rotate(math.degrees(math.atan2(along.y(), along.x())))
    # Qt fills a shape much faster than it strokes a line, and an opaque one much faster than a translucent one: all
    # parts are filled with opaque colours, grown for the halo.
    painter.setPen(Qt.PenStyle.NoPen)
    for ink, grown, edge in ((_HALO, _HALO_PX, _HALO_PX), (colour, 0.0, _EDGE_PX)):
        painter.setBrush(ink)
        if length > width:
            half = width / 2 + grown
            painter.drawRect(QRectF(0.0, -half, length - head, 2 * half))
            painter.drawConvexPolygon(_head(length, head, edge))
        radius = width * 0.9 + edge
        painter.drawEllipse(_ORIGIN, radius, radius)
    painter.restore()


def _head(tip: float, size: float, grown: float) -> QPolygonF:
    """A triangle with its tip on the x axis, as long as wide, `grown` on all sides."""
    out, aside, base = grown * _SLANT / 2, grown * _SLANT, tip - size
    upper = [(tip + out, aside), (base + out, size / 2 + aside), (base - grown, size / 2)]
    return QPolygonF([QPointF(x, y) for x, y in upper] + [QPointF(x, -y) for x, y in reversed(upper)])
