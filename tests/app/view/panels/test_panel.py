from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.live.sights import sight
from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.panels.panel import Panel, panel_commands, panel_kinds


def test_every_panel_has_a_menu_entry_of_its_own() -> None:
    names = [kind.name for kind in panel_kinds()]
    assert {"plot", "stages", "screen-map", "agreement", "person"} <= set(names)
    assert len(set(names)) == len(names)
    assert [command.state for command in panel_commands()] == [f"panels:{name}" for name in names]


@pytest.mark.parametrize("kind", panel_kinds(), ids=lambda kind: kind.name)
def test_every_panel_takes_sights_and_draws_with_and_without_them(
    dark: QApplication, qtbot: QtBot, kind: type[Panel]
) -> None:
    panel = kind(WindowState(), CommandBook(COMMANDS))
    qtbot.addWidget(panel)
    panel.resize(400, 200)
    for _ in range(2):
        panel.refresh()
        assert not panel.grab().isNull()
        for pane in PaneId:
            panel.add(pane, sight(3.0, 4.0))
            panel.painted(pane, sight(3.0, 4.0), 1.0)
        panel.refresh()
        assert not panel.grab().isNull()
        panel.clear()
