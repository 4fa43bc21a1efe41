from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.live.sights import seen_frame, shot, sight
from app.tiny_models import follows_head
from gaze_demo import clock
from gaze_demo.camera.frame import Truth
from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import GazePoint, WindowState
from gaze_demo.geometry import pitch_yaw_to_vector
from gaze_demo.live.pane_id import PaneId
from gaze_demo.model.registry import read_entry
from gaze_demo.observation import Reason
from gaze_demo.view.pane.pane import Pane

KNOWS_NOTHING = SimpleNamespace(report=SimpleNamespace(models={}))


@pytest.fixture
def state() -> WindowState:
    return WindowState()


@pytest.fixture
def pane(dark: QApplication, qtbot: QtBot, state: WindowState) -> Pane:
    widget = Pane(PaneId.A, state, CommandBook(COMMANDS))
    widget.resize(560, 520)
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def known_truth(pitch_deg: float, yaw_deg: float) -> Truth:
    pose = seen_frame().pose
    assert pose is not None
    gaze = pitch_yaw_to_vector(np.radians([pitch_deg, yaw_deg]))
    return Truth(pose.eyes_middle_mm + 600 * gaze, gaze, gaze, pose.left_eye_mm, pose.right_eye_mm, pose.rotation)


def test_figures_say_where_the_gaze_goes_and_how_long_the_model_took(pane: Pane) -> None:
    for i in range(20):
        pane.show_sight(sight(-4.0, 12.0, of=shot(seen_frame(i)), model_ms=2.0 if i else 50.0))
    pane.refresh()
    assert pane.preview.captions[0] == "yaw +12.0°  pitch −4.0°"
    assert pane._latency.text == "2.0 ms · p95 4.4"


def test_the_true_error_is_shown_where_the_truth_is_known(pane: Pane, state: WindowState) -> None:
    pane.show_sight(sight(0.0, 5.0))
    pane.refresh()
    assert pane.preview.captions[1] == ""
    pane.show_sight(sight(0.0, 5.0, of=shot(seen_frame(truth=known_truth(0.0, 8.0)))))
    pane.refresh()
    assert pane.preview.captions[1] == "true error 3.0°  median 3.0°"
    state.profile = KNOWS_NOTHING  # type: ignore[assignment]
    pane.refresh()
    assert pane.preview.captions[1] == "uncalibrated error 3.0°  median 3.0°"


def test_the_rate_is_that_of_painting(pane: Pane, qtbot: QtBot) -> None:
    painted_s: list[float] = []
    pane.preview.painted.connect(lambda *_: painted_s.append(clock.now_s()))
    for i in range(10):
        pane.show_sight(sight(of=shot(seen_frame(i))))
        qtbot.waitUntil(lambda: len(painted_s) > i)  # noqa: B023
    pane.refresh()
    rate = float(pane._fps.text.split()[0])
    assert rate == pytest.approx(9 / (painted_s[-1] - painted_s[0]), rel=0.3)


def test_without_a_gaze_no_angle_is_shown(pane: Pane) -> None:
    pane.show_sight(sight(1.0, 1.0))
    pane.show_sight(sight(reason=Reason.EYE_CLOSED))
    pane.refresh()
    assert pane.preview.captions[0] == ""


def test_another_model_brings_its_own_figures(pane: Pane, state: WindowState, tmp_path: Path) -> None:
    entry = read_entry(follows_head(tmp_path / "tiny.onnx", parameters=348_112, macs=41_500_000), "path")
    pane.show_sight(sight())
    state.entries = (entry,)
    state.models = {PaneId.A: entry, PaneId.B: None}
    assert (pane._parameters.text, pane._macs.text) == ("348 k", "41.5 M")
    assert pane._latency.text == "– ms · p95 –"
    assert pane.chooser.currentText() == "tiny"


def test_once_calibrated_the_pane_tells_the_point_its_accuracy_and_its_grade(
    pane: Pane, state: WindowState, tmp_path: Path
) -> None:
    entry = read_entry(follows_head(tmp_path / "tiny.onnx"), "path")
    state.entries = (entry,)
    state.models = {PaneId.A: entry, PaneId.B: None}
    judged = SimpleNamespace(accuracy_deg=1.24, grade="good")
    state.profile = SimpleNamespace(report=SimpleNamespace(models={"tiny": judged}))  # type: ignore[assignment]
    state.points = {PaneId.A: GazePoint(812.3, 430.0)}
    pane.show_sight(sight(0.0, 5.0))
    pane.refresh()
    assert pane.preview.captions == ("x 812  y 430 px", "1.2° off  good")
    state.raw = True
    assert pane.preview.captions[0].startswith("yaw")
