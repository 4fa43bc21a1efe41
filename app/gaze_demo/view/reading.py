"""A text that changes often: drawn in a place of fixed size, so that a new one moves nothing around it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gaze_demo.view import theme
from gaze_demo.view.words import NONE

_UNIT_SCALE = 0.88


class Reading(QWidget):
    """A value with a muted unit after it.

    A QLabel would tell the layout of every new text; ten of them do so often enough to be felt. `room` is the widest
    text to make room for, `side` the pane whose accent the value takes.
    """

    def __init__(self, scale: float, room: str, *, right: bool = False, side: str = "", bold: bool = True) -> None:
        super().__init__()
        self._font = theme.figure_font(scale, theme.BOLD if bold else theme.REGULAR)
        self._unit_font = theme.figure_font(_UNIT_SCALE, theme.REGULAR)
        self._right, self._side = right, side
        self._value, self._unit = NONE, ""
        metrics = QFontMetricsF(self._font)
        self._size = QSize(round(metrics.horizontalAdvance(room)) + 1, round(metrics.height()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

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
        painter = QPainter(self)
        metrics, unit_metrics = QFontMetricsF(self._font), QFontMetricsF(self._unit_font)
        width = metrics.horizontalAdvance(self._value)
        left = self.width() - width if self._right else 0.0
        base = (self.height() + metrics.ascent() - metrics.descent()) / 2
        painter.setFont(self._font)
        painter.setPen(theme.pane_colour(self._side) if self._side else QColor(theme.colours().text))
        painter.drawText(QPointF(left, base), self._value)
        if self._unit:
            room = self.width() - width - 4
            unit = unit_metrics.elidedText(self._unit, Qt.TextElideMode.ElideRight, room)
            painter.setFont(self._unit_font)
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(QPointF(left + width + 4, base), unit)
        painter.end()
