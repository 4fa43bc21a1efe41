"""The dropdown of sources."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import VIRTUAL, WindowState, is_virtual
from gaze_demo.view.header.control import Control
from gaze_demo.view.header.source_chooser import SourceChooser


class SourceControl(Control):
    """Attributes: `chooser`."""

    title, order = "Source", 10

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self.chooser = SourceChooser()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.chooser)
        self.chooser.chosen.connect(lambda spec: commands.run("open", spec))
        self.chooser.command_wanted.connect(commands.run)
        state.on("cameras", self.chooser.show_cameras, now=True)
        state.on("source_spec", self._show_spec, now=True)

    def _show_spec(self, spec: str) -> None:
        if spec:
            self.chooser.show_current(VIRTUAL if is_virtual(spec) else spec)
