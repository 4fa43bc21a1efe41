"""A short text on a dark background, readable over any picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QStaticText

GROUND = QColor(14, 16, 20, 190)
_SIDE, _ABOVE = 9.0, 4.0


class Pill:
    """Lays out its text when it changes, not whenever it is drawn, which would take as long as the rest of the
    drawing."""

    def __init__(self, font: QFont) -> None:
        self._font = font
        self._static = QStaticText()
        self._static.setTextFormat(Qt.TextFormat.PlainText)
        self.text = ""

    @property
    def size(self) -> QSizeF:
        return self._static.size() + QSizeF(2 * _SIDE, 2 * _ABOVE)

    def show_text(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self._static.setText(text)
            self._static.prepare(font=self._font)

    def draw(self, painter: QPainter, colour: QColor, corner: QPointF) -> QRectF:
        """Draw the text with its upper left corner there; returns where it is."""
        box = QRectF(corner, self.size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(GROUND)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setFont(self._font)
        painter.setPen(colour)
        painter.drawStaticText(box.topLeft() + QPointF(_SIDE, _ABOVE), self._static)
        return box
