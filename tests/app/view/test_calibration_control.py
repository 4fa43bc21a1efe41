"""Calibrating from the window: a made-up camera, tiny models, everything else as it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import onnx
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tiny_models import follows_head
from app.view.workers.fakes import FakeObserver, FakeSource
from gaze_demo import observer, paths
from gaze_demo.calibration.calibrate import Calibration
from gaze_demo.calibration.profile import list_profiles, profile_path, samples_path, save_profile
from gaze_demo.calibration.session_file import load_session
from gaze_demo.calibration.sitting import Timing
from gaze_demo.camera import devices, open
from gaze_demo.camera.faults import unplugged
from gaze_demo.model import registry
from gaze_demo.options import WindowOptions
from gaze_demo.view.app import App
from gaze_demo.view.qt import application
from gaze_demo.view.settings import Settings
from gaze_demo.view.trouble import TroubleRelay

Start = Callable[..., App]
_QUICK = Timing(travel_s=0.0, settle_s=0.0, look_s=0.3, longest_s=0.9, repeats=1)


@pytest.fixture
def start(
    store: Callable[[], Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> Iterator[Start]:
    folder = tmp_path / "models"
    folder.mkdir()
    follows_head(folder / "big.onnx", role="teacher")
    follows_head(folder / "mobilenet25.onnx", role="student")
    monkeypatch.setattr(paths, "models", lambda: folder)
    monkeypatch.setattr(open, "open_source", lambda spec, options: FakeSource(live=spec == "cam"))
    monkeypatch.setattr(devices, "list_cameras", list)
    monkeypatch.setattr(observer, "Observer", FakeObserver)
    running: list[App] = []

    def start(source: str = "cam", **options: object) -> App:
        app = App(application(), WindowOptions(source=source, **options), store(), TroubleRelay())  # type: ignore[arg-type]
        running.append(app)
        app.calibration.timing = _QUICK
        app.window.resize(1280, 800)
        app.start()
        qtbot.waitUntil(lambda: bool(app.models.entries) and "left" in app.live.seen, timeout=20000)
        return app

    yield start
    for app in running:
        app.window.close()
        app.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def calibrate(app: App, qtbot: QtBot, name: str = "Ada") -> None:
    app.calibration.calibrate()
    screen = app.calibration.screen
    assert screen is not None
    qtbot.waitUntil(screen.checks.button.isEnabled, timeout=10000)
    screen.checks.name.setText(name)
    screen.checks.layouts.setCurrentIndex(0)
    with qtbot.waitSignal(app.calibration.calibrated, timeout=60000):
        screen.checks.button.click()


def test_all_models_are_calibrated_from_one_sitting_and_the_profile_is_kept(start: Start, qtbot: QtBot) -> None:
    app = start()
    calibrate(app, qtbot)
    assert app.calibration.screen is None
    assert app.calibration.results is not None
    assert app.calibration.results.isVisible()
    assert app.gaze.profile is not None
    assert set(app.gaze.profile.mappings) == {"big", "mobilenet25"}
    assert app.gaze.profile.report.validation_targets == 5
    qtbot.waitUntil(lambda: bool(list_profiles()[0]), timeout=10000)
    qtbot.waitUntil(lambda: app.gaze.map.words.text() == "Calibrated for Ada", timeout=10000)
    assert (app.engine.wishes.paused, app.engine.wishes.held) == (False, False)


def test_the_profile_is_there_after_a_restart_and_a_later_model_is_added_from_its_samples(
    start: Start, qtbot: QtBot
) -> None:
    app = start()
    calibrate(app, qtbot)
    assert app.gaze.profile is not None
    samples = samples_path(app.gaze.profile)
    qtbot.waitUntil(lambda: samples.is_file() and samples.stat().st_size > 100_000, timeout=10000)
    app.window.close()
    follows_head(paths.models() / "later.onnx")
    (paths.models() / "big.onnx").unlink()  # what was calibrated stays so, at hand or not
    again = start()
    qtbot.waitUntil(lambda: again.gaze.profile is not None, timeout=10000)
    assert again.gaze.profile is not None
    assert again.gaze.profile.name == "Ada"
    with qtbot.waitSignal(again.gaze.profile_changed, timeout=30000):
        again.window.menus.actions["add_models"].trigger()
    assert set(again.gaze.profile.mappings) == {"big", "later", "mobilenet25"}


def test_escape_leaves_the_calibration_and_everything_as_it_was(start: Start, qtbot: QtBot) -> None:
    app = start()
    app.window.menus.actions["calibrate"].trigger()
    screen = app.calibration.screen
    assert screen is not None
    qtbot.waitUntil(screen.checks.button.isEnabled, timeout=10000)
    screen.checks.button.click()
    qtbot.waitUntil(lambda: screen.targets.dot is not None, timeout=5000)
    qtbot.keyClick(screen, Qt.Key.Key_Escape)
    assert app.calibration.screen is None
    assert app.gaze.profile is None
    app.live.seen.clear()
    qtbot.waitUntil(lambda: app.live.seen == {"left", "right"}, timeout=10000)


def test_a_calibration_that_the_window_manager_closes_is_cancelled(start: Start, qtbot: QtBot) -> None:
    app = start()
    app.calibration.calibrate()
    assert app.calibration.screen is not None
    app.calibration.screen.close()
    assert app.calibration.screen is None
    app.calibration.calibrate()
    assert app.calibration.screen is not None
    assert app.calibration.screen.isVisible()


def test_what_is_held_goes_on_for_a_calibration_and_the_overlay_does_not_distract(start: Start, qtbot: QtBot) -> None:
    app = start()
    app.window.menus.check("hold", True)
    app.window.menus.check("overlay", True)
    app.calibration.calibrate()
    screen, overlay = app.calibration.screen, app.gaze.overlay
    assert screen is not None
    assert overlay is not None
    assert not overlay.isVisible()
    qtbot.waitUntil(screen.checks.button.isEnabled, timeout=10000)
    app.calibration.cancel()
    assert overlay.isVisible()


def test_a_calibration_that_the_camera_left_changes_nothing(start: Start, qtbot: QtBot) -> None:
    app = start()
    calibrate(app, qtbot)
    before = app.gaze.profile
    assert before is not None
    qtbot.waitUntil(lambda: profile_path(before).is_file(), timeout=10000)
    app.calibration.calibrate()
    screen = app.calibration.screen
    assert screen is not None
    qtbot.waitUntil(screen.checks.button.isEnabled, timeout=10000)
    screen.checks.name.setText("Ada")
    screen.checks.layouts.setCurrentIndex(0)
    screen.checks.button.click()
    qtbot.waitUntil(lambda: app.calibration._sitting is not None and len(app.calibration._sitting.fixations) >= 2)
    source = app.engine.source
    assert isinstance(source, FakeSource)
    source.fault = unplugged(source.name)
    qtbot.waitUntil(lambda: app.calibration.screen is None, timeout=60000)
    assert "was unplugged" in app.window.notice.text
    assert app.gaze.profile is before
    assert list_profiles()[0] == [before]


@pytest.mark.fault("no dot of a calibration is left to judge by", "one sentence; the old profile is kept")
def test_a_calibration_of_which_no_dot_was_left_to_judge_by_changes_nothing(start: Start, qtbot: QtBot) -> None:
    app = start()
    calibrate(app, qtbot)
    before = app.gaze.profile
    assert before is not None
    samples = samples_path(before)
    qtbot.waitUntil(samples.is_file, timeout=10000)
    app.calibration.calibrate()
    app.calibration._session = load_session(samples)
    unjudged = before.report.model_copy(update={"validation_targets": 0})
    app.calibration._finish(Calibration(before.mappings, unjudged, before.hull))
    assert app.calibration.screen is None
    assert "not finished" in app.window.notice.text
    assert app.gaze.profile is before


@pytest.mark.fault("the camera is lost before the dots", "the calibration waits for it")
def test_before_the_dots_a_lost_camera_is_waited_for(start: Start, qtbot: QtBot) -> None:
    app = start()
    app.calibration.calibrate()
    screen, source = app.calibration.screen, app.engine.source
    assert screen is not None
    assert isinstance(source, FakeSource)
    qtbot.waitUntil(screen.checks.button.isEnabled, timeout=10000)
    source.fault = unplugged(source.name)
    qtbot.waitUntil(lambda: not screen.checks.button.isEnabled(), timeout=10000)
    assert "Waiting" in screen.checks.hint.text()
    source.fault = None
    qtbot.waitUntil(screen.checks.button.isEnabled, timeout=10000)


@pytest.mark.fault("one of several added models is damaged", "the others are added; one sentence names it")
def test_a_model_that_cannot_be_loaded_keeps_no_other_from_being_added(start: Start, qtbot: QtBot) -> None:
    app = start()
    calibrate(app, qtbot)
    profile = app.gaze.profile
    assert profile is not None
    samples = samples_path(profile)
    qtbot.waitUntil(samples.is_file, timeout=10000)
    follows_head(paths.models() / "later.onnx")
    broken = onnx.load(follows_head(paths.models() / "broken.onnx"))
    broken.graph.node[0].op_type = "NoSuchOp"
    onnx.save(broken, paths.models() / "broken.onnx")
    app.models.look()
    qtbot.waitUntil(lambda: len(app.models.entries) == 4, timeout=10000)
    with qtbot.waitSignal(app.gaze.profile_changed, timeout=30000):
        app.window.menus.actions["add_models"].trigger()
    assert set(app.gaze.profile.mappings) == {"big", "later", "mobilenet25"}
    qtbot.waitUntil(lambda: "broken.onnx" in app.window.notice.text, timeout=5000)


def test_a_recorded_film_cannot_be_calibrated_and_the_remedy_is_named(start: Start, qtbot: QtBot) -> None:
    app = start("film")
    app.calibration.calibrate()
    assert app.calibration.screen is None
    assert "choose a camera" in app.window.notice._label.text()


def test_the_window_can_begin_with_a_calibration_however_late_the_models_are(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = registry.scan_models

    def slowly() -> registry.Models:
        time.sleep(1.0)
        return scan()

    monkeypatch.setattr(registry, "scan_models", slowly)
    app = start(calibrate=True)
    qtbot.waitUntil(lambda: app.calibration.screen is not None, timeout=10000)


def test_without_a_profile_the_plain_geometry_is_shown_and_said(start: Start, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: "left" in app.gaze.map.glass.points, timeout=10000)
    assert "Not calibrated" in app.gaze.map.words.text()
    assert not app.window.menus.actions["report"].isEnabled()


def test_recentring_moves_the_gaze_to_the_dot(start: Start, qtbot: QtBot) -> None:
    app = start()
    app.window.menus.actions["recentre"].trigger()
    qtbot.waitUntil(lambda: app.window.notice._label.text().startswith("Recentred"), timeout=15000)
    screen = app.gaze.geometry
    app.gaze.map.glass.points.clear()
    qtbot.waitUntil(lambda: "left" in app.gaze.map.glass.points, timeout=10000)
    point = app.gaze.map.glass.points["left"]
    assert point.x_px == pytest.approx(screen.width_px / 2, abs=5)
    assert point.y_px == pytest.approx(screen.height_px / 2, abs=5)


def test_a_profile_of_another_camera_is_set_aside_until_that_camera_is_back(start: Start, qtbot: QtBot) -> None:
    app = start()
    calibrate(app, qtbot)
    profile = app.gaze.profile
    assert profile is not None
    elsewhere = profile.camera.model_copy(update={"name": "Another camera"})
    other = profile.model_copy(update={"name": "Bob", "camera": elsewhere})
    app.gaze.use(other)
    qtbot.waitUntil(lambda: "'Another camera'" in app.window.notice._label.text(), timeout=10000)
    assert app.gaze.profile is None
    assert app.calibration.profiles.name == "Bob"
    with qtbot.waitSignal(app.gaze.profile_changed):
        app.source.opening.emit()
    assert app.gaze.profile is other
    qtbot.waitUntil(lambda: app.gaze.profile is None, timeout=10000)


def test_a_profile_of_another_camera_that_was_chosen_by_hand_stays(start: Start, qtbot: QtBot) -> None:
    app = start()
    calibrate(app, qtbot)
    profile = app.gaze.profile
    assert profile is not None
    qtbot.waitUntil(lambda: profile_path(profile).is_file(), timeout=10000)
    elsewhere = profile.camera.model_copy(update={"name": "Another camera"})
    save_profile(profile.model_copy(update={"name": "Bob", "camera": elsewhere}))
    menu = app.calibration.profiles
    menu.fill()
    next(action for action in menu.menu.actions() if action.text().startswith("Bob")).trigger()
    qtbot.waitUntil(lambda: "may not hold" in app.window.notice._label.text(), timeout=10000)
    assert app.gaze.profile is not None
    assert app.gaze.profile.name == "Bob"
    menu.fill()
    menu.menu.actions()[-1].trigger()  # plain geometry
    assert app.gaze.profile is None
    assert menu.name == ""


def test_the_same_persons_profile_for_this_camera_is_used_where_there_is_one(start: Start, qtbot: QtBot) -> None:
    app = start()
    calibrate(app, qtbot)
    profile = app.gaze.profile
    assert profile is not None
    qtbot.waitUntil(lambda: profile_path(profile).is_file(), timeout=10000)
    elsewhere = profile.camera.model_copy(update={"name": "Another camera"})
    other = profile.model_copy(update={"camera": elsewhere, "created": "2999-01-01T00:00:00Z"})
    save_profile(other)
    app.gaze.use(other)
    qtbot.waitUntil(lambda: app.gaze.profile is not other, timeout=10000)
    assert app.gaze.profile is not None
    assert app.gaze.profile.camera == profile.camera
    assert "may not hold" not in app.window.notice._label.text()


def test_a_model_that_the_profile_knows_nothing_of_is_explained_once(start: Start, qtbot: QtBot) -> None:
    app = start()
    calibrate(app, qtbot)
    profile = app.gaze.profile
    assert profile is not None
    app.gaze.use(profile.model_copy(update={"mappings": {}}))
    qtbot.waitUntil(lambda: "knows nothing of" in app.window.notice._label.text(), timeout=10000)
    assert app.gaze.profile is not None
    assert app.gaze.profile.mappings == {}


def test_a_click_on_another_monitor_teaches_nothing(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = start()
    calibrate(app, qtbot)
    qtbot.waitUntil(lambda: "left" in app.gaze.map.glass.points, timeout=10000)
    point = app.gaze.map.glass.points["left"]
    monkeypatch.setattr(QApplication, "screenAt", lambda position: None)
    assert app.gaze.teach(QPoint(round(point.x_px), round(point.y_px))) == 0


def test_clicks_teach_only_when_asked_for(start: Start, qtbot: QtBot) -> None:
    app = start()
    calibrate(app, qtbot)
    qtbot.waitUntil(lambda: "left" in app.gaze.map.glass.points, timeout=10000)
    point = app.gaze.map.glass.points["left"]
    near = QPoint(round(point.x_px) + 20, round(point.y_px))
    taught: list[QPoint] = []
    app.gaze.teach = taught.append  # type: ignore[method-assign, assignment]
    qtbot.mouseClick(app.window.panes["left"], Qt.MouseButton.LeftButton)
    assert not taught
    app.window.menus.check("teach", True)
    qtbot.mouseClick(app.window.windowHandle(), Qt.MouseButton.LeftButton, pos=near)
    assert len(taught) == 1


def test_the_overlay_shows_both_panes_gaze_and_goes_with_its_menu_entry(start: Start, qtbot: QtBot) -> None:
    app = start()
    app.window.menus.check("overlay", True)
    overlay = app.gaze.overlay
    assert overlay is not None
    qtbot.waitUntil(lambda: set(overlay.points) == {"left", "right"}, timeout=10000)
    app.window.menus.check("overlay", False)
    assert app.gaze.overlay is None
