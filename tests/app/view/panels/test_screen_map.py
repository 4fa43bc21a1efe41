from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import GazePoint, WindowState
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.panels.screen_map import ScreenMap
from gaze_demo.view.shared import theme


class PaintWatch(QObject):
    """Notes the x of pane A's point at each painting of the map."""

    def __init__(self, card: ScreenMap, painted: list[float]) -> None:
        super().__init__(card)
        self._card, self._painted = card, painted

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and PaneId.A in self._card.glass.points:
            self._painted.append(self._card.glass.points[PaneId.A].x_px)
        return False


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


def test_many_points_in_one_turn_are_painted_once_and_the_last_one_is(dark: QApplication, qtbot: QtBot) -> None:
    state = WindowState()
    card = ScreenMap(state, CommandBook(COMMANDS))
    qtbot.addWidget(card)
    with qtbot.waitExposed(card):
        card.show()
    painted: list[float] = []
    card.glass.installEventFilter(PaintWatch(card, painted))
    for x in range(100):
        state.points = {PaneId.A: GazePoint(float(x), 500.0)}
    qtbot.waitUntil(lambda: bool(painted) and painted[-1] == 99.0)
    assert len(painted) <= 10  # one at once, one after the pause, and some of the window system


def test_the_map_fills_its_ground(dark: QApplication, qtbot: QtBot) -> None:
    card = ScreenMap(WindowState(), CommandBook(COMMANDS))
    qtbot.addWidget(card)
    card.resize(250, 400)
    with qtbot.waitExposed(card):
        card.show()
    corner = card.glass.grab().toImage().pixelColor(0, 0)
    assert corner.name() == theme.colours().surface
