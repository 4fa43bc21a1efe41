"""A short text on a dark ground, readable over any picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

GROUND = QColor(14, 16, 20, 190)
_SIDE, _ABOVE = 9.0, 4.0


def pill_size(painter: QPainter, text: str) -> QSizeF:
    metrics = painter.fontMetrics()
    return QSizeF(metrics.horizontalAdvance(text) + 2 * _SIDE, metrics.height() + 2 * _ABOVE)


def draw_pill(painter: QPainter, text: str, colour: QColor, corner: QPointF) -> QRectF:
    """Draw `text` with its upper left corner there, in the painter's font; returns where it is."""
    box = QRectF(corner, pill_size(painter, text))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(GROUND)
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setPen(colour)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    return box
