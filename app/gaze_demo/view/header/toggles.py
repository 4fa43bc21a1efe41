"""The buttons of the commands that have an icon: what is drawn, and how many panes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton

from gaze_demo.desk.commands import Command, CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.desk.switches import Switches
from gaze_demo.view.header.control import Control
from gaze_demo.view.shared.icons import line_icon


class Toggles(Control):
    """Attributes: `buttons`, by the command's id."""

    title, order, folds = "Show", 70, 0

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self._switches = Switches(state)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for command in commands.by_id.values():
            if command.icon:
                row.addWidget(self._button(command))
        self._restyle()

    def expand(self, wide: bool) -> None:
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if wide else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self.buttons.values():
            button.setToolButtonStyle(style)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def _button(self, command: Command) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setToolTip(f"{command.title} ({command.keys})")
        button.setAccessibleName(command.title)
        button.setText(command.short)
        button.clicked.connect(lambda on: self._switches.switch(command, on))
        self._switches.watch(command, lambda: button.setChecked(self._switches.is_on(command)))
        self.buttons[command.id] = button
        return button

    def _restyle(self) -> None:
        for name, button in self.buttons.items():
            button.setIcon(line_icon(self.commands.by_id[name].icon))
