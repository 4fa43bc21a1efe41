"""A dropdown whose arrow and list follow the theme: style sheets can only use images."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
)

from gaze_demo.view.shared import theme

Index = QModelIndex | QPersistentModelIndex


class ComboBox(QComboBox):
    """Draws frame and chevron; subclasses may draw the text."""

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(_Items(self))

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


class _Items(QStyledItemDelegate):
    """Items by the style sheet, which the usual delegate ignores, and separators as thin lines."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if not _is_separator(index):
            super().paint(painter, option, index)
            return
        area: QRect = option.rect
        painter.fillRect(area.adjusted(8, area.height() // 2, -8, -(area.height() - 1) // 2), _line_colour())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(40, 9) if _is_separator(index) else super().sizeHint(option, index)


def _is_separator(index: Index) -> bool:
    return index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator"  # as QComboBox.insertSeparator marks it


def _line_colour() -> QColor:
    return QColor(theme.colours().line)
