from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo import clock
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
    """The degrees of a curve."""
    pen = plot._pens[name]
    return next(rows[:, 1] for used, rows in plot.charts[column]._curves if used is pen)


def test_yaw_and_pitch_of_both_panes_and_the_truth_are_drawn(plot: SignalPlot) -> None:
    for i in range(30):
        plot.add("left", gaze(2.0, i / 10), gaze(3.0, 0.0))
        plot.add("right", gaze(-4.0, 5.0), gaze(3.0, 0.0))
    plot.refresh()
    plot.refresh()
    assert drawn(plot, "left", YAW) == pytest.approx(np.arange(30) / 10)
    assert drawn(plot, "left", PITCH) == pytest.approx(np.full(30, 2.0))
    assert drawn(plot, "right", YAW) == pytest.approx(np.full(30, 5.0))
    assert drawn(plot, "truth", PITCH) == pytest.approx(np.full(30, 3.0))


def test_large_angles_widen_the_range(plot: SignalPlot) -> None:
    for yaw in (5.0, 33.0):
        for _ in range(3):
            plot.add("left", gaze(0, yaw), None)
        plot.refresh()
        plot.refresh()
    assert plot.charts[YAW].limit_deg == 40.0
    assert plot.charts[PITCH].limit_deg == 20.0


def test_the_plot_is_painted_in_the_colours_of_the_theme(plot: SignalPlot, dark: QApplication, qtbot: QtBot) -> None:
    plot.show_names("a", "b")
    for i in range(40):
        plot._traces["left"].add(clock.now_s() - 6 + i * 0.1, gaze(0, 15.0))
    for mode, colours in ((theme.Mode.DARK, theme.DARK), (theme.Mode.LIGHT, theme.LIGHT)):
        theme.apply(dark, mode)
        qtbot.waitUntil(lambda: plot._pens["left"].color().name() == colours.left)  # noqa: B023
        image = plot.charts[YAW].grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        wanted = QColor(colours.left)
        assert any(image.pixelColor(x, y) == wanted for x in range(60, image.width(), 3) for y in range(image.height()))


def test_a_pane_out_of_sight_is_not_in_the_legend(plot: SignalPlot) -> None:
    plot.show_names("teacher", "student")
    plot.show_sides(("left",))
    assert not plot._names["left"].isHidden()
    assert plot._names["right"].isHidden()
