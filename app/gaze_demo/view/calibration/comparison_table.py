"""The models in a table: sorted by any column, copied and saved as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gaze_demo.calibration.comparison import SPARE, WINDOW_COLUMNS, Row, cell, to_csv
from gaze_demo.view.shared import theme

Index = QModelIndex | QPersistentModelIndex
_SORT = Qt.ItemDataRole.UserRole
_NOWHERE = QModelIndex()
_BESIDE, _MARK = 16, 20  # px in a cell: beside its text, for the model's dot


class ComparisonModel(QAbstractTableModel):
    """Rows as a table of Qt; `_SORT` holds the number behind a cell."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._order = (-1, Qt.SortOrder.AscendingOrder)

    def mark_order(self, column: int, order: Qt.SortOrder) -> None:
        """Show with an arrow before its title that a column orders the rows."""
        self._order = (column, order)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(WINDOW_COLUMNS) - 1)

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
            return cell(row, column)
        if role == Qt.ItemDataRole.DecorationRole and column.field == "model":
            return _dot(row)
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
            arrow = "↑ " if self._order[1] == Qt.SortOrder.AscendingOrder else "↓ "
            return (arrow if section == self._order[0] else "") + WINDOW_COLUMNS[section].title.replace(", ", "\n")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section < 2 else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return WINDOW_COLUMNS[section].hint if role == Qt.ItemDataRole.ToolTipRole else None


def _dot(row: Row) -> QIcon:
    """The model's colour: a full dot on the Pareto front, a ring elsewhere."""
    pixmap = QPixmap(24, 24)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter, colour = QPainter(pixmap), theme.model_colour(row.colour)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 2))
    painter.setBrush(colour if row.front else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(2, 2, 8, 8)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # otherwise Qt tints it in a row that is picked
    return icon


class ComparisonTable(QTableView):
    """All rows are seen; where a narrow window has no room for all columns, the less important ones are hidden.

    Signals: `picked`, with the name of the model of the row that was chosen; `fitted`, with the titles of the hidden
    columns.
    """

    fitted = Signal(list)
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
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(30)
        self.horizontalHeader().setHighlightSections(False)
        # The style draws its own arrow over the title
        self.horizontalHeader().setStyleSheet(
            "QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }"
        )
        self.horizontalHeader().sortIndicatorChanged.connect(self._model.mark_order)
        self.selectionModel().currentRowChanged.connect(self._pick)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show the rows, the most accurate first."""
        self._model.show_rows(rows)
        self.sortByColumn(
            next(i for i, c in enumerate(WINDOW_COLUMNS) if c.field == "accuracy_deg"), Qt.SortOrder.AscendingOrder
        )
        if rows:
            self.selectRow(0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def whole_width(self) -> int:
        """Px that all columns need."""
        return sum(self._widths().values())

    def _widths(self) -> dict[str, int]:
        """Px that each column needs, by its field."""
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        metrics, head = QFontMetrics(bold), self.horizontalHeader().fontMetrics()
        widths = {}
        for column in WINDOW_COLUMNS:
            title = max(head.horizontalAdvance(part) for part in f"↑ {column.title}".split(", "))
            cells = (metrics.horizontalAdvance(cell(row, column)) for row in self._model.rows)
            widths[column.field] = max(title, max(cells, default=0)) + _BESIDE
        widths["model"] += _MARK
        return widths

    def _fit(self) -> None:
        """Hides columns until the others fit, and spreads what room is left."""
        widths, room = self._widths(), self.viewport().width()
        hidden: list[str] = []
        for field in SPARE:
            if sum(widths.values()) <= room:
                break
            del widths[field]
            hidden.append(field)
        more = max(room - sum(widths.values()), 0)
        for index, column in enumerate(WINDOW_COLUMNS):
            shown = column.field in widths
            self.setColumnHidden(index, not shown)
            if shown:
                share = more // len(widths)
                more_here = more - share * (len(widths) - 1) if index == 0 else share
                self.setColumnWidth(index, widths[column.field] + more_here)
        height = self.horizontalHeader().sizeHint().height() + 2 * self.frameWidth()
        height += sum(self.rowHeight(row) for row in range(self._sorted.rowCount()))
        if sum(widths.values()) > room:
            height += self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(height)
        self.fitted.emit([c.title.split(",")[0] for c in WINDOW_COLUMNS if c.field in hidden])

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
