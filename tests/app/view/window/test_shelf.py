from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.view.panels.panel import Panel, Place, panel_kinds
from gaze_demo.view.window.shelf import Shelf


@pytest.fixture
def panels(dark: QApplication) -> dict[str, Panel]:
    state, commands = WindowState(), CommandBook(COMMANDS)
    return {kind.name: kind(state, commands) for kind in panel_kinds() if kind.place is Place.BELOW}


@pytest.fixture
def shelf(qtbot: QtBot, panels: dict[str, Panel]) -> Shelf:
    shelf = Shelf(list(panels.values()))
    qtbot.addWidget(shelf)
    shelf.resize(936, 200)
    with qtbot.waitExposed(shelf):
        shelf.show()
    return shelf


def test_a_high_and_narrow_shelf_has_two_rows(shelf: Shelf, panels: dict[str, Panel], qtbot: QtBot) -> None:
    stages = panels["stages"]
    width = stages.width()
    broad = next(panel for panel in panels.values() if panel.maximumWidth() > 2000)
    assert stages.y() == broad.y()
    shelf.resize(936, 480)
    qtbot.waitUntil(lambda: stages.y() >= broad.y() + broad.height())
    qtbot.waitUntil(lambda: broad.width() == shelf.viewport().width())
    assert stages.width() == width
    assert max(panel.x() + panel.width() for panel in panels.values()) == shelf.viewport().width()
    shelf.resize(1500, 480)
    qtbot.waitUntil(lambda: stages.y() == broad.y())
    assert shelf.viewport().height() - broad.height() < 3
    shelf.resize(936, 480)
    shelf.stand(upright=True, guests=())
    assert not shelf.two_rows
