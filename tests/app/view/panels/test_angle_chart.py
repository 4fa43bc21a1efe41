from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.desk.state import Theme
from gaze_demo.view.panels.angle_chart import SPAN_S, AngleChart
from gaze_demo.view.shared import theme

AREA = QRectF(0, 0, 100, 40)


@pytest.fixture
def chart(dark: QApplication, qtbot: QtBot) -> AngleChart:
    widget = AngleChart("Yaw")
    qtbot.addWidget(widget)
    return widget


def test_now_is_at_the_right_zero_in_the_middle_and_positive_angles_above(chart: AngleChart) -> None:
    rows = np.array([[-SPAN_S / 2, 0.0], [0.0, 20.0]])
    chart.show_curves([(QPen(), rows)])
    assert chart.pieces(rows, AREA) == pytest.approx(np.array([[50, 20, 100, 0]]))


def test_a_missing_angle_leaves_a_gap(chart: AngleChart) -> None:
    rows = np.array([[-4.0, 1.0], [-3.0, np.nan], [-2.0, 1.0], [-1.0, 1.0]])
    chart.show_curves([(QPen(), rows)])
    assert len(chart.pieces(rows, AREA)) == 1


def test_without_a_curve_the_smallest_scale_is_shown(chart: AngleChart) -> None:
    chart.show_curves([(QPen(), np.empty((0, 2))), (QPen(), np.full((3, 2), np.nan))])
    assert chart.limit_deg == 20.0


@pytest.mark.parametrize("size", [(20, 10), (140, 80), (900, 300)])
def test_it_draws_at_any_size(chart: AngleChart, size: tuple[int, int]) -> None:
    chart.resize(*size)
    chart.show_curves([(QPen(), np.array([[-1.0, 50.0], [0.0, -50.0]]))])
    assert not chart.grab().isNull()


def test_the_labels_are_drawn_again_only_when_they_change(
    chart: AngleChart, dark: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[float] = []
    draw = AngleChart._draw_grid
    monkeypatch.setattr(
        AngleChart, "_draw_grid", lambda self, *given: (drawn.append(self.limit_deg), draw(self, *given))
    )
    chart.resize(300, 120)
    for peak in (5.0, 6.0, 7.0, 33.0, 34.0):
        chart.show_curves([(QPen(), np.array([[-1.0, 0.0], [0.0, peak]]))])
        chart.grab()
    assert drawn == [20.0, 40.0]
    chart.resize(320, 120)
    chart.grab()
    assert drawn == [20.0, 40.0, 40.0]
    theme.apply(dark, Theme.LIGHT)
    light = chart.grab().toImage().pixelColor(0, 0)
    theme.apply(dark, Theme.DARK)
    assert light.name() == theme.LIGHT.surface
    assert drawn == [20.0, 40.0, 40.0, 40.0]
