"""The camera's horizontal field of view, which sets the scale of all distances and angles."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QWidget

_HELP = "Horizontal field of view of the camera: distances and angles follow from it. Most webcams have 55° to 80°."


class LensControl(QWidget):
    """Signals: `chosen`, with the field of view in degrees."""

    chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        name = QLabel("Lens")
        name.setProperty("kind", "muted")
        self.box = QDoubleSpinBox(minimum=20, maximum=150, decimals=1, singleStep=1, suffix="°")
        self.box.setKeyboardTracking(False)
        self.box.setAccessibleName("Horizontal field of view in degrees")
        self.box.setFixedWidth(68)
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.box.valueChanged.connect(self.chosen)
        self.show_value(60.0, known="")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(7)
        row.addWidget(name)
        row.addWidget(self.box)

    def show_value(self, hfov_deg: float, known: str) -> None:
        """Show a value, without telling anyone; `known` says where it comes from when it is not the user's to set."""
        blocked = self.box.blockSignals(True)
        self.box.setValue(hfov_deg)
        self.box.blockSignals(blocked)
        self.box.setEnabled(not known)
        self.setToolTip(known or _HELP)
