"""The models in a table: sorted by any column, copied and saved as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gaze_demo.calibration.comparison import WINDOW_COLUMNS, Row, cell, to_csv

Index = QModelIndex | QPersistentModelIndex
_SORT = Qt.ItemDataRole.UserRole
_NOWHERE = QModelIndex()
_ROWS_SEEN = 6  # at most this many rows without scrolling: the number of shipped models


class ComparisonModel(QAbstractTableModel):
    """Rows as a table of Qt; `_SORT` holds the number behind a cell."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []

    def show_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(WINDOW_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], WINDOW_COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            mark = "● " if row.front and column.field == "model" else ""
            return mark + cell(row, column)
        if role == _SORT:
            value = getattr(row, column.field)
            return float("inf") if value is None else value
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if index.column() < 2 else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole and column.field in ("model", "accuracy_deg"):
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return WINDOW_COLUMNS[section].title.replace(", ", "\n")
        return WINDOW_COLUMNS[section].hint if role == Qt.ItemDataRole.ToolTipRole else None


class ComparisonTable(QTableView):
    """Signals: `picked`, with the name of the model of the row that was chosen."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ComparisonModel()
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._model)
        self._sorted.setSortRole(_SORT)
        self.setModel(self._sorted)
        self.setSortingEnabled(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setAccessibleName("Comparison of models")
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setHighlightSections(False)
        self.selectionModel().currentRowChanged.connect(self._pick)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show the rows, the most accurate first."""
        self._model.show_rows(rows)
        self.sortByColumn(
            next(i for i, c in enumerate(WINDOW_COLUMNS) if c.field == "accuracy_deg"), Qt.SortOrder.AscendingOrder
        )
        if rows:
            self.selectRow(0)
            seen = self.rowHeight(0) * min(len(rows), _ROWS_SEEN)
            self.setMinimumHeight(self.horizontalHeader().sizeHint().height() + seen + 2 * self.frameWidth())

    def rows(self) -> list[Row]:
        """In the order shown."""
        order = (self._sorted.mapToSource(self._sorted.index(i, 0)).row() for i in range(self._sorted.rowCount()))
        return [self._model.rows[i] for i in order]

    def copy(self) -> None:
        """The whole table to the clipboard, as CSV."""
        QGuiApplication.clipboard().setText(to_csv(self.rows()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def _pick(self, current: QModelIndex) -> None:
        if current.isValid():
            self.picked.emit(self._model.rows[self._sorted.mapToSource(current).row()].model)
