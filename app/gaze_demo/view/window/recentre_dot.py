"""One dot in the middle of a monitor, to look at for a moment."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion, QScreen
from PySide6.QtWidgets import QWidget

_SIZE = 64


class RecentreDot(QWidget):
    """A small window without a frame, over everything; it gets neither clicks nor keys."""

    def __init__(self, monitor: QScreen, parent: QWidget | None = None) -> None:
        flags = (
            Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        ) | Qt.WindowType.WindowTransparentForInput
        super().__init__(parent, flags)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAccessibleName("Look here")
        middle = monitor.geometry().center()
        self.setMask(QRegion(QRect(4, 4, _SIZE - 8, _SIZE - 8), QRegion.RegionType.Ellipse))
        self.setGeometry(QRect(middle.x() - _SIZE // 2, middle.y() - _SIZE // 2, _SIZE, _SIZE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(_SIZE / 2, _SIZE / 2)
        painter.setPen(QPen(QColor("#6ea2ff"), 3))
        painter.setBrush(QColor(20, 22, 26, 230))
        painter.drawEllipse(middle, 25, 25)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#f2f4f7"))
        painter.drawEllipse(middle, 6, 6)
