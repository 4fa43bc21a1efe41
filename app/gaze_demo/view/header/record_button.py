"""The button that starts and stops a recording."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.view.header.control import Control
from gaze_demo.view.shared.icons import red_dot

_NO_CAMERA = "Only a camera or the virtual participant is recorded here; for a film: gaze-demo record FILM --out FOLDER"


class RecordButton(Control):
    """Attributes: `button`, disabled for files and folders."""

    title, order, folds = "Recording", 75, 0

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self._state = state
        self.button = QPushButton("Record")
        self.button.setIcon(QIcon(red_dot()))
        self.button.clicked.connect(lambda: commands.run("record"))
        self.button.setFixedWidth(self.button.sizeHint().width())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        state.on_any(("source_live", "recording"), self._show, now=True)

    def _show(self) -> None:
        recording, live = self._state.recording is not None, self._state.source_live
        command = self.commands.by_id["record"]
        self.button.setText("Stop" if recording else "Record")
        self.button.setEnabled(live)
        self.button.setToolTip(f"{command.tip} ({command.keys})" if live else _NO_CAMERA)
