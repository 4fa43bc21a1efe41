from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.calibration.fakes import SCREEN
from gaze_demo.screen import ScreenGeometry
from gaze_demo.view.calibration.card_ruler import CardRuler


def test_the_card_ruler_starts_at_the_reported_size_and_follows_the_slider(dark: QApplication, qtbot: QtBot) -> None:
    ruler = CardRuler(SCREEN)
    qtbot.addWidget(ruler)
    assert ruler.measured().width_mm == pytest.approx(SCREEN.width_mm, rel=0.01)
    before = ruler.slider.value()
    ruler.slider.setValue(before * 2)
    assert ruler.measured().width_mm == pytest.approx(SCREEN.width_mm / 2, rel=0.02)
    assert ruler.measured().size_source == "bank card"
    assert ruler.measured().lens_source == "assumed"


def test_only_what_was_told_is_taken_for_measured(dark: QApplication, qtbot: QtBot) -> None:
    ruler = CardRuler(SCREEN)
    qtbot.addWidget(ruler)
    assert ruler.measured() == SCREEN
    ruler.above.setValue(-31.0)
    ruler.aside.setValue(4.0)
    measured = ruler.measured()
    assert (measured.size_source, measured.lens_source) == (SCREEN.size_source, "given")
    assert (measured.lens_x_mm, measured.lens_y_mm) == pytest.approx((SCREEN.width_mm / 2 + 40, 310))


def test_a_screen_of_300_dots_an_inch_can_be_measured(
    dark: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda self: QRect(0, 0, 3840, 2400))
    fine = ScreenGeometry.of_monitor("fine", 3840, 2400, 325.0, 203.0)  # a laptop of 15 inches
    ruler = CardRuler(fine)
    qtbot.addWidget(ruler)
    assert ruler.measured().width_mm == pytest.approx(325.0, rel=0.01)
    assert ruler.slider.value() * ruler.devicePixelRatioF() == pytest.approx(85.6 / 325.0 * 3840, abs=2)


def test_the_diagonal_can_be_typed_in_inches(dark: QApplication, qtbot: QtBot) -> None:
    ruler = CardRuler(SCREEN)
    qtbot.addWidget(ruler)
    ruler.inches.setValue(30.0)
    measured = ruler.measured()
    assert (measured.width_mm**2 + measured.height_mm**2) ** 0.5 / 25.4 == pytest.approx(30.0, rel=0.01)
    assert measured.size_source == "bank card"
