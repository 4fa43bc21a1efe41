from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.geometry import Array, pitch_yaw_to_vector
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.panels.agreement import Agreement


@pytest.fixture
def agreement(dark: QApplication, qtbot: QtBot) -> Agreement:
    widget = Agreement(WindowState(), CommandBook(COMMANDS))
    qtbot.addWidget(widget)
    return widget


def gaze(yaw_deg: float) -> Array:
    return pitch_yaw_to_vector(np.radians([0.0, yaw_deg]))


def test_gazes_are_compared_on_the_same_frame(agreement: Agreement) -> None:
    for index in range(5):  # the left model is two frames ahead
        agreement.compare(PaneId.A, index, gaze(index))
    agreement.compare(PaneId.B, 2, gaze(10.0))
    assert agreement.angle_deg == pytest.approx(8.0)


def test_frames_that_one_model_left_out_are_left_out(agreement: Agreement) -> None:
    agreement.compare(PaneId.A, 1, gaze(0.0))
    agreement.compare(PaneId.B, 2, gaze(30.0))
    agreement.compare(PaneId.B, 1, None)
    assert agreement.angle_deg is None


def test_figures_tell_now_median_and_spread(agreement: Agreement) -> None:
    for index, yaw in enumerate((1.0, 2.0, 9.0)):
        agreement.compare(PaneId.A, index, gaze(0.0))
        agreement.compare(PaneId.B, index, gaze(yaw))
    agreement.refresh()
    assert (agreement._now.text, agreement._median.text, agreement._p95.text) == ("9.0°", "2.0°", "8.3°")
    assert not agreement.grab().isNull()


def test_what_waits_for_a_model_that_never_answers_is_bounded(agreement: Agreement) -> None:
    for index in range(1000):
        agreement.compare(PaneId.A, index, gaze(0.0))
    assert sum(len(waiting) for waiting in agreement._waiting.values()) < 100
