from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tiny_models import follows_head
from gaze_demo import clock
from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import Theme, WindowState
from gaze_demo.geometry import Array, pitch_yaw_to_vector
from gaze_demo.live.pane_id import PaneId
from gaze_demo.model.registry import read_entry
from gaze_demo.view.panels.signal_plot import SignalPlot
from gaze_demo.view.shared import theme

YAW, PITCH = 1, 2


def gaze(pitch_deg: float, yaw_deg: float) -> Array:
    return pitch_yaw_to_vector(np.radians([pitch_deg, yaw_deg]))


@pytest.fixture
def state() -> WindowState:
    return WindowState()


@pytest.fixture
def plot(dark: QApplication, qtbot: QtBot, state: WindowState) -> SignalPlot:
    widget = SignalPlot(state, CommandBook(COMMANDS))
    widget.resize(900, 170)
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def drawn(plot: SignalPlot, name: PaneId | str, column: int) -> np.ndarray:
    """The degrees of a curve."""
    pen = plot._pens[name]
    return next(rows[:, 1] for used, rows in plot.charts[column]._curves if used is pen)


def test_yaw_and_pitch_of_both_panes_and_the_truth_are_drawn(plot: SignalPlot) -> None:
    for i in range(30):
        plot.trace(PaneId.A, gaze(2.0, i / 10), gaze(3.0, 0.0))
        plot.trace(PaneId.B, gaze(-4.0, 5.0), gaze(3.0, 0.0))
    plot.refresh()
    plot.refresh()
    assert drawn(plot, PaneId.A, YAW) == pytest.approx(np.arange(30) / 10)
    assert drawn(plot, PaneId.A, PITCH) == pytest.approx(np.full(30, 2.0))
    assert drawn(plot, PaneId.B, YAW) == pytest.approx(np.full(30, 5.0))
    assert drawn(plot, "truth", PITCH) == pytest.approx(np.full(30, 3.0))


def test_large_angles_widen_the_range(plot: SignalPlot) -> None:
    for yaw in (5.0, 33.0):
        for _ in range(3):
            plot.trace(PaneId.A, gaze(0, yaw), None)
        plot.refresh()
        plot.refresh()
    assert plot.charts[YAW].limit_deg == 40.0
    assert plot.charts[PITCH].limit_deg == 20.0


def test_the_plot_is_painted_in_the_colours_of_the_theme(plot: SignalPlot, dark: QApplication, qtbot: QtBot) -> None:
    for i in range(40):
        plot._traces[PaneId.A].add(clock.now_s() - 6 + i * 0.1, gaze(0, 15.0))
    for mode, colours in ((Theme.DARK, theme.DARK), (Theme.LIGHT, theme.LIGHT)):
        theme.apply(dark, mode)
        qtbot.waitUntil(lambda: plot._pens[PaneId.A].color().name() == colours.pane_a)  # noqa: B023
        image = plot.charts[YAW].grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        wanted = QColor(colours.pane_a)
        assert any(image.pixelColor(x, y) == wanted for x in range(60, image.width(), 3) for y in range(image.height()))


def test_a_pane_out_of_sight_is_not_in_the_legend(plot: SignalPlot, state: WindowState, tmp_path: Path) -> None:
    entries = [read_entry(follows_head(tmp_path / f"{name}.onnx"), "path") for name in ("teacher", "student")]
    state.models = dict(zip(PaneId, entries, strict=True))
    assert plot._names[PaneId.A].text() == "teacher"
    assert not plot._names[PaneId.B].isHidden()
    state.two_panes = False
    assert not plot._names[PaneId.A].isHidden()
    assert plot._names[PaneId.B].isHidden()
