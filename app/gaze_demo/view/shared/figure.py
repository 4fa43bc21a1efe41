"""One figure: its name, value and unit."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gaze_demo.view.shared import theme
from gaze_demo.view.shared.value_text import ValueText


class Figure(QWidget):
    """A caption over a value with a muted unit; `room` is the widest text to make room for."""

    def __init__(self, caption: str, help_text: str, room: str, scale: float = 1.2) -> None:
        super().__init__()
        label = QLabel(caption)
        label.setProperty("kind", "caption")
        label.setFont(theme.figure_font(0.88, theme.REGULAR))
        self._reading = ValueText(scale, room)
        self._reading.setAccessibleName(caption)
        self.setToolTip(help_text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label)
        column.addWidget(self._reading)

    @property
    def text(self) -> str:
        return self._reading.text

    def show_value(self, value: str, unit: str = "") -> None:
        self._reading.show_value(value, unit)
