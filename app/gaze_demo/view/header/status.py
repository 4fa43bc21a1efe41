"""What the source delivers, in the space that the other controls leave."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.view.header.control import Control
from gaze_demo.view.shared.value_text import ValueText

_LEAST_WIDTH = 90


class Status(Control):
    """One line that uses the available space."""

    order, stretch = 40, 1

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self._text = ValueText(0.95, "", bold=False, muted=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._text)
        state.on("status", self._show, now=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A few letters would be useless."""
        super().resizeEvent(event)
        self._text.setVisible(event.size().width() >= _LEAST_WIDTH)

    def _show(self, text: str) -> None:
        self._text.show_value(text)
        self._text.setToolTip(text)
