"""The camera's horizontal field of view, which sets the scale of all distances and angles."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import LensShown, WindowState
from gaze_demo.view.header.control import Control

_HELP = "Horizontal field of view of the camera: distances and angles follow from it. Most webcams have 55° to 80°."


class LensControl(Control):
    """Attributes: `box`, in degrees; Enter takes the value and gives the focus back."""

    title, order, folds = "Lens", 50, 1

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        name = QLabel("Lens")
        name.setProperty("kind", "muted")
        self.box = QDoubleSpinBox(minimum=20, maximum=150, decimals=1, singleStep=1, suffix="°")
        self.box.setKeyboardTracking(False)
        self.box.setAccessibleName("Horizontal field of view in degrees")
        self.box.setFixedWidth(68)
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.box.valueChanged.connect(self._choose)
        self.box.lineEdit().returnPressed.connect(self.box.clearFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(7)
        row.addWidget(name)
        row.addWidget(self.box)
        state.on("lens", self._show, now=True)

    def _choose(self, hfov_deg: float) -> None:
        self.state.hfov_deg = hfov_deg

    def _show(self, lens: LensShown) -> None:
        blocked = self.box.blockSignals(True)
        self.box.setValue(lens.hfov_deg)
        self.box.blockSignals(blocked)
        self.box.setEnabled(not lens.known)
        self.setToolTip(lens.known or _HELP)
