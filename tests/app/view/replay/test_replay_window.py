from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot
from rich.console import Console

from app.session.samples import RUN, recorded, samples
from gaze_demo.areas.areas import load_areas
from gaze_demo.errors import UserError
from gaze_demo.live.pane_id import PaneId
from gaze_demo.replay import ReplayOptions, replay
from gaze_demo.session.folder import load_session
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.view.app import App
from gaze_demo.view.areas.areas_window import AreasWindow
from gaze_demo.view.replay.replay_window import ReplayWindow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four seconds of two models with two markers."""
    recorder = SessionRecorder(Recording(tmp_path / "sitting", live=False))
    recorder.open(RUN)
    for one in samples(121):
        recorder.write(one)
    recorder.marker("light on", 101.0)
    recorder.marker("light off", 103.0)
    recorder.close()
    return tmp_path / "sitting"


@pytest.fixture
def window(folder: Path, qtbot: QtBot) -> ReplayWindow:
    window = ReplayWindow(load_session(folder))
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


def test_both_models_show_the_recorded_gaze_of_the_moment(window: ReplayWindow) -> None:
    window.replay.seek(1.0)
    assert window.panes[PaneId.A].text == "yaw +2.0°  pitch +3.0°"
    assert window.panes[PaneId.B].text == "yaw +2.0°  pitch +4.0°"
    window.choosers[PaneId.B].setCurrentIndex(0)
    assert window.panes[PaneId.B].text == "yaw +2.0°  pitch +3.0°"
    window.replay.seek(0.3)
    assert window.panes[PaneId.A].text == "No face found. Look towards the camera, with light on your face."


def test_events_are_found_and_lost_stretches_are_among_them(window: ReplayWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.events is not None)
    assert window.events is not None
    assert "lost" in {event.kind for event in window.events}


def test_then_is_shown_beside_now(folder: Path, tmp_path: Path, qtbot: QtBot) -> None:
    replay(ReplayOptions(folder, tmp_path / "now", filter_strength=1.0), Console(quiet=True))
    window = ReplayWindow(load_session(folder), load_session(tmp_path / "now"))
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(window)
    assert [window.choosers[pane].currentText() for pane in PaneId] == ["a", "a (now)"]
    assert window.choosers[PaneId.A].count() == 4
    window.replay.seek(1.0)
    assert window.panes[PaneId.A].text == window.panes[PaneId.B].text == "yaw +2.0°  pitch +3.0°"


def test_another_recording_cannot_be_compared(folder: Path, tmp_path: Path) -> None:
    other = load_session(recorded(tmp_path / "other", 5, live=True).folder)
    with pytest.raises(UserError, match="was not made from"):
        ReplayWindow(load_session(folder), other)


def test_areas_are_drawn_on_the_sessions_screen_and_kept_with_it(window: ReplayWindow, folder: Path) -> None:
    window.areas.click()
    (drawing,) = window.findChildren(AreasWindow)
    assert drawing.canvas.screen_px == (1920, 1080)
    drawing.canvas.drawn.emit((100.0, 80.0, 300.0, 120.0))
    assert drawing.write()
    assert load_areas(folder / "areas.json")[0].rect == (100, 80, 300, 120)
    drawing.close()


def test_space_plays_and_marks_are_jumped_to_by_key(window: ReplayWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert window.replay.state.position_s == pytest.approx(1.0)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.replay.state.playing
    qtbot.waitUntil(lambda: window.replay.state.position_s > 1.2)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert not window.replay.state.playing


def test_a_click_on_the_time_line_goes_there_and_the_wheel_s_zoom_keeps_the_place(
    window: ReplayWindow, qtbot: QtBot
) -> None:
    line = window.line
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(58 + (line.width() - 70) // 2, line.height() // 2))
    assert window.replay.state.position_s == pytest.approx(2.0, abs=0.05)
    line.zoom(0.5, 1.0)
    assert np.allclose(line.span_s, (0.5, 2.5), atol=0.01)
    line.zoom(100.0, 1.0)
    assert line.span_s == (0.0, window.replay.duration_s)


def test_a_folder_that_is_dropped_on_the_window_is_replayed(
    start: Callable[..., App], folder: Path, qtbot: QtBot
) -> None:
    app = start()
    app.desk.commands.run("open-path", str(folder))
    qtbot.waitUntil(lambda: app.replay.shown is not None)
    assert app.replay.shown is not None
    assert app.replay.shown.isVisible()
    assert app.state.source_spec == "cam"
    app.replay.shown.close()


def test_a_folder_that_is_no_recording_is_told(start: Callable[..., App], tmp_path: Path, qtbot: QtBot) -> None:
    app = start()
    (tmp_path / "session.json").write_text("{}")
    app.desk.commands.run("open-path", str(tmp_path))
    qtbot.waitUntil(lambda: "session.json" in app.notices.text)
