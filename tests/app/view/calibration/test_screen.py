from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.calibration.checks import Check
from gaze_demo.calibration.sitting import Dot
from gaze_demo.view.calibration.screen import PURSUIT, CalibrationScreen

GOOD = [Check("Face", True, "seen"), Check("Distance", True, "60 cm")]


@pytest.fixture
def screen(dark: QApplication, qtbot: QtBot) -> CalibrationScreen:
    screen = CalibrationScreen("Ada")
    qtbot.addWidget(screen)
    screen.resize(1200, 800)
    with qtbot.waitExposed(screen):
        screen.show()
    return screen


def test_a_monitor_is_chosen_only_where_there_are_several(screen: CalibrationScreen, qtbot: QtBot) -> None:
    screen.checks.offer_monitors(["Desk, 1920 × 1080"], 0)
    assert not screen.checks.monitors.isVisible()
    screen.checks.monitors.clear()
    screen.checks.offer_monitors(["Desk, 1920 × 1080", "Wall, 3840 × 2160"], 1)
    assert screen.checks.monitors.isVisible()
    assert screen.checks.monitors.currentText() == "Wall, 3840 × 2160"
    with qtbot.waitSignal(screen.monitor_chosen) as chosen:
        qtbot.keyClick(screen.checks.monitors, Qt.Key.Key_Up)
    assert chosen.args == [0]


def test_notes_are_shown_where_there_are_any(screen: CalibrationScreen) -> None:
    assert not screen.checks.notes.isVisible()
    screen.checks.show_notes(["The monitor does not report its size."])
    assert screen.checks.notes.isVisible()


def test_it_cannot_start_before_a_face_is_seen(screen: CalibrationScreen) -> None:
    assert not screen.checks.button.isEnabled()
    screen.checks.show_checks([Check("Face", False, "not seen", "Sit so that the camera sees your face.")])
    assert not screen.checks.button.isEnabled()
    assert "camera sees" in screen.checks.hint.text()
    screen.checks.show_checks(GOOD)
    assert screen.checks.button.isEnabled()


def test_what_could_be_better_is_said_and_does_not_stop_it(screen: CalibrationScreen) -> None:
    screen.checks.show_checks(GOOD)
    assert screen.checks.rows["Distance"][2].text() == "60 cm, good"
    screen.checks.show_checks([GOOD[0], Check("Distance", False, "95 cm", "Come nearer.")])
    assert screen.checks.hint.text() == "Come nearer."
    assert screen.checks.rows["Distance"][0].text() == "!"
    assert screen.checks.button.isEnabled()
    dim = Check("Light", False, "12 %", "Turn on a light in front of you.")
    screen.checks.show_checks([GOOD[0], Check("Distance", False, "95 cm", "Come nearer."), dim])
    assert screen.checks.hint.text() == "Come nearer. Turn on a light in front of you."


@pytest.mark.parametrize(("row", "points"), [(0, 5), (1, 9), (2, 13), (3, 16), (4, PURSUIT)])
def test_start_tells_the_chosen_number_of_points(
    screen: CalibrationScreen, qtbot: QtBot, row: int, points: int
) -> None:
    screen.checks.show_checks(GOOD)
    screen.checks.layouts.setCurrentIndex(row)
    with qtbot.waitSignal(screen.started) as started:
        qtbot.mouseClick(screen.checks.button, Qt.MouseButton.LeftButton)
    assert started.args == [points]
    assert screen.page is screen.targets
    assert screen.cursor().shape() is Qt.CursorShape.BlankCursor


@pytest.mark.parametrize("page", ["checks", "targets"])
def test_escape_cancels_at_any_time(screen: CalibrationScreen, qtbot: QtBot, page: str) -> None:
    if page == "targets":
        screen.checks.show_checks(GOOD)
        screen.checks.button.click()
    with qtbot.waitSignal(screen.cancelled):
        qtbot.keyClick(screen, Qt.Key.Key_Escape)


def test_the_dot_is_drawn_where_it_is_and_shrinks(screen: CalibrationScreen) -> None:
    screen.checks.show_checks(GOOD)
    screen.checks.button.click()

    def bright(size: float, x: float) -> int:
        screen.targets.show_dot(Dot(x, 300.0, size, "look", "fit", 1, 9))
        image = screen.targets.grab().toImage()
        ratio = image.devicePixelRatio()
        assert image.pixelColor(round((x / ratio + 4) * ratio), 300).lightness() > 200
        return sum(image.pixelColor(i, 300).lightness() > 200 for i in range(image.width()))

    large, small = bright(1.0, 400.0), bright(0.0, 700.0)
    assert large > 3 * small > 0


def test_nothing_but_the_dot_is_on_the_screen(screen: CalibrationScreen) -> None:
    screen.checks.show_checks(GOOD)
    screen.checks.button.click()
    screen.targets.show_dot(Dot(200.0, 200.0, 1.0, "look", "fit", 1, 9))
    image = screen.targets.grab().toImage()
    ground = image.pixelColor(0, 0)
    away = [(x, y) for x in range(0, image.width(), 9) for y in range(0, image.height(), 9) if x > 240 or y > 240]
    assert all(image.pixelColor(x, y) == ground for x, y in away)


def test_the_face_is_shown_before_the_dots(screen: CalibrationScreen) -> None:
    empty = screen.checks.face.grab().toImage()
    screen.checks.face.show_picture(np.full((120, 160, 4), 200, np.uint8))
    assert screen.checks.face.grab().toImage() != empty
    screen.checks.face.show_picture(None)
    assert screen.checks.face.grab().toImage() == empty
