"""One figure: what it is, its value, its unit."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gaze_demo.view import theme
from gaze_demo.view.words import NONE


class Figure(QWidget):
    """A caption over a value with a muted unit."""

    def __init__(self, caption: str, help_text: str, scale: float = 1.3, side: str = "") -> None:
        super().__init__()
        self._caption = QLabel(caption)
        self._caption.setProperty("kind", "caption")
        self._caption.setFont(theme.figure_font(0.88, theme.REGULAR))
        self._value = QLabel(NONE)
        self._value.setFont(theme.figure_font(scale))
        self._value.setProperty("side", side)
        self._unit = QLabel()
        self._unit.setProperty("kind", "muted")
        self._unit.setFont(theme.figure_font(0.88, theme.REGULAR))
        self.setToolTip(help_text)
        self.setAccessibleName(caption)
        self.setAccessibleDescription(NONE)

        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self._value, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addWidget(self._unit, 1, Qt.AlignmentFlag.AlignBaseline)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._caption)
        column.addLayout(line)

    def show_value(self, value: str, unit: str = "") -> None:
        """Texts that stay the same cost nothing."""
        if (value, unit) != (self._value.text(), self._unit.text()):
            self._value.setText(value)
            self._unit.setText(unit)
            self.setAccessibleDescription(f"{value} {unit}")

    @property
    def text(self) -> str:
        return f"{self._value.text()} {self._unit.text()}".strip()
