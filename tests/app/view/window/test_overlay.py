from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.desk.state import GazePoint
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.window.overlay import Overlay


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
    overlay.show_points({PaneId.A: GazePoint(200 * ratio, 150 * ratio)})
    assert overlay.mask().contains(QPoint(200 + 19, 150))
    assert not overlay.mask().contains(QPoint(200, 150))
    assert not overlay.mask().contains(QPoint(300, 150))
    overlay.show_points({})
    assert not overlay.mask().contains(QPoint(200 + 19, 150))


def test_the_ellipse_of_a_calibrated_point_is_seen(overlay: Overlay) -> None:
    ratio = overlay.devicePixelRatioF()
    point = GazePoint(300 * ratio, 250 * ratio, 1.0, (120 * ratio, 60 * ratio, 90.0))
    overlay.show_points({PaneId.A: point})
    assert overlay.mask().contains(QPoint(300, 250 + 120))  # the long axis stands upright
    assert overlay.mask().contains(QPoint(300 + 60, 250))
    assert not overlay.mask().contains(QPoint(300 + 120, 250))


def test_a_point_dims_where_the_calibration_does_not_hold(overlay: Overlay) -> None:
    def strength(certainty: float) -> int:
        overlay.show_points({PaneId.A: GazePoint(200, 150, certainty)})
        image = overlay.grab().toImage()
        return max(image.pixelColor(200 + i, 150).alpha() for i in range(12, 26))

    assert strength(1.0) > 2 * strength(0.0) > 0
