"""What the virtual participant does: where it looks, who it is, whether its head moves."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gaze_demo.view.combo_box import ComboBox
from gaze_demo.view.header.segments import Segments

PEOPLE = 3


class VirtualControls(QWidget):
    """Signals: `gaze_chosen` ("pointer" or "path"), `person_chosen`, `head_chosen` ("still" or "moving")."""

    gaze_chosen = Signal(str)
    person_chosen = Signal(int)
    head_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.gaze = Segments(
            "Virtual gaze",
            (
                ("pointer", "Pointer", "The eyes follow the mouse pointer over the screen (P)"),
                ("path", "Path", "The eyes follow a path over the screen (P)"),
            ),
        )
        self.gaze.chosen.connect(self.gaze_chosen)
        self.person = ComboBox()
        self.person.setAccessibleName("Virtual person")
        self.person.setToolTip("Which virtual person")
        self.person.addItems([f"Person {i + 1}" for i in range(PEOPLE)])
        self.person.activated.connect(self.person_chosen)
        self.head = Segments(
            "Virtual head",
            (("still", "Still", "The head keeps still"), ("moving", "Moving", "The head moves and turns")),
        )
        self.head.chosen.connect(self.head_chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self.gaze, self.person, self.head):
            row.addWidget(part)
