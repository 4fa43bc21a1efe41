"""Buttons side by side, one of which is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget


class Segments(QWidget):
    """A choice among a few named values, all of them visible.

    Signals: `chosen`, with the value's name, when the user picks one.
    """

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[tuple[str, str, str]]) -> None:
        """`choices`: value, text on the button, tooltip."""
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self, exclusive=True)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for i, (value, text, tooltip) in enumerate(choices):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tooltip)
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {tooltip}")
            button.setProperty("segment", "first" if i == 0 else "last" if i == len(choices) - 1 else "middle")
            button.clicked.connect(lambda _=False, v=value: self.chosen.emit(v))
            self._group.addButton(button)
            self.buttons[value] = button
            row.addWidget(button)

    @property
    def value(self) -> str:
        return next((value for value, button in self.buttons.items() if button.isChecked()), "")

    def select(self, value: str) -> None:
        """Show `value` as chosen, without a signal."""
        if value in self.buttons:
            self.buttons[value].setChecked(True)
