"""The small parts around the point of gaze: overlay, heat, map, card ruler."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.calibration.fakes import SCREEN
from gaze_demo.view.card_ruler import CardRuler
from gaze_demo.view.heat import Heat
from gaze_demo.view.overlay import GazePoint, Overlay
from gaze_demo.view.panels.screen_map import ScreenMap
from gaze_demo.view.screen_setup import keep_measured, known_geometry
from gaze_demo.view.settings import Settings


@pytest.fixture
def overlay(dark: QApplication, qtbot: QtBot) -> Overlay:
    overlay = Overlay(QGuiApplication.primaryScreen())
    qtbot.addWidget(overlay)
    return overlay


def test_the_overlay_is_on_top_and_lets_every_click_through(overlay: Overlay) -> None:
    flags = overlay.windowFlags()
    assert flags & Qt.WindowType.WindowStaysOnTopHint
    assert flags & Qt.WindowType.WindowTransparentForInput
    assert flags & Qt.WindowType.WindowDoesNotAcceptFocus
    assert overlay.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert overlay.geometry() == QGuiApplication.primaryScreen().geometry()


def test_the_overlay_hides_nothing_but_a_ring(overlay: Overlay) -> None:
    ratio = overlay.devicePixelRatioF()
    overlay.show_point("left", GazePoint(200 * ratio, 150 * ratio))
    assert overlay.mask().contains(QPoint(200 + 19, 150))
    assert not overlay.mask().contains(QPoint(200, 150))
    assert not overlay.mask().contains(QPoint(300, 150))
    overlay.show_point("left", None)
    assert not overlay.mask().contains(QPoint(200 + 19, 150))


def test_a_point_dims_where_the_calibration_does_not_hold(overlay: Overlay) -> None:
    def strength(certainty: float) -> int:
        overlay.show_point("left", GazePoint(200, 150, certainty))
        image = overlay.grab().toImage()
        return max(image.pixelColor(200 + i, 150).alpha() for i in range(12, 26))

    assert strength(1.0) > 2 * strength(0.0) > 0


def test_the_heat_is_where_the_gaze_was_and_fades_after_its_span() -> None:
    heat = Heat(span_s=60.0)
    for i in range(90):
        heat.add(i / 30, 0.25, 0.75)
    warmth = heat.warmth()
    row, column = np.unravel_index(warmth.argmax(), warmth.shape)
    assert (column + 0.5) / warmth.shape[1] == pytest.approx(0.25, abs=0.02)
    assert (row + 0.5) / warmth.shape[0] == pytest.approx(0.75, abs=0.03)
    assert warmth.max() == pytest.approx(1.0)
    heat.add(120.0, 0.9, 0.1)
    assert heat.warmth()[row, column] == 0.0


def test_a_gaze_off_the_screen_leaves_no_warmth() -> None:
    heat = Heat()
    for i in range(30):
        heat.add(i / 30, 1.2, 0.5)
    assert heat.warmth().max() == 0.0


def test_the_map_shows_a_point_at_its_share_of_the_screen(dark: QApplication, qtbot: QtBot) -> None:
    card = ScreenMap(Heat())
    qtbot.addWidget(card)
    card.resize(250, 180)
    card.show()
    empty = card.glass.grab().toImage()
    card.show_point("left", GazePoint(960, 540))
    shown = card.glass.grab().toImage()
    middle = empty.width() // 2, empty.height() // 2
    assert shown.pixelColor(*middle) != empty.pixelColor(*middle)
    assert shown.pixelColor(3, empty.height() // 2) == empty.pixelColor(3, empty.height() // 2)


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


def test_the_measured_monitor_is_remembered(store: Callable[[], Settings], qtbot: QtBot) -> None:
    monitor = QGuiApplication.primaryScreen()
    before = known_geometry(monitor, store())
    keep_measured(before.with_card(400.0).with_lens(100.0, 250.0), store())
    again = known_geometry(monitor, store())
    assert again.pitch_mm[0] == pytest.approx(85.6 / 400.0)
    assert (again.size_source, again.lens_source) == ("bank card", "given")
    assert (again.lens_x_mm, again.lens_y_mm) == (100.0, 250.0)
