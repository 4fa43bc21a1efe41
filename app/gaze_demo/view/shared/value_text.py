"""A text that changes often: drawn in a rectangle of fixed size, so that a new text does not move its neighbours."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gaze_demo.desk.words import NONE
from gaze_demo.view.shared import theme

_UNIT_SCALE = 0.88


class ValueText(QWidget):
    """A value with a muted unit after it.

    A QLabel would notify the layout of every new text and repaint the card behind it, which is slow with twenty of
    them. `room` is the widest text that must fit, empty to use the remaining space; `right`: right-aligned; `muted`: in
    the colour of captions.
    """

    def __init__(self, scale: float, room: str, *, right: bool = False, bold: bool = True, muted: bool = False) -> None:
        super().__init__()
        self._font = theme.figure_font(scale, theme.BOLD if bold else theme.REGULAR)
        self._unit_font = theme.figure_font(_UNIT_SCALE, theme.REGULAR)
        self._right, self._muted = right, muted
        self._value, self._unit = NONE, ""
        self._metrics, self._unit_metrics = QFontMetricsF(self._font), QFontMetricsF(self._unit_font)
        self._size = QSize(round(self._metrics.horizontalAdvance(room)) + 1, round(self._metrics.height()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def text(self) -> str:
        return f"{self._value} {self._unit}".strip()

    def show_value(self, value: str, unit: str = "") -> None:
        if (value, unit) != (self._value, self._unit):
            self._value, self._unit = value, unit
            self.setAccessibleDescription(self.text)
            self.update()

    def sizeHint(self) -> QSize:
        return self._size

    def minimumSizeHint(self) -> QSize:
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:
        used = theme.colours()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(used.surface))
        metrics, unit_metrics = self._metrics, self._unit_metrics
        value = metrics.elidedText(self._value, Qt.TextElideMode.ElideRight, self.width())
        width = metrics.horizontalAdvance(value)
        left = self.width() - width if self._right else 0.0
        base = (self.height() + metrics.ascent() - metrics.descent()) / 2
        painter.setFont(self._font)
        painter.setPen(QColor(used.muted if self._muted else used.text))
        painter.drawText(QPointF(left, base), value)
        if self._unit:
            room = self.width() - width - 4
            unit = unit_metrics.elidedText(self._unit, Qt.TextElideMode.ElideRight, room)
            painter.setFont(self._unit_font)
            painter.setPen(QColor(used.muted))
            painter.drawText(QPointF(left + width + 4, base), unit)
        painter.end()
