"""A window to draw areas of interest by hand, over an image of the screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gaze_demo.areas.areas import MOST_NAME, Area, load_areas, save_areas
from gaze_demo.areas.maps import Image, load_background
from gaze_demo.errors import UserError
from gaze_demo.view.areas.area_canvas import AreaCanvas, Tool
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.icons import app_icon

_HINTS: dict[Tool, str] = {
    "rectangle": "Drag to draw a rectangle.",
    "polygon": "Click the corners. Enter, a double click or a click on the first corner closes the polygon.",
}


class AreasWindow(QWidget):
    """Areas in px of a screen of `size_px`, kept in `path`, which is read if it exists.

    Attributes: `canvas`; `list`, the names, which can be edited; `tools`, `delete`, `save`, buttons; `areas`;
    `trouble`, a line for what went wrong. Raises UserError if `path` or the image cannot be read.
    """

    def __init__(
        self, path: Path, size_px: tuple[int, int], image: Path | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(app_icon())
        self.path = path
        self.areas: tuple[Area, ...] = load_areas(path) if path.exists() else ()
        self._saved = self.areas
        self.canvas = AreaCanvas(*size_px)
        self.canvas.drawn.connect(self._add)
        if image is not None:
            self.canvas.show_image(_qt_image(load_background(image)))
        self.list = QListWidget()
        self.list.setAccessibleName("Areas")
        self.list.setMinimumWidth(180)
        self.list.currentRowChanged.connect(lambda _: self._show())
        self.list.itemChanged.connect(self._rename)
        self.tools: dict[Tool, QToolButton] = {tool: self._tool(tool) for tool in _HINTS}
        self.delete = _button("Delete", "Delete the chosen area (Del)", self._delete)
        self.open_image = _button("Image…", "Show another image of the whole screen", self._ask_image)
        self.save = _button("Save", f"Save to {path.name} (Ctrl+S)", self.write)
        QShortcut(QKeySequence.StandardKey.Save, self, self.write)
        QShortcut(QKeySequence.StandardKey.Delete, self, self._delete)
        self._hint = QLabel()
        self._hint.setProperty("kind", "muted")
        self.trouble = QLabel()
        self.trouble.setStyleSheet(f"color: {theme.colours().trouble}")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self._lay_out()
        self.choose_tool("rectangle")
        self._fill(0 if self.areas else -1)
        self.resize(1100, 680)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before changes are lost."""
        if self.areas != self._saved:
            both = QMessageBox.StandardButton
            asked = both.Save | both.Discard | both.Cancel
            answer = QMessageBox.question(self, "Areas", f"Save the areas to {self.path.name}?", asked)
            if answer == both.Cancel or (answer == both.Save and not self.write()):
                event.ignore()
                return
        super().closeEvent(event)

    def choose_tool(self, tool: Tool) -> None:
        self.canvas.choose_tool(tool)
        for name, button in self.tools.items():
            button.setChecked(name == tool)
        self._hint.setText(_HINTS[tool])

    def write(self) -> bool:
        """Save; False, and a sentence in the window, if that fails."""
        try:
            save_areas(self.path, self.areas)
        except UserError as error:
            self._tell(str(error))
            return False
        self._saved = self.areas
        self._tell("")
        self._show()
        return True

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(6)
        for button in self.tools.values():
            bar.addWidget(button)
        bar.addWidget(self._hint, 1)
        bar.addWidget(self.open_image)
        bar.addWidget(self.save)
        side = QVBoxLayout()
        side.addWidget(self.list, 1)
        side.addWidget(self.delete)
        body = QHBoxLayout()
        body.setSpacing(theme.GAP)
        body.addWidget(self.canvas, 1)
        body.addLayout(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addLayout(bar)
        column.addWidget(self.trouble)
        column.addLayout(body, 1)

    def _tool(self, tool: Tool) -> QToolButton:
        button = QToolButton()
        button.setText(tool.capitalize())
        button.setToolTip(_HINTS[tool])
        button.setCheckable(True)
        button.clicked.connect(lambda _=False: self.choose_tool(tool))
        return button

    def _add(self, shape: tuple[float, float, float, float] | tuple[tuple[float, float], ...]) -> None:
        taken = {area.name for area in self.areas}
        name = next(name for number in range(1, len(taken) + 2) if (name := f"Area {number}") not in taken)
        if isinstance(shape[0], tuple):
            area = Area(name=name, polygon=shape)
        else:
            area = Area(name=name, rect=shape)
        self.areas = (*self.areas, area)
        self._fill(len(self.areas) - 1)

    def _rename(self, item: QListWidgetItem) -> None:
        row, name = self.list.row(item), item.text().strip()
        others = {area.name for index, area in enumerate(self.areas) if index != row}
        if not name or len(name) > MOST_NAME or name in others:
            self._tell("Each area needs its own name." if name else "An area needs a name.")
            self._fill(row)
            return
        self._tell("")
        changed = self.areas[row].model_copy(update={"name": name})
        self.areas = (*self.areas[:row], changed, *self.areas[row + 1 :])
        self._show()

    def _delete(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            self.areas = (*self.areas[:row], *self.areas[row + 1 :])
            self._fill(min(row, len(self.areas) - 1))

    def _ask_image(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Image of the whole screen", str(self.path.parent))
        if name:
            try:
                self.canvas.show_image(_qt_image(load_background(Path(name))))
            except UserError as error:
                self._tell(str(error))

    def _fill(self, chosen: int) -> None:
        """Fill the list again, with this row selected."""
        self.list.blockSignals(True)
        self.list.clear()
        for area in self.areas:
            item = QListWidgetItem(area.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self.list.setCurrentRow(chosen)
        self.list.blockSignals(False)
        self._show()

    def _show(self) -> None:
        self.canvas.show_areas(self.areas, self.list.currentRow())
        self.delete.setEnabled(self.list.currentRow() >= 0)
        changed = self.areas != self._saved
        self.save.setEnabled(changed and bool(self.areas))
        self.setWindowTitle(f"{'• ' if changed else ''}{self.path.name} – areas of interest")

    def _tell(self, text: str) -> None:
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))


def _button(text: str, tip: str, call: object) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.clicked.connect(lambda _=False: call())  # type: ignore[operator]
    return button


def _qt_image(image: Image) -> QImage:
    height, width = image.shape[:2]
    return QImage(image[..., ::-1].tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
