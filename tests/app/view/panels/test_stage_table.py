from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.view.sights import shot, sight
from gaze_demo import clock
from gaze_demo.observation import Reason
from gaze_demo.view.panels.stage_table import StageTable


def test_stages_are_medians_for_each_pane(dark: QApplication, qtbot: QtBot) -> None:
    table = StageTable()
    qtbot.addWidget(table)
    now = clock.now_s()
    for model_ms in (3.0, 4.0, 50.0):
        one = sight(of=shot(captured_s=now - 0.050, taken_s=now - 0.042, ready_s=now - 0.030), model_ms=model_ms)
        table.add("left", one, 1.5)
    table.add("right", sight(reason=Reason.NO_FACE), 0.5)
    table.refresh()
    assert table.value("left", "Capture") == "8.0"
    assert table.value("left", "Landmarks") == "2.0"  # with the head pose
    assert table.value("left", "Model") == "4.0"
    assert table.value("left", "Draw") == "1.5"
    assert float(table.value("left", "Total")) >= 49
    assert table.value("right", "Model") == "–"
    assert table.value("right", "Draw") == "0.50"


def test_one_pane_has_one_column(dark: QApplication, qtbot: QtBot) -> None:
    table = StageTable()
    qtbot.addWidget(table)
    table.show_sides(("left",))
    assert table._cells["right", "Model"].isHidden()
    assert not table._cells["left", "Model"].isHidden()
