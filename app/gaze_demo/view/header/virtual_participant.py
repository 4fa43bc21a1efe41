"""The settings of the virtual participant: where it looks, who it is, whether its head moves."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import SourceKind, VirtualChoice, WindowState
from gaze_demo.participant.names import NAMES
from gaze_demo.view.header.control import Control
from gaze_demo.view.shared.combo_box import ComboBox
from gaze_demo.view.shared.segments import Segments


class VirtualParticipant(Control):
    """Attributes: `gaze`, `person` and `head`."""

    title, order, folds = "Virtual participant", 30, 4
    kinds = frozenset({SourceKind.VIRTUAL})

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self.gaze = Segments(
            "Virtual gaze",
            (
                ("pointer", "Pointer", "The eyes follow the mouse pointer over the screen (P)"),
                ("path", "Path", "The eyes follow a path over the screen (P)"),
            ),
        )
        self.gaze.chosen.connect(lambda gaze: self._set(replace(state.virtual, gaze=gaze)))
        self.person = ComboBox()
        self.person.setAccessibleName("Virtual person")
        self.person.setToolTip("Which virtual person")
        self.person.addItems(NAMES)
        self.person.activated.connect(lambda person: self._set(replace(state.virtual, person=person)))
        self.head = Segments(
            "Virtual head",
            (("still", "Still", "The head keeps still"), ("moving", "Moving", "The head moves and turns")),
        )
        self.head.chosen.connect(lambda head: self._set(replace(state.virtual, head=head)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self.gaze, self.person, self.head):
            row.addWidget(part)
        state.on("virtual", self._show, now=True)

    def _set(self, choice: VirtualChoice) -> None:
        self.state.virtual = choice

    def _show(self, choice: VirtualChoice) -> None:
        self.gaze.select(choice.gaze)
        self.person.setCurrentIndex(choice.person)
        self.head.select(choice.head)
