"""The point of gaze over everything on the real screen: clicks go through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRadialGradient, QRegion, QScreen
from PySide6.QtWidgets import QWidget

from gaze_demo.view import theme

_RADIUS = 30.0
RING = 0.62
"""Radius of the ring, by that of the glow around it."""
_DIMMED = 0.3


@dataclass(frozen=True)
class GazePoint:
    """Where a pane's model sees the gaze on the screen, px of the monitor; `certainty` 1 where the calibration holds,
    down to 0."""

    x_px: float
    y_px: float
    certainty: float = 1.0


class Overlay(QWidget):
    """Covers one monitor, always on top, deaf to mouse and keys; all but the points is cut out of it, so that nothing
    is hidden where the desktop knows no transparency.

    Attributes: `points`, by pane.
    """

    def __init__(self, screen: QScreen) -> None:
        flags = (
            Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.Tool
            | Qt.WindowType.WindowTransparentForInput
            | Qt.WindowType.WindowDoesNotAcceptFocus
        )
        super().__init__(None, flags)
        for attribute in (
            Qt.WidgetAttribute.WA_TranslucentBackground,
            Qt.WidgetAttribute.WA_TransparentForMouseEvents,
            Qt.WidgetAttribute.WA_ShowWithoutActivating,
        ):
            self.setAttribute(attribute)
        self.setWindowTitle("Gaze Demo overlay")
        self.points: dict[str, GazePoint] = {}
        self.setGeometry(screen.geometry())
        self._cut_out()

    def show_point(self, side: str, point: GazePoint | None) -> None:
        """A pane's point, or None where there is none."""
        if point is None:
            self.points.pop(side, None)
        else:
            self.points[side] = point
        self._cut_out()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for side, point in self.points.items():
            draw_point(painter, self._place(point), theme.video_colour(side), point.certainty, _RADIUS)

    def _cut_out(self) -> None:
        shape = QRegion(0, 0, 1, 1)  # an empty one would be no mask at all
        for point in self.points.values():
            middle, reach = self._place(point), round(_RADIUS * RING) + 3
            box = QRect(round(middle.x()) - reach, round(middle.y()) - reach, 2 * reach, 2 * reach)
            inner = box.adjusted(6, 6, -6, -6)
            shape += QRegion(box, QRegion.RegionType.Ellipse) - QRegion(inner, QRegion.RegionType.Ellipse)
        self.setMask(shape)

    def _place(self, point: GazePoint) -> QPointF:
        ratio = self.devicePixelRatioF()
        return QPointF(point.x_px / ratio, point.y_px / ratio)


def draw_point(painter: QPainter, middle: QPointF, colour: QColor, certainty: float, radius: float) -> None:
    """A ring with a soft core; it dims where the head has left the place of the calibration."""
    strength = _DIMMED + (1 - _DIMMED) * float(np.clip(certainty, 0, 1))
    core = QRadialGradient(middle, radius)
    inner, outer = QColor(colour), QColor(colour)
    inner.setAlphaF(0.55 * strength)
    outer.setAlphaF(0.0)
    core.setColorAt(0.0, inner)
    core.setColorAt(1.0, outer)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(core)
    painter.drawEllipse(middle, radius, radius)
    ring = QColor(colour)
    ring.setAlphaF(strength)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen_colour, width in ((QColor(0, 0, 0, round(120 * strength)), 4.0), (ring, 2.0)):
        painter.setPen(QPen(pen_colour, width))
        painter.drawEllipse(middle, radius * RING, radius * RING)
