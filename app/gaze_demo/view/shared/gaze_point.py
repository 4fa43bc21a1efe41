"""A point of gaze as it is drawn, on the small map and over the real screen."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QRadialGradient, QTransform

RING = 0.62  # radius of the ring relative to the glow around it
_DIMMED = 0.3
_STEPS = 16  # of dimming


def ellipse_path(middle: QPointF, ellipse: tuple[float, float, float], scale: float) -> QPainterPath:
    """The ellipse of a GazePoint around `middle`; `scale` px to draw for one of the monitor."""
    large, small, angle = ellipse
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), large * scale, small * scale)
    return QTransform().translate(middle.x(), middle.y()).rotate(angle).map(path)


def draw_ellipse(painter: QPainter, path: QPainterPath, colour: QColor) -> None:
    """A thin line: the true point is inside in 90 of 100 frames."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1.2, Qt.PenStyle.DotLine))
    painter.drawPath(path)


def draw_point(painter: QPainter, middle: QPointF, colour: QColor, certainty: float, radius: float) -> None:
    """A ring with a soft core; it is dimmed if the head has left the place of the calibration."""
    step = round(min(max(certainty, 0.0), 1.0) * _STEPS)
    image = _point(colour.rgba(), step, radius, painter.device().devicePixelRatioF())
    half = image.deviceIndependentSize() / 2
    painter.drawImage(middle - QPointF(half.width(), half.height()), image)


@lru_cache(maxsize=64)
def _point(rgba: int, step: int, radius: float, ratio: float) -> QImage:
    """The drawn point, kept because a gradient takes long to draw. The result is not to be changed."""
    strength = _DIMMED + (1 - _DIMMED) * step / _STEPS
    side = math.ceil(2 * radius * ratio)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter, middle = QPainter(image), QPointF(side / ratio / 2, side / ratio / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    core, ring = QRadialGradient(middle, radius), QColor.fromRgba(rgba)
    inner, outer = QColor(ring), QColor(ring)
    inner.setAlphaF(0.55 * strength)
    outer.setAlphaF(0.0)
    core.setColorAt(0.0, inner)
    core.setColorAt(1.0, outer)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(core)
    painter.drawEllipse(middle, radius, radius)
    ring.setAlphaF(strength)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen_colour, width in ((QColor(0, 0, 0, round(120 * strength)), 4.0), (ring, 2.0)):
        painter.setPen(QPen(pen_colour, width))
        painter.drawEllipse(middle, radius * RING, radius * RING)
    painter.end()
    return image
