"""The dropdown of models: name, role, parameters and size of each."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QComboBox, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QStylePainter

from gaze_demo.desk import words
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.combo_box import ComboBox

if TYPE_CHECKING:
    from gaze_demo.model.registry import ModelEntry

_DETAILS = Qt.ItemDataRole.UserRole + 1


class ModelChooser(ComboBox):
    """Shows the name and, if there is room, the kind of model.

    Signals: `chosen`, with the name, when the user picks one.
    """

    chosen = Signal(str)

    def __init__(self, pane: PaneId) -> None:
        super().__init__()
        self._pane = pane
        self.setItemDelegate(_TwoLines(self))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(16)
        self.setMaxVisibleItems(12)
        self.setAccessibleName(f"Model of the {pane.title.lower()} pane")
        self.activated.connect(lambda row: self.chosen.emit(self.itemText(row)))
        self.show_models([], None)

    def show_models(self, entries: Sequence[ModelEntry], current: str | None) -> None:
        """List `entries` and select the one named `current`, without a signal."""
        self.clear()
        for entry in entries:
            self.addItem(entry.name)
            row = self.count() - 1
            self.setItemData(row, details(entry), _DETAILS)
            self.setItemData(row, _tooltip(entry), Qt.ItemDataRole.ToolTipRole)
        self.setEnabled(bool(entries))
        self.select(current)

    def select(self, name: str | None) -> None:
        self.setCurrentIndex(self.findText(name) if name is not None else -1)
        tooltip = self.currentData(Qt.ItemDataRole.ToolTipRole)
        self.setToolTip(tooltip or "The model of this pane")

    def draw_text(self, painter: QStylePainter, area: QRect) -> None:
        used = theme.colours()
        middle = Qt.AlignmentFlag.AlignVCenter
        name = self.currentText() or ("Choose a model" if self.count() else "No model")
        font = theme.figure_font(1.05)
        painter.setFont(font)
        painter.setPen(theme.pane_colour(self._pane) if self.currentText() else QColor(used.faint))
        metrics = QFontMetrics(font)
        painter.drawText(area, middle, metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, area.width()))
        painter.setFont(self.font())
        painter.setPen(QColor(used.muted))
        room = area.width() - metrics.horizontalAdvance(name) - 14
        text = self.currentData(_DETAILS) or ""
        while text and painter.fontMetrics().horizontalAdvance(text) > room:
            text = text.rpartition(" · ")[0]
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, text)


def details(entry: ModelEntry) -> str:
    """As in "student · 0.35 M parameters · 1.4 MB"."""
    contract = entry.contract
    parts: list[str] = [contract.role if contract.role != "other" else "other model"]
    if contract.parameters is not None:
        parts.append(" ".join(words.count(contract.parameters)) + " parameters")
    parts.append(words.size(entry.size_bytes))
    return " · ".join(parts)


def _tooltip(entry: ModelEntry) -> str:
    contract = entry.contract
    lines = [contract.training.summary, f"Licence: {contract.licence}", str(entry.path)]
    return f"<b>{escape(contract.title or entry.name)}</b><br>" + "<br>".join(escape(line) for line in lines if line)


class _TwoLines(QStyledItemDelegate):
    """A name in bold over its details."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        used = theme.colours()
        area: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(used.raised))
            painter.drawRoundedRect(area.adjusted(2, 1, -2, -1), 6, 6)
        inner = area.adjusted(12, 6, -12, -6)
        painter.setFont(theme.figure_font(1.0))
        painter.setPen(QColor(used.text))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop, index.data(Qt.ItemDataRole.DisplayRole))
        painter.setFont(theme.figure_font(0.9, theme.REGULAR))
        painter.setPen(QColor(used.muted))
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom, index.data(_DETAILS) or "")
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        height = QFontMetrics(theme.figure_font(1.0)).height() + QFontMetrics(theme.figure_font(0.9)).height()
        return QSize(260, height + 16)
