from __future__ import annotations

import pytest
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gaze_demo.view.shared.sparing import SparingUpdate


class Sheet(QWidget):
    """Notes what it was to show at each update, and what it showed last."""

    def __init__(self) -> None:
        super().__init__()
        self.value = self.painted = 0
        self.updated: list[int] = []

    def update(self) -> None:  # type: ignore[override]
        self.updated.append(self.value)
        super().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted = self.value


@pytest.fixture
def sheet(dark: QApplication, qtbot: QtBot) -> Sheet:
    widget = Sheet()
    widget.resize(80, 60)
    qtbot.addWidget(widget)
    return widget


def show(sheet: Sheet, qtbot: QtBot) -> None:
    with qtbot.waitExposed(sheet):
        sheet.show()


def test_during_the_pause_nothing_is_updated(sheet: Sheet, qtbot: QtBot) -> None:
    update = SparingUpdate(sheet, 3_600_000)
    show(sheet, qtbot)
    for value in range(1, 20):
        sheet.value = value
        update.request()
        QApplication.processEvents()
    assert sheet.updated == [1]


def test_many_changes_in_one_turn_are_updated_once_more_and_the_last_one_is_painted(sheet: Sheet, qtbot: QtBot) -> None:
    update = SparingUpdate(sheet, 50)
    show(sheet, qtbot)
    for value in range(1, 20):
        sheet.value = value
        update.request()
    qtbot.waitUntil(lambda: sheet.painted == 19 and not update._pause.isActive())
    assert sheet.updated == [1, 19]


def test_a_hidden_widget_runs_no_timer_and_is_up_to_date_when_it_is_shown(sheet: Sheet, qtbot: QtBot) -> None:
    update = SparingUpdate(sheet, 50)
    sheet.value = 7
    update.request()
    assert not sheet.updated
    assert not update._pause.isActive()
    show(sheet, qtbot)
    qtbot.waitUntil(lambda: sheet.painted == 7)
