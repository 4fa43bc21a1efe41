"""The command palette: type a part of a command's name, and run it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.desk.switches import Switches
from gaze_demo.view.shared import theme

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Palette(QDialog):
    """Attributes: `line`, to type in; `hits`, the commands that match."""

    def __init__(self, state: WindowState, commands: CommandBook, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Commands")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._switches, self._commands = Switches(state), commands
        self.line = QLineEdit()
        self.line.setPlaceholderText("Type a part of a command's name")
        self.line.setAccessibleName("Command")
        self.line.setClearButtonEnabled(True)
        self.hits = QListWidget()
        self.hits.setAccessibleName("Commands that match")
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.addWidget(self.line)
        column.addWidget(self.hits)
        self.resize(460, 380)
        self.line.textChanged.connect(self._search)
        self.line.returnPressed.connect(self.run)
        self.hits.itemActivated.connect(lambda _: self.run())
        self.hits.itemClicked.connect(lambda _: self.run())
        self._search("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The line keeps the focus; the arrow keys move in the list."""
        if event.key() in _MOVES:
            self.hits.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def run(self) -> None:
        """Run the selected command after this window has closed."""
        item = self.hits.currentItem()
        if item is None:
            return
        command = self._commands.by_id[item.data(Qt.ItemDataRole.UserRole)]
        self.accept()
        if command.state:
            self._switches.switch(command, not self._switches.is_on(command))
        else:
            self._commands.run(command.id)

    def _search(self, words: str) -> None:
        self.hits.clear()
        for command in self._commands.found(words):
            if command.id == "palette" or not self._switches.is_enabled(command):
                continue
            mark = "✓ " if command.state and self._switches.is_on(command) else ""
            keys = f"   {command.keys}" if command.keys else ""
            item = QListWidgetItem(f"{mark}{command.menu}: {command.title}{keys}")
            item.setToolTip(command.tip)
            item.setData(Qt.ItemDataRole.UserRole, command.id)
            self.hits.addItem(item)
        self.hits.setCurrentRow(0)
