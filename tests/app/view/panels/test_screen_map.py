from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import GazePoint, WindowState
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.panels.screen_map import ScreenMap


def test_the_map_shows_a_point_at_its_share_of_the_screen(dark: QApplication, qtbot: QtBot) -> None:
    state = WindowState()
    card = ScreenMap(state, CommandBook(COMMANDS))
    qtbot.addWidget(card)
    card.resize(250, 180)
    card.show()
    empty = card.glass.grab().toImage()
    state.points = {PaneId.A: GazePoint(960, 540)}
    shown = card.glass.grab().toImage()
    middle = empty.width() // 2, empty.height() // 2
    assert shown.pixelColor(*middle) != empty.pixelColor(*middle)
    assert shown.pixelColor(3, empty.height() // 2) == empty.pixelColor(3, empty.height() // 2)
