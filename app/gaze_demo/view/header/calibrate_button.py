"""The button that starts a calibration; it is always visible."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.view.header.control import Control

_TIP = "Look at some points, and all models are calibrated ({keys})"
_NO_CAMERA = "Only a camera or the virtual participant can be calibrated"


class CalibrateButton(Control):
    """Attributes: `button`, disabled for files and folders."""

    order = 80

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self.button = QPushButton("Calibrate")
        self.button.clicked.connect(lambda: commands.run("calibrate"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        state.on("source_live", self._show, now=True)

    def _show(self, live: bool) -> None:
        self.button.setEnabled(live)
        self.button.setToolTip(_TIP.format(keys=self.commands.by_id["calibrate"].keys) if live else _NO_CAMERA)
