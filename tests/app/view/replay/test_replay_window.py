from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from rich.console import Console

from app.session.samples import RUN, recorded, samples
from gaze_demo.areas.areas import load_areas
from gaze_demo.camera.open import SourceOptions
from gaze_demo.errors import UserError
from gaze_demo.live.pane_id import PaneId
from gaze_demo.participant.participant import desk_screen
from gaze_demo.participant.path import ScreenPath
from gaze_demo.record import RecordOptions, record
from gaze_demo.replay import ReplayOptions, replay
from gaze_demo.session.film import film_session
from gaze_demo.session.folder import Session, load_about, load_session
from gaze_demo.session.names import ABOUT, EVENTS
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.view.app import App
from gaze_demo.view.areas.areas_window import AreasWindow
from gaze_demo.view.pane.image_map import ImageMap
from gaze_demo.view.replay.replay_window import ReplayWindow
from gaze_demo.view.shared import theme


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


def choose(window: ReplayWindow, pane: PaneId, model: str = "", calibration: str = "", filtering: str = "") -> None:
    """Choose the items that begin with these words, as with the arrow keys."""
    choosers = window.choosers[pane]
    for box, words in ((choosers.model, model), (choosers.calibration, calibration), (choosers.filter, filtering)):
        if not words:
            continue
        wanted = next(i for i in range(box.count()) if box.itemText(i).startswith(words))
        while box.currentIndex() != wanted:
            QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < wanted else Qt.Key.Key_Up)


def computed(window: ReplayWindow) -> bool:
    """As far as the window has taken it over, so that the panes show it too."""
    assert all(track.problem == "" for track in window.tracks.values())
    return all(track.share == 1.0 for track in window.tracks.values())


@pytest.fixture(scope="module")
def with_eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eleven seconds of the virtual participant with kept eyes; markers say where it looked."""
    folder = tmp_path_factory.mktemp("kept") / "eyes"
    source = SourceOptions(real_time=False)
    options = RecordOptions("virtual:path", folder, ("mobilenet12",), keep="crops", source_options=source)
    record(replace(options, duration_s=11.0), Console(quiet=True))
    screen, path = desk_screen(), ScreenPath(0)
    about = load_about(folder)
    (folder / ABOUT).write_text(about.model_copy(update={"screen": screen}).to_json())
    start_s = about.clock.start_s
    with (folder / EVENTS).open("a") as events:
        for i in range(9):
            x, y = path.at(1.1 * i + 0.1) * (screen.width_px, screen.height_px)
            mark = {"time_s": start_s + 1.1 * i, "kind": "marker", "text": f"target {x:.0f} {y:.0f}"}
            events.write(json.dumps(mark) + "\n")
        events.write(json.dumps({"time_s": start_s + 9.9, "kind": "marker", "text": "target end"}) + "\n")
    return folder


def shown(session: Session, qtbot: QtBot) -> ReplayWindow:
    window = ReplayWindow(session)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: window.offered, timeout=30_000)
    return window


def test_another_model_is_run_in_the_window_and_equals_a_replay_to_the_last_bit(
    with_eyes: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = shown(load_session(with_eyes), qtbot)
    window.replay.seek(8.0)
    choose(window, PaneId.B, model="mobilenet25, run now", filtering="Filter strength 0.5")
    qtbot.waitUntil(lambda: computed(window), timeout=50_000)
    again = replay(ReplayOptions(with_eyes, tmp_path / "now", ("mobilenet25",)), Console(quiet=True)).trace()
    now = window.tracks[PaneId.B].trace
    assert np.array_equal(now.gaze, again.gaze, equal_nan=True)
    assert list(now.reason) == list(again.reason)
    assert window.tracks[PaneId.A] is window.replay.tracks["mobilenet12"]
    assert "yaw" in window.panes[PaneId.B].text
    window.close()


def test_a_calibration_is_fitted_to_the_marked_targets_in_each_pane(with_eyes: Path, qtbot: QtBot) -> None:
    window = shown(load_session(with_eyes), qtbot)
    choose(window, PaneId.A, calibration="Fitted to the 9")
    choose(window, PaneId.B, model="mobilenet12, run now", calibration="Fitted to the 9", filtering="One Euro")
    qtbot.waitUntil(lambda: computed(window), timeout=50_000)
    window.replay.seek(0.9)
    x, y = ScreenPath(0).at(0.9) * (desk_screen().width_px, desk_screen().height_px)
    for pane in PaneId:
        track = window.tracks[pane]
        row = track.row_at(0.9)
        assert row is not None
        assert np.linalg.norm(track.point_px[row] - (x, y)) < 150
        assert "point" in window.panes[pane].text
    QTest.keyClick(window.quantity, Qt.Key.Key_Down)
    assert window.line.points
    window.close()


def test_a_choice_that_was_made_before_is_there_at_once(with_eyes: Path, qtbot: QtBot) -> None:
    window = shown(load_session(with_eyes), qtbot)
    choose(window, PaneId.B, filtering="One Euro")
    qtbot.waitUntil(lambda: computed(window), timeout=50_000)
    first = window.tracks[PaneId.B]
    choose(window, PaneId.B, filtering="No filter")
    assert window.tracks[PaneId.B] is window.tracks[PaneId.A]
    choose(window, PaneId.B, filtering="One Euro")
    assert window.tracks[PaneId.B] is first
    window.close()


def test_without_pictures_the_window_says_why_no_model_can_be_run(window: ReplayWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.offered, timeout=30_000)
    assert any("kept no pictures" in label.text() for label in window.findChildren(QLabel))
    assert [window.choosers[PaneId.A].model.itemText(i) for i in range(2)] == ["a, as recorded", "b, as recorded"]
    assert window.choosers[PaneId.A].model.count() == 2
    choose(window, PaneId.B, model="a", filtering="Filter strength 1")
    qtbot.waitUntil(lambda: computed(window), timeout=30_000)
    window.replay.seek(1.0)
    assert window.panes[PaneId.A].text == "yaw +2.0°  pitch +3.0°   point 300, 500 px"
    assert "yaw" in window.panes[PaneId.B].text


def test_a_model_that_needs_more_than_was_kept_says_so_in_its_pane(with_eyes: Path, qtbot: QtBot) -> None:
    window = shown(load_session(with_eyes), qtbot)
    choose(window, PaneId.B, model="gaze-estimation-adas-0002, run now")
    qtbot.waitUntil(lambda: "needs a larger part of the picture" in window.panes[PaneId.B].text, timeout=30_000)
    window.close()


def test_any_film_is_opened_and_run_through_two_models(tmp_path: Path, qtbot: QtBot) -> None:
    film = tmp_path / "film.mp4"
    source = SourceOptions(real_time=False)
    options = RecordOptions("virtual:path", tmp_path / "s", keep="video", duration_s=1.0, source_options=source)
    record(options, Console(quiet=True))
    (tmp_path / "s" / "video.mp4").rename(film)
    window = shown(film_session(film), qtbot)
    assert [window.choosers[pane].model.currentText() for pane in PaneId] == ["teacher", "mobilenet25"]
    assert window.replay.duration_s == pytest.approx(29 / 30, abs=0.02)
    qtbot.waitUntil(lambda: computed(window), timeout=50_000)
    assert all(track.trace.valid.mean() > 0.7 for track in window.tracks.values())
    film_px = ImageMap.fitting(640, 480, QRectF(window.panes[PaneId.A].rect()), mirrored=False)
    corner = film_px.rect.bottomLeft().toPoint() + QPoint(4, -4)
    first = window.panes[PaneId.A].grab().toImage().pixelColor(corner)
    assert first != QColor(theme.colours().stage)
    window.close()


def test_a_kept_video_is_shown_instead_of_a_drawn_head(tmp_path: Path, qtbot: QtBot) -> None:
    source = SourceOptions(real_time=False)
    options = RecordOptions("virtual:path", tmp_path / "s", keep="video", duration_s=1.0, source_options=source)
    record(options, Console(quiet=True))
    window = shown(load_session(tmp_path / "s"), qtbot)
    pictures: list[QImage] = []
    pane = window.panes[PaneId.B]
    pane.show_picture = pictures.append  # type: ignore[method-assign]
    window.replay.seek(0.5)
    qtbot.waitUntil(lambda: bool(pictures))
    assert (pictures[-1].width(), pictures[-1].height()) == (640, 480)
    window.close()


def test_both_models_show_the_recorded_gaze_of_the_moment(window: ReplayWindow) -> None:
    window.replay.seek(1.0)
    assert window.panes[PaneId.A].text == "yaw +2.0°  pitch +3.0°   point 300, 500 px"
    assert window.panes[PaneId.B].text == "yaw +2.0°  pitch +4.0°   point 301, 500 px"
    choose(window, PaneId.B, model="a")
    assert window.panes[PaneId.B].text == "yaw +2.0°  pitch +3.0°   point 300, 500 px"
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
    texts = [window.choosers[pane].model.currentText() for pane in PaneId]
    assert texts == ["a, as recorded", "a (now), as recorded"]
    assert window.choosers[PaneId.A].model.count() == 4
    assert not window.choosers[PaneId.B].calibration.isEnabled()
    window.replay.seek(1.0)
    assert all(window.panes[pane].text.startswith("yaw +2.0°  pitch +3.0°") for pane in PaneId)


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
