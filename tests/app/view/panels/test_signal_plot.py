from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.geometry import Array, pitch_yaw_to_vector
from gaze_demo.view import theme
from gaze_demo.view.panels.signal_plot import SignalPlot

YAW, PITCH = 1, 2


def gaze(pitch_deg: float, yaw_deg: float) -> Array:
    return pitch_yaw_to_vector(np.radians([pitch_deg, yaw_deg]))


@pytest.fixture
def plot(dark: QApplication, qtbot: QtBot) -> SignalPlot:
    widget = SignalPlot()
    widget.resize(900, 170)
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def drawn(plot: SignalPlot, name: str, column: int) -> np.ndarray:
    return np.asarray(plot._curves[name, column].yData)


def build(plot: SignalPlot, qtbot: QtBot) -> None:
    with qtbot.waitSignal(plot.built):
        plot.build()


def test_yaw_and_pitch_of_both_panes_and_the_truth_are_drawn(plot: SignalPlot, qtbot: QtBot) -> None:
    build(plot, qtbot)
    for i in range(30):
        plot.add("left", gaze(2.0, i / 10), gaze(3.0, 0.0))
        plot.add("right", gaze(-4.0, 5.0), gaze(3.0, 0.0))
    plot.refresh()
    plot.refresh()
    assert drawn(plot, "left", YAW) == pytest.approx(np.arange(30) / 10)
    assert drawn(plot, "left", PITCH) == pytest.approx(np.full(30, 2.0))
    assert drawn(plot, "right", YAW) == pytest.approx(np.full(30, 5.0))
    assert drawn(plot, "truth", PITCH) == pytest.approx(np.full(30, 3.0))


def test_gazes_that_came_before_the_plot_was_loaded_are_not_lost(plot: SignalPlot, qtbot: QtBot) -> None:
    for _ in range(5):
        plot.add("left", gaze(0, 7.0), None)
    plot.refresh()  # nothing to draw on yet
    build(plot, qtbot)
    for _ in range(2):
        plot.refresh()
    assert drawn(plot, "left", YAW) == pytest.approx(np.full(5, 7.0))


def test_large_angles_widen_the_range(plot: SignalPlot, qtbot: QtBot) -> None:
    build(plot, qtbot)
    for _ in range(3):
        plot.add("left", gaze(0, 33.0), None)
        plot.refresh()
    plot.refresh()
    (low, high) = plot._plots[YAW].viewRange()[1]
    assert (low, high) == pytest.approx((-40, 40))


def test_a_change_of_theme_changes_the_plot(plot: SignalPlot, dark: QApplication, qtbot: QtBot) -> None:
    build(plot, qtbot)
    plot.show_names("a", "b")
    before = plot._curves["left", YAW].opts["pen"].color().name()
    theme.apply(dark, theme.Mode.LIGHT)
    qtbot.waitUntil(lambda: plot._curves["left", YAW].opts["pen"].color().name() == theme.LIGHT.left)
    assert before == theme.DARK.left


def test_a_pane_out_of_sight_is_not_in_the_legend(plot: SignalPlot) -> None:
    plot.show_names("teacher", "student")
    plot.show_sides(("left",))
    assert not plot._names["left"].isHidden()
    assert plot._names["right"].isHidden()
