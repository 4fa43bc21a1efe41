"""Draws the point of gaze over the whole screen; clicks pass through it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPainterPathStroker, QPaintEvent, QRegion, QScreen
from PySide6.QtWidgets import QWidget

from gaze_demo.desk.state import GazePoint
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.gaze_point import RING, draw_ellipse, draw_point, ellipse_path

_RADIUS = 30.0


class Overlay(QWidget):
    """Covers one monitor, always on top; mouse and keys pass through it.

    Everything except the points is masked out, so that nothing is hidden on a desktop without transparency.

    Attributes: `monitor`; `points`, by pane.
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
        self.monitor = screen
        self.points: Mapping[PaneId, GazePoint] = {}
        self.setGeometry(screen.geometry())
        self._cut_out()

    def show_points(self, points: Mapping[PaneId, GazePoint]) -> None:
        self.points = points
        self._cut_out()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pane, point in self.points.items():
            if point.ellipse is not None:
                path = ellipse_path(self._place(point), point.ellipse, 1 / self.devicePixelRatioF())
                draw_ellipse(painter, path, theme.video_colour(pane))
            draw_point(painter, self._place(point), theme.video_colour(pane), point.certainty, _RADIUS)

    def _cut_out(self) -> None:
        shape = QRegion(0, 0, 1, 1)  # an empty region would mean no mask
        for point in self.points.values():
            middle, reach = self._place(point), round(_RADIUS * RING) + 3
            box = QRect(round(middle.x()) - reach, round(middle.y()) - reach, 2 * reach, 2 * reach)
            inner = box.adjusted(6, 6, -6, -6)
            shape += QRegion(box, QRegion.RegionType.Ellipse) - QRegion(inner, QRegion.RegionType.Ellipse)
            if point.ellipse is not None:
                line = QPainterPathStroker()
                line.setWidth(3)
                outline = line.createStroke(
                    ellipse_path(self._place(point), point.ellipse, 1 / self.devicePixelRatioF())
                )
                shape += QRegion(outline.toFillPolygon().toPolygon())
        self.setMask(shape)

    def _place(self, point: GazePoint) -> QPointF:
        ratio = self.devicePixelRatioF()
        return QPointF(point.x_px / ratio, point.y_px / ratio)
