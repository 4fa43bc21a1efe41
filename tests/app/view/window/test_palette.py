from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.view.window.palette import Palette


@pytest.fixture
def commands() -> CommandBook:
    return CommandBook(COMMANDS)


@pytest.fixture
def palette(dark: QApplication, qtbot: QtBot, commands: CommandBook) -> Palette:
    palette = Palette(WindowState(), commands)
    qtbot.addWidget(palette)
    palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    palette.show()
    return palette


def test_a_command_is_found_by_a_part_of_its_name_and_run_with_enter(
    palette: Palette, commands: CommandBook, qtbot: QtBot
) -> None:
    ran: list[str] = []
    commands.bind("restart", lambda: ran.append("restart"))
    qtbot.keyClicks(palette.line, "source again")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert ran == ["restart"]
    assert not palette.isVisible()


def test_a_switch_is_switched(palette: Palette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.line, "head axes")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette._switches.is_on(palette._commands.by_id["axes"])


def test_arrow_keys_move_while_the_line_keeps_the_focus(palette: Palette, qtbot: QtBot) -> None:
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.hits.currentRow() == 1


def test_what_cannot_be_done_now_is_not_offered(palette: Palette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.line, "accuracy")
    assert palette.hits.count() == 0
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
