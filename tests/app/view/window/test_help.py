from __future__ import annotations

from PySide6.QtWidgets import QApplication

from gaze_demo.desk.commands import COMMANDS, SEPARATOR, CommandBook
from gaze_demo.view.window.help import help_html


def test_every_key_is_told(dark: QApplication) -> None:
    text = help_html(CommandBook(COMMANDS))
    for command in COMMANDS:
        if command.id != SEPARATOR and command.keys:
            assert f"<b>{command.keys}</b>" in text, command.id
