from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.live.sights import shot, sight
from gaze_demo import clock
from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.live.pane_id import PaneId
from gaze_demo.observation import Reason
from gaze_demo.view.panels.stage_table import _STAGES, StageTable


def test_stages_are_medians_for_each_pane(dark: QApplication, qtbot: QtBot) -> None:
    table = StageTable(WindowState(), CommandBook(COMMANDS))
    qtbot.addWidget(table)
    now = clock.now_s()
    for model_ms in (3.0, 4.0, 50.0):
        one = sight(of=shot(captured_s=now - 0.050, taken_s=now - 0.042, ready_s=now - 0.030), model_ms=model_ms)
        table.painted(PaneId.A, one, 1.5)
    table.painted(PaneId.B, sight(reason=Reason.NO_FACE), 0.5)
    table.refresh()
    assert table.value(PaneId.A, "Capture") == "8.0"
    assert table.value(PaneId.A, "Landmarks") == "2.0"  # with the head pose
    assert table.value(PaneId.A, "Model") == "4.0"
    assert table.value(PaneId.A, "Draw") == "1.5"
    assert float(table.value(PaneId.A, "Total")) >= 49
    assert float(table.value(PaneId.A, "Waiting")) > 20
    assert table.value(PaneId.B, "Model") == "–"
    assert table.value(PaneId.B, "Draw") == "0.50"


def test_the_stages_of_a_frame_make_up_its_total(dark: QApplication, qtbot: QtBot) -> None:
    table = StageTable(WindowState(), CommandBook(COMMANDS))
    qtbot.addWidget(table)
    now = clock.now_s()
    table.painted(
        PaneId.A, sight(of=shot(captured_s=now - 0.2, taken_s=now - 0.15, ready_s=now - 0.1), model_ms=3.0), 1.5
    )
    medians = {stage: table._recent[PaneId.A, stage].median() or 0.0 for stage, _ in _STAGES}
    assert sum(medians.values()) - medians["Total"] == pytest.approx(medians["Total"])


def test_one_pane_has_one_column(dark: QApplication, qtbot: QtBot) -> None:
    state = WindowState()
    table = StageTable(state, CommandBook(COMMANDS))
    qtbot.addWidget(table)
    state.two_panes = False
    assert table._cells[PaneId.B, "Model"].isHidden()
    assert not table._cells[PaneId.A, "Model"].isHidden()
