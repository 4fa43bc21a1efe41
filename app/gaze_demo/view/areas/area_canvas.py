"""The screen in small, on which areas of interest are drawn by hand."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gaze_demo.areas.areas import Area
from gaze_demo.view.shared import theme

Tool = Literal["rectangle", "polygon"]
# Distance on the canvas: a smaller rectangle is a click, and a click this near to its first corner closes a polygon.
_LEAST_PX = 4.0
_NEAR_PX = 10.0


class AreaCanvas(QWidget):
    """Draws areas over an image of the screen, and lets a person add them.

    A rectangle is dragged; the corners of a polygon are clicked, and a click on the first one, a double click or Enter
    closes it. Escape cancels the area that is being drawn, Backspace removes its last corner. Coordinates are px of the
    screen.

    Attributes: `tool`; `areas`; `chosen`, the index of the highlighted one, -1 for none.
    Signals: `drawn`, with the corners of a new area: (x, y, width, height), or a tuple of points.
    """

    drawn = Signal(object)

    def __init__(self, width_px: int, height_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tool: Tool = "rectangle"
        self.areas: tuple[Area, ...] = ()
        self.chosen = -1
        self.screen_px = (width_px, height_px)
        self._image: QImage | None = None
        self._start: QPointF | None = None
        self._corners: list[QPointF] = []
        self._at = QPointF()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(320, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The screen with the areas")

    def show_image(self, image: QImage) -> None:
        """The image that was on the whole screen."""
        self._image = image
        self.update()

    def show_areas(self, areas: tuple[Area, ...], chosen: int) -> None:
        self.areas, self.chosen = areas, chosen
        self.update()

    def choose_tool(self, tool: Tool) -> None:
        self.tool = tool
        self.give_up()

    def give_up(self) -> None:
        """Cancel the area that is being drawn."""
        self._start, self._corners = None, []
        self.update()

    def to_canvas(self, x: float, y: float) -> QPointF:
        """The place in the widget of a point in px of the screen."""
        box = self._box()
        return QPointF(
            box.x() + x / self.screen_px[0] * box.width(),
            box.y() + y / self.screen_px[1] * box.height(),
        )

    def to_screen(self, place: QPointF) -> QPointF:
        """The nearest point of the screen, in whole px."""
        box = self._box()
        x = (place.x() - box.x()) / box.width() * self.screen_px[0]
        y = (place.y() - box.y()) / box.height() * self.screen_px[1]
        return QPointF(round(float(np.clip(x, 0, self.screen_px[0]))), round(float(np.clip(y, 0, self.screen_px[1]))))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        place = self.to_screen(event.position())
        if self.tool == "rectangle":
            self._start = place
        elif len(self._corners) >= 3 and self._near(event.position(), self._corners[0]):
            self._close_polygon()
        elif not self._corners or place != self._corners[-1]:
            self._corners.append(place)
        self._at = place
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._at = self.to_screen(event.position())
        if self._start is not None or self._corners:
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._start is None:
            return
        box = QRectF(self._start, self.to_screen(event.position())).normalized()
        self._start = None
        scale = self._box().width() / self.screen_px[0]
        if min(box.width(), box.height()) * scale >= _LEAST_PX:
            self.drawn.emit((box.x(), box.y(), box.width(), box.height()))
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.tool == "polygon" and len(self._corners) >= 3:
            self._close_polygon()
        else:
            self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and (self._corners or self._start is not None):
            self.give_up()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and len(self._corners) >= 3:
            self._close_polygon()
        elif key == Qt.Key.Key_Backspace and self._corners:
            self._corners.pop()
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        used = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = self._box()
        painter.fillRect(box, QColor(used.stage))
        if self._image is not None:
            painter.drawImage(box, self._image)
        painter.setPen(QPen(QColor(used.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        for index, area in enumerate(self.areas):
            self._draw_area(painter, area, index == self.chosen)
        self._draw_begun(painter)

    def _draw_area(self, painter: QPainter, area: Area, chosen: bool) -> None:
        colour = QColor(theme.colours().pane_a if chosen else theme.colours().accent)
        outline = QPolygonF([self.to_canvas(float(x), float(y)) for x, y in area.corners])
        filled = QColor(colour)
        filled.setAlphaF(0.25 if chosen else 0.15)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(filled)
        painter.drawPolygon(outline)
        self._write(painter, area.name, outline.boundingRect().topLeft())

    def _write(self, painter: QPainter, text: str, corner: QPointF) -> None:
        """On a dark band, so that it can be read on any image."""
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, 220)
        band = QRectF(corner.x(), corner.y(), metrics.horizontalAdvance(shown) + 10, metrics.height() + 4)
        painter.fillRect(band, QColor(0, 0, 0, 170))
        painter.setPen(QColor("#ffffff"))
        painter.drawText(band, Qt.AlignmentFlag.AlignCenter, shown)

    def _draw_begun(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(theme.colours().pane_a), 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        at = self.to_canvas(self._at.x(), self._at.y())
        if self._start is not None:
            painter.drawRect(QRectF(self.to_canvas(self._start.x(), self._start.y()), at).normalized())
        corners = [self.to_canvas(corner.x(), corner.y()) for corner in self._corners]
        if corners:
            painter.drawPolyline(QPolygonF([*corners, at]))
            painter.setBrush(QColor(theme.colours().pane_a))
            for corner in corners:
                painter.drawEllipse(corner, 3, 3)

    def _close_polygon(self) -> None:
        corners, self._corners = self._corners, []
        self.drawn.emit(tuple((corner.x(), corner.y()) for corner in corners))
        self.update()

    def _near(self, place: QPointF, corner: QPointF) -> bool:
        apart = place - self.to_canvas(corner.x(), corner.y())
        return bool(np.hypot(apart.x(), apart.y()) <= _NEAR_PX)

    def _box(self) -> QRectF:
        """Where the screen lies in the widget, as large as it fits."""
        width, height = self.screen_px
        scale = min((self.width() - 2) / width, (self.height() - 2) / height)
        size = (width * scale, height * scale)
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)
