"""The person in front of the camera, independent of the models: distance, head, eyelids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout

from gaze_demo.desk import words
from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import SourceState, WindowState
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.view.panels.panel import Panel, Place
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.figure import Figure

if TYPE_CHECKING:
    from gaze_demo.observation import Observation


class PersonPanel(Panel):
    """Written by `refresh` from the newest observation."""

    name, menu_text, tip = "person", "Pe&rson", "Distance, head and eyelids of the person in front of the camera"
    place, order = Place.BETWEEN, 20

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)  # hidden first
        self._seen: Observation | None = None
        self._distance = Figure(
            "Distance", "From the lens to the middle of the eyes; it follows from the lens", "000 cm"
        )
        self._yaw_pitch = Figure(
            "Head yaw, pitch", "Where the face points: yaw + to the right of the preview", "+00° +00°", 1.0
        )
        self._roll = Figure("Head roll", "+ leans to the left in the preview", "+00°", 1.0)
        self._lids = Figure(
            "Lids apart", "Lid distance by eye width, left and right; about 0.3 for an open eye", "0.00  0.00", 1.0
        )
        self._figures = (self._distance, self._yaw_pitch, self._roll, self._lids)
        self._title = QLabel("Person")
        self._title.setProperty("kind", "muted")
        column = QVBoxLayout(self)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP - 4, theme.GAP)
        column.setSpacing(theme.GAP - 4)
        for part in (self._title, *self._figures):
            column.addWidget(part)
        column.addStretch(1)
        state.on("source", self._watch_source)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the last figures are hidden, so that the others are not squeezed."""
        super().resizeEvent(event)
        room = event.size().height() - self._title.sizeHint().height() - 2 * theme.GAP
        for figure in self._figures:
            room -= figure.sizeHint().height() + theme.GAP - 4
            figure.setVisible(room >= 0)
        self._title.setVisible(not self._figures[0].isHidden())

    def add(self, pane: PaneId, sight: Sight) -> None:
        if pane is PaneId.A:
            self._seen = sight.shot.observation

    def clear(self) -> None:
        self._seen = None

    def refresh(self) -> None:
        seen = self._seen
        if seen is None or seen.pose is None:
            for figure in self._figures:
                figure.show_value(words.NONE)
            return
        pitch, yaw, roll = np.degrees(seen.pose.angles)
        self._distance.show_value(f"{seen.pose.distance_mm / 10:.0f}", "cm")
        self._yaw_pitch.show_value(f"{words.signed_degrees(yaw, 0)} {words.signed_degrees(pitch, 0)}")
        self._roll.show_value(words.signed_degrees(roll, 0))
        eyes = [eye for eye in (seen.left, seen.right) if eye is not None]
        self._lids.show_value("  ".join(f"{eye.openness:.2f}" for eye in eyes) or words.NONE)

    def _watch_source(self, source: SourceState) -> None:
        if source.state not in ("streaming", "ended"):
            self._seen = None
