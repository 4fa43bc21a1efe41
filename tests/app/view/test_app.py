"""The whole window, driven as a user does: tiny models, and sources made by hand."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from app.tiny_models import follows_head
from app.view.workers.fakes import FakeObserver, FakeSource
from gaze_demo import observer, paths
from gaze_demo.camera import devices, open, virtual_process
from gaze_demo.camera.source import SourceError
from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.model.session import GazeModel
from gaze_demo.observation import Observation
from gaze_demo.options import WindowOptions
from gaze_demo.view import theme
from gaze_demo.view.app import App
from gaze_demo.view.notice_bar import Level
from gaze_demo.view.qt import application
from gaze_demo.view.settings import Settings
from gaze_demo.view.trouble import TroubleRelay

Store = Callable[[], Settings]
Start = Callable[..., App]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shipped models, with a teacher and a student."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr(paths, "models", lambda: folder)
    follows_head(folder / "big.onnx", role="teacher", parameters=11_000_000)
    follows_head(folder / "mobilenet25.onnx", role="student", parameters=350_000)
    return folder


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeSource | Exception]:
    """What opening a spec gives; no camera is connected."""
    known: dict[str, FakeSource | Exception] = {"cam": FakeSource()}

    def open_source(spec: str = "", options: object = None) -> FakeSource:
        source = known.get(spec) or known.get(spec.partition(":")[0]) or UserError(f"There is no {spec}.")
        if isinstance(source, Exception):
            raise source
        return source

    monkeypatch.setattr(open, "open_source", open_source)
    monkeypatch.setattr(virtual_process, "VirtualProcess", open_source)
    monkeypatch.setattr(devices, "list_cameras", list)
    monkeypatch.setattr(observer, "Observer", FakeObserver)
    return known


@pytest.fixture
def start(store: Store, sources: dict[str, FakeSource | Exception], models: Path, qtbot: QtBot) -> Iterator[Start]:
    running: list[App] = []

    def start(source: str | None = "cam", **options: object) -> App:
        app = App(application(), WindowOptions(source=source, **options), store(), TroubleRelay())  # type: ignore[arg-type]
        running.append(app)
        app.window.resize(1280, 800)
        app.start()
        qtbot.waitExposed(app.window)
        return app

    yield start
    for app in running:
        app.window.close()
        app.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def shows_gaze(app: App, side: str) -> bool:
    app.live.refresh()
    return app.window.panes[side].preview.captions[0].startswith("yaw")


def title(app: App, side: str = "left") -> str:
    message = app.window.panes[side].preview.message
    return message.title if message else ""


def test_two_models_show_the_gaze_side_by_side(start: Start, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, "left") and shows_gaze(app, "right"), timeout=15000)
    panes = app.window.panes
    assert panes["left"].chooser.currentText() == "big"
    assert panes["right"].chooser.currentText() == "mobilenet25"
    qtbot.waitUntil(lambda: app.window.agreement.angle_deg == pytest.approx(0.0, abs=1e-3), timeout=10000)
    assert title(app) == title(app, "right") == ""

    def timed() -> bool:  # what is painted counts, which a busy machine may put off
        app.live.refresh()
        return app.window.stages.value("left", "Model") != "–"

    qtbot.waitUntil(timed, timeout=10000)


def test_a_model_chosen_in_the_dropdown_takes_over_its_pane_and_is_remembered(start: Start, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, "left"), timeout=15000)
    chooser = app.window.panes["left"].chooser
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    assert chooser.currentText() == "mobilenet25"
    seen: list[str] = []
    app.window.panes["left"].preview.painted.connect(lambda sight, ms: seen.append(sight.estimate.model))
    qtbot.waitUntil(lambda: seen[-1:] == ["mobilenet25"], timeout=10000)
    app.window.close()
    again = start()
    qtbot.waitUntil(lambda: again.models.known, timeout=10000)
    assert again.window.panes["left"].chooser.currentText() == "mobilenet25"


def test_models_named_on_the_command_line_come_first(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    mine = follows_head(tmp_path / "mine.onnx")
    app = start(models=(str(mine), "big"))
    qtbot.waitUntil(lambda: shows_gaze(app, "left"), timeout=15000)
    assert [app.window.panes[side].chooser.currentText() for side in ("left", "right")] == ["mine", "big"]


def test_without_models_the_picture_is_shown_with_what_to_do(start: Start, models: Path, qtbot: QtBot) -> None:
    for path in models.iterdir():
        path.unlink()
    app = start()
    qtbot.waitUntil(lambda: title(app) == "No models found", timeout=15000)
    qtbot.waitUntil(lambda: app.live.seen == {"left", "right"}, timeout=10000)
    assert not app.window.panes["left"].chooser.isEnabled()


@pytest.mark.fault("the window starts with a damaged model in the folder", "it is named; the others can be chosen")
def test_a_damaged_model_is_named_and_the_others_can_be_chosen(start: Start, models: Path, qtbot: QtBot) -> None:
    (models / "broken.onnx").write_bytes(b"this is no model")
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, "left"), timeout=15000)
    assert "broken.onnx" in app.window.notice.text


def test_a_model_that_does_not_load_says_so_in_its_pane_alone(start: Start, models: Path, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, "left"), timeout=15000)
    (models / "big.onnx").write_bytes((models / "big.onnx").read_bytes()[:200])
    app.models.choose("right", "big")
    qtbot.waitUntil(lambda: title(app, "right") == "This model cannot be used", timeout=10000)
    assert title(app, "left") == ""
    app.models.choose("right", "mobilenet25")
    qtbot.waitUntil(lambda: title(app, "right") == "" and shows_gaze(app, "right"), timeout=10000)


@pytest.mark.fault("the camera is taken by another program", "the window says so, and streams once it is free")
@pytest.mark.parametrize(
    ("fault", "text"),
    [("absent", "is not connected"), ("busy", "is in use"), ("denied", "may not be used")],
)
def test_a_camera_that_cannot_be_had_is_told_and_its_return_noticed(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot, fault: str, text: str
) -> None:
    camera = FakeSource(SourceError(fault, f"Camera 0 {text}: do something."))  # type: ignore[arg-type]
    sources["cam"] = camera
    app = start()
    qtbot.waitUntil(lambda: title(app) == "No picture", timeout=15000)
    message = app.window.panes["right"].preview.message
    assert message is not None
    assert text in message.text
    camera.fault = None
    qtbot.waitUntil(lambda: title(app) == "" and shows_gaze(app, "left"), timeout=15000)


@pytest.mark.fault("the camera is unplugged while it streams", "the last picture is dimmed until it is back")
def test_an_unplugged_camera_dims_the_last_picture_until_it_is_back(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot
) -> None:
    camera = sources["cam"]
    assert isinstance(camera, FakeSource)
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, "left"), timeout=15000)
    camera.fault = SourceError("unplugged", "Camera 0 was unplugged: plug it in again.")
    qtbot.waitUntil(lambda: title(app) == "The camera is gone", timeout=10000)
    camera.fault = None
    qtbot.waitUntil(lambda: title(app) == "", timeout=10000)


def test_the_card_of_a_lost_camera_leads_to_the_virtual_participant(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot
) -> None:
    sources["cam"] = FakeSource(SourceError("absent", "Camera 0 is not connected."))
    sources["virtual"] = FakeSource()
    app = start()
    qtbot.waitUntil(lambda: title(app) == "No picture", timeout=15000)
    app.window.panes["left"].preview._card._button.click()
    qtbot.waitUntil(lambda: shows_gaze(app, "left"), timeout=15000)
    assert app.window.header.source.currentText() == "Virtual participant"
    assert app.window.header.virtual.isVisible()


def test_a_file_that_is_none_is_told(start: Start, qtbot: QtBot) -> None:
    app = start("missing.mp4")
    qtbot.waitUntil(lambda: title(app) == "This cannot be shown", timeout=15000)


def test_the_virtual_participant_is_the_default_where_no_camera_is(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources["virtual"] = FakeSource()
    monkeypatch.setattr(open, "list_cameras", list)
    app = start(None)
    qtbot.waitUntil(lambda: shows_gaze(app, "left"), timeout=15000)
    assert app.source.spec.startswith("virtual")


def test_what_the_user_set_is_there_at_the_next_start(start: Start, qtbot: QtBot) -> None:
    app = start()
    menus = app.window.menus
    for name in ("two_panes", "axes", "crops", "stages"):
        menus.actions[name].trigger()
    app.window.header.filter.slider.setValue(80)
    app.window.header.lens.box.setValue(72.0)
    app.window.header.resolution.chosen.emit(640, 480)
    menus.theme_chosen.emit(theme.Mode.LIGHT)
    app.window.close()
    again = start()
    assert again.window.sides == ("left",)
    assert not again.window.panes["right"].isVisible()
    assert not again.window.stages.isVisible()
    preview = again.window.panes["left"].preview
    assert preview.show_axes
    assert preview.show_crops
    assert again.window.header.filter.strength == 0.8
    assert again.window.header.lens.box.value() == 72.0
    assert again.window.header.resolution.currentText() == "640 × 480"
    assert theme.colours() is theme.LIGHT


def test_one_pane_leaves_the_other_s_model_idle(start: Start, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, "right"), timeout=15000)
    app.window.menus.actions["two_panes"].trigger()
    qtbot.wait(200)
    told: list[object] = []
    app.engine.sight_ready.connect(told.append)
    qtbot.waitUntil(lambda: len(told) > 5, timeout=10000)
    assert set(told) == {"left"}
    app.window.menus.actions["two_panes"].trigger()
    qtbot.waitUntil(lambda: "right" in told, timeout=10000)


def test_the_filter_goes_off_and_comes_back_as_it_was(start: Start) -> None:
    app = start()
    app.window.header.filter.slider.setValue(70)
    for strength in (0.0, 0.7):
        app.window.menus.actions["filter"].trigger()
        assert app.window.header.filter.strength == strength


def test_another_source_starts_with_nothing_of_the_one_before(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot
) -> None:
    sources["other"] = FakeSource()
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, "left") and shows_gaze(app, "right"), timeout=15000)
    app.source.open("other")
    assert app.live.seen == set()
    assert app.window.agreement.angle_deg is None
    assert title(app) == "Starting…"
    qtbot.waitUntil(lambda: title(app) == "" and shows_gaze(app, "left"), timeout=15000)
    camera = sources["cam"]
    assert isinstance(camera, FakeSource)
    qtbot.waitUntil(lambda: camera.closed == 1, timeout=10000)


def test_a_model_is_added_by_copying_it_to_the_user_s_folder(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, "left"), timeout=15000)
    mine = follows_head(tmp_path / "mine.onnx")
    app.models.add_file(mine)
    qtbot.waitUntil(lambda: app.window.panes["left"].chooser.currentText() == "mine", timeout=10000)
    assert (paths.user_models() / "mine.onnx").is_file()
    shutil.copyfile(tmp_path / "mine.onnx", tmp_path / "bad.onnx")
    (tmp_path / "bad.json").write_text("{}")
    app.models.add_file(tmp_path / "bad.onnx")
    qtbot.waitUntil(lambda: "bad" in app.window.notice.text, timeout=10000)
    assert not (paths.user_models() / "bad.onnx").exists()


def test_trouble_in_a_thread_is_a_notice_that_does_not_stop_anything(start: Start, qtbot: QtBot) -> None:
    app = start()
    relay = TroubleRelay()
    relay.raised.connect(lambda text: app.window.notice.show_notice(text, Level.TROUBLE))
    relay.report(ValueError("no such shape"), "The part “observer” has stopped")
    qtbot.waitUntil(lambda: "no such shape" in app.window.notice.text)
    assert app.window.isEnabled()
    qtbot.keyClick(app.window, Qt.Key.Key_Escape)
    assert app.window.notice.text == ""


def test_neither_a_slow_model_nor_a_hanging_camera_holds_up_the_window(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimate = GazeModel.estimate

    def slow(self: GazeModel, seen: Observation) -> GazeEstimate:
        time.sleep(2.0 if self.entry.name == "big" else 0.0)
        return estimate(self, seen)

    monkeypatch.setattr(GazeModel, "estimate", slow)
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, "left") and shows_gaze(app, "right"), timeout=20000)
    counts = dict.fromkeys(("left", "right"), 0)
    for side in counts:
        app.window.panes[side].preview.painted.connect(lambda *_, s=side: counts.__setitem__(s, counts[s] + 1))
    app.heartbeat.reset()
    qtbot.wait(2500)
    assert counts["right"] > 5 * counts["left"]  # the student goes on while the teacher works
    hanging = FakeSource()
    hanging.open = lambda: time.sleep(3.0)  # type: ignore[method-assign]
    sources["hanging"] = hanging
    app.source.open("hanging")
    qtbot.wait(300)
    app.source.open("cam")
    assert app.heartbeat.worst_ms < 1000


def test_every_control_is_reached_by_the_keyboard_and_named(start: Start, qtbot: QtBot) -> None:
    app = start()
    window = app.window
    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider):
        for control in window.findChildren(kind):
            if control.isVisible():
                assert control.accessibleName() or getattr(control, "text", str)(), control
    reached: list[QWidget] = [window.header.source]
    while (following := reached[-1].nextInFocusChain()) is not reached[0]:
        reached.append(following)
    for control in (
        window.header.source,
        window.header.lens.box,
        window.header.filter.slider,
        window.panes["left"].chooser,
        window.panes["right"].chooser,
    ):
        assert control in reached
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_no_two_actions_share_a_shortcut(start: Start) -> None:
    shortcuts = [a.shortcut().toString() for a in start().window.menus.actions.values() if not a.shortcut().isEmpty()]
    assert len(shortcuts) == len(set(shortcuts))


def test_full_screen_is_left_with_escape(start: Start, qtbot: QtBot) -> None:
    app = start()
    app.window.menus.actions["full_screen"].trigger()
    qtbot.waitUntil(app.window.isFullScreen)
    qtbot.keyClick(app.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not app.window.isFullScreen())


def test_every_menu_entry_that_opens_no_dialog_can_be_triggered(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    app = start()
    for name, action in app.window.menus.actions.items():
        if name not in ("open_file", "open_folder", "add_model", "quit"):
            action.trigger()
    assert opened == [str(paths.user_models()), str(paths.log_file())]
