"""A dropdown whose arrow follows the theme: style sheets know images alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from gaze_demo.view import theme


class ComboBox(QComboBox):
    """Draws frame and chevron; subclasses may draw the text."""

    def draw_text(self, painter: QStylePainter, area: QRect) -> None:
        painter.setPen(QColor(theme.colours().text if self.isEnabled() else theme.colours().faint))
        text = self.currentText() or self.placeholderText()
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        self.draw_text(painter, self.rect().adjusted(11, 0, -26, 0))
        painter.setRenderHint(QStylePainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.colours().muted), 1.6, c=Qt.PenCapStyle.RoundCap))
        x, y = self.width() - 15.0, self.height() / 2
        painter.drawPolyline(QPolygonF([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)]))
        painter.end()
