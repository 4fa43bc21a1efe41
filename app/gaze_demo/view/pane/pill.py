"""A short text on a dark background, readable over any picture."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap, QStaticText

GROUND = QColor(14, 16, 20, 190)
_SIDE, _ABOVE = 9.0, 4.0


class Pill:
    """Lays out and draws its text when it changes, into a picture: each time that it is shown, this would take as long
    as the rest of the drawing."""

    def __init__(self, font: QFont) -> None:
        self._font = font
        self._static = QStaticText()
        self._static.setTextFormat(Qt.TextFormat.PlainText)
        self._picture, self._drawn_for = QPixmap(), ("", 0, 0.0)
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
        drawn_for = self.text, colour.rgba(), painter.device().devicePixelRatioF()
        if drawn_for != self._drawn_for:
            self._drawn_for = drawn_for
            self._draw_picture(colour, painter.device().devicePixelRatioF())
        painter.drawPixmap(corner, self._picture)
        return QRectF(corner, self.size)

    def _draw_picture(self, colour: QColor, ratio: float) -> None:
        size = self.size
        self._picture = QPixmap(math.ceil(size.width() * ratio), math.ceil(size.height() * ratio))
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(GROUND)
        painter.drawRoundedRect(QRectF(QPointF(0, 0), size), size.height() / 2, size.height() / 2)
        painter.setFont(self._font)
        painter.setPen(colour)
        painter.drawStaticText(QPointF(_SIDE, _ABOVE), self._static)
        painter.end()
