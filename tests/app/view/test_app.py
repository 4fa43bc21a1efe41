"""The whole window, used as by a user, with tiny models and fake sources."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QMenu, QSlider, QWidget
from pytestqt.qtbot import QtBot

from app.drawn_face import observation
from app.live.fakes import FakeObserver, FakeSource
from app.tiny_models import follows_head
from gaze_demo import paths
from gaze_demo.camera.faults import unplugged
from gaze_demo.camera.source import SourceError
from gaze_demo.desk.state import SourceKind, Theme
from gaze_demo.estimate import GazeEstimate
from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.live.pane_id import PaneId
from gaze_demo.model.session import GazeModel
from gaze_demo.observation import Observation
from gaze_demo.view.app import App
from gaze_demo.view.header.calibrate_button import CalibrateButton
from gaze_demo.view.header.filter_control import FilterControl
from gaze_demo.view.header.lens_control import LensControl
from gaze_demo.view.header.resolution_control import ResolutionControl
from gaze_demo.view.header.source_control import SourceControl
from gaze_demo.view.header.virtual_participant import VirtualParticipant
from gaze_demo.view.panels.agreement import Agreement
from gaze_demo.view.panels.stage_table import StageTable
from gaze_demo.view.shared import theme
from gaze_demo.view.window.trouble import TroubleRelay

Start = Callable[..., App]


def shows_gaze(app: App, pane: PaneId) -> bool:
    app.window.refresh()
    return app.window.panes[pane].preview.captions[0].startswith("yaw")


def title(app: App, pane: PaneId = PaneId.A) -> str:
    message = app.window.panes[pane].preview.message
    return message.title if message else ""


def test_two_models_show_the_gaze_side_by_side(start: Start, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A) and shows_gaze(app, PaneId.B))
    panes = app.window.panes
    assert panes[PaneId.A].chooser.currentText() == "big"
    assert panes[PaneId.B].chooser.currentText() == "mobilenet25"
    qtbot.waitUntil(lambda: app.window.panels[Agreement].angle_deg == pytest.approx(0.0, abs=1e-3))
    assert title(app) == title(app, PaneId.B) == ""

    def timed() -> bool:  # what is painted counts, which a busy machine may put off
        app.window.refresh()
        return app.window.panels[StageTable].value(PaneId.A, "Model") != "–"

    qtbot.waitUntil(timed)


def test_a_model_chosen_in_the_dropdown_takes_over_its_pane_and_is_remembered(start: Start, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A))
    chooser = app.window.panes[PaneId.A].chooser
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    assert chooser.currentText() == "mobilenet25"
    seen: list[str] = []
    app.window.panes[PaneId.A].preview.painted.connect(lambda sight, ms: seen.append(sight.estimate.model))
    qtbot.waitUntil(lambda: seen[-1:] == ["mobilenet25"])
    app.window.close()
    again = start()
    qtbot.waitUntil(lambda: again.state.models_known)
    assert again.window.panes[PaneId.A].chooser.currentText() == "mobilenet25"


def test_models_named_on_the_command_line_come_first(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    mine = follows_head(tmp_path / "mine.onnx")
    app = start(models=(str(mine), "big"))
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A))
    assert [app.window.panes[side].chooser.currentText() for side in PaneId] == ["mine", "big"]


def test_without_models_the_picture_is_shown_with_what_to_do(start: Start, models: Path, qtbot: QtBot) -> None:
    for path in models.iterdir():
        path.unlink()
    app = start()
    qtbot.waitUntil(lambda: title(app) == "No models found")
    qtbot.waitUntil(lambda: app.state.seen == set(PaneId))
    assert not app.window.panes[PaneId.A].chooser.isEnabled()


@pytest.mark.fault("the window starts with a damaged model in the folder", "it is named; the others can be chosen")
def test_a_damaged_model_is_named_and_the_others_can_be_chosen(start: Start, models: Path, qtbot: QtBot) -> None:
    (models / "broken.onnx").write_bytes(b"this is no model")
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A))
    assert "broken.onnx" in app.notices.text


def test_a_model_that_does_not_load_says_so_in_its_pane_alone(start: Start, models: Path, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A))
    (models / "big.onnx").write_bytes((models / "big.onnx").read_bytes()[:200])
    app.desk.models.choose(PaneId.B, "big")
    qtbot.waitUntil(lambda: title(app, PaneId.B) == "This model cannot be used")
    assert title(app, PaneId.A) == ""
    app.desk.models.choose(PaneId.B, "mobilenet25")
    qtbot.waitUntil(lambda: title(app, PaneId.B) == "" and shows_gaze(app, PaneId.B))


@pytest.mark.fault("the camera is taken by another program", "the window says so, and streams once it is free")
@pytest.mark.parametrize(
    ("fault", "text"),
    [("absent", "is not connected"), ("busy", "is in use"), ("denied", "cannot be used")],
)
def test_a_camera_that_cannot_be_had_is_told_and_its_return_noticed(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot, fault: str, text: str
) -> None:
    camera = FakeSource(SourceError(fault, f"Camera 0 {text}: do something."))  # type: ignore[arg-type]
    sources["cam"] = camera
    app = start()
    qtbot.waitUntil(lambda: title(app) == "No picture")
    message = app.window.panes[PaneId.B].preview.message
    assert message is not None
    assert text in message.text
    camera.fault = None
    qtbot.waitUntil(lambda: title(app) == "" and shows_gaze(app, PaneId.A))


@pytest.mark.fault("the camera is unplugged while it streams", "the last picture is dimmed until it is back")
def test_an_unplugged_camera_dims_the_last_picture_until_it_is_back(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot
) -> None:
    camera = sources["cam"]
    assert isinstance(camera, FakeSource)
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A))
    camera.fault = SourceError("unplugged", "Camera 0 was unplugged: plug it in again.")
    qtbot.waitUntil(lambda: title(app) == "The camera was disconnected")
    camera.fault = None
    qtbot.waitUntil(lambda: title(app) == "")


def test_no_figure_stands_still_when_the_camera_is_gone(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A) and shows_gaze(app, PaneId.B))
    table, agreement = app.window.panels[StageTable], app.window.panels[Agreement]
    qtbot.waitUntil(lambda: "–" not in (table.value(PaneId.A, "Total"), agreement._now.text))
    camera = sources["cam"]
    assert isinstance(camera, FakeSource)
    camera.fault = unplugged(camera.name)
    qtbot.waitUntil(lambda: app.state.source.gone and not app.state.points)
    late = app.window.panes[PaneId.A].preview._sight
    assert late is not None
    monkeypatch.setattr(app.desk.engine, "take", lambda pane: late)
    app._show(PaneId.A)
    assert not app.state.points
    app.window.refresh()
    for pane in PaneId:
        assert app.window.panes[pane].preview.captions == ("", "")
        assert table.value(pane, "Total") == "–"
    assert agreement._now.text == "–"


def test_the_card_of_a_lost_camera_leads_to_the_virtual_participant(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot
) -> None:
    sources["cam"] = FakeSource(SourceError("absent", "Camera 0 is not connected."))
    sources["virtual"] = FakeSource()
    app = start()
    qtbot.waitUntil(lambda: title(app) == "No picture")
    app.window.panes[PaneId.A].preview._card._button.click()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A))
    header = app.window.header
    assert header.controls[SourceControl].chooser.currentText() == "Virtual participant"
    assert header.controls[VirtualParticipant].isVisible()


def test_a_file_that_is_none_is_told(start: Start, qtbot: QtBot) -> None:
    app = start("missing.mp4")
    qtbot.waitUntil(lambda: title(app) == "This cannot be shown")


def test_the_virtual_participant_is_the_default_where_no_camera_is(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot
) -> None:
    sources["virtual"] = FakeSource()
    app = start(None)
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A))
    assert app.desk.source.spec.startswith("virtual")


def test_what_the_user_set_is_there_at_the_next_start(start: Start, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: app.state.source_kind is SourceKind.CAMERA)
    for name in ("two-panes", "axes", "crops", "panel-stages"):
        app.window.menus.actions[name].trigger()
    controls = app.window.header.controls
    app.state.filter = FilterChoice("one-euro", {"beta": 8.0})
    controls[LensControl].box.setValue(72.0)
    controls[ResolutionControl].box.activated.emit(0)
    app.state.theme = Theme.LIGHT
    app.window.close()
    again = start()
    assert again.state.panes == (PaneId.A,)
    assert not again.window.panes[PaneId.B].isVisible()
    assert not again.window.panels[StageTable].isVisible()
    preview = again.window.panes[PaneId.A].preview
    assert preview.show_axes
    assert preview.show_crops
    controls = again.window.header.controls
    assert again.state.filter.values["beta"] == 8.0
    assert controls[LensControl].box.value() == 72.0
    assert controls[ResolutionControl].box.currentText() == "640 × 480"
    assert theme.colours() is theme.LIGHT


def test_one_pane_leaves_the_other_s_model_idle(start: Start, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.B))
    app.window.menus.actions["two-panes"].trigger()
    told: list[object] = []
    app.bridge.sight_ready.connect(told.append)
    qtbot.waitUntil(lambda: told[-10:] == [PaneId.A] * 10)
    app.window.menus.actions["two-panes"].trigger()
    qtbot.waitUntil(lambda: PaneId.B in told)


def test_the_filter_goes_off_and_comes_back_as_it_was(start: Start) -> None:
    app = start()
    app.state.filter = FilterChoice("one-euro", {"beta": 8.0})
    for choice in (FilterChoice(), FilterChoice("one-euro", {"beta": 8.0})):
        app.window.menus.actions["filter"].trigger()
        assert app.state.filter == choice


def test_another_source_starts_with_nothing_of_the_one_before(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot
) -> None:
    sources["other"] = FakeSource()
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A) and shows_gaze(app, PaneId.B))
    app.desk.source.open("other")
    assert app.state.seen == frozenset()
    assert app.window.panels[Agreement].angle_deg is None
    assert title(app) == "Starting…"
    qtbot.waitUntil(lambda: title(app) == "" and shows_gaze(app, PaneId.A))
    camera = sources["cam"]
    assert isinstance(camera, FakeSource)
    qtbot.waitUntil(lambda: camera.closed == 1)


def test_a_model_is_added_by_copying_it_to_the_user_s_folder(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A))
    mine = follows_head(tmp_path / "mine.onnx")
    app.desk.models.add_file(mine)
    qtbot.waitUntil(lambda: app.window.panes[PaneId.A].chooser.currentText() == "mine")
    assert (paths.user_models() / "mine.onnx").is_file()
    shutil.copyfile(tmp_path / "mine.onnx", tmp_path / "bad.onnx")
    (tmp_path / "bad.json").write_text("{}")
    app.desk.models.add_file(tmp_path / "bad.onnx")
    qtbot.waitUntil(lambda: "bad" in app.notices.text)
    assert not (paths.user_models() / "bad.onnx").exists()


def test_a_model_that_is_put_into_the_folder_appears_at_once(start: Start, qtbot: QtBot) -> None:
    paths.user_models().mkdir(parents=True)
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A))
    app.desk.models.choose(PaneId.B, "big")
    follows_head(paths.user_models() / "dropped.onnx")
    names = app.window.panes[PaneId.A].chooser
    qtbot.waitUntil(lambda: names.findText("dropped") >= 0)
    assert app.state.model_names == {PaneId.A: "big", PaneId.B: "big"}


def test_trouble_in_a_thread_is_a_notice_that_does_not_stop_anything(start: Start, qtbot: QtBot) -> None:
    app = start()
    relay = TroubleRelay()
    relay.raised.connect(app.notices.trouble)
    relay.report(ValueError("no such shape"), "The part “observer” has stopped")
    qtbot.waitUntil(lambda: "no such shape" in app.notices.text)
    assert app.window.isEnabled()
    qtbot.keyClick(app.window, Qt.Key.Key_Escape)
    assert app.notices.text == ""


def test_neither_a_slow_model_nor_a_hanging_camera_holds_up_the_window(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot
) -> None:
    held, go_on = threading.Event(), threading.Event()

    class Slow(GazeModel):
        def estimate(self, seen: Observation) -> GazeEstimate:
            if held.is_set():
                go_on.wait(60)
            return super().estimate(seen)

    app = start(tools={"load_model": lambda entry: (Slow if entry.name == "big" else GazeModel)(entry)})
    app.heartbeat.start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A) and shows_gaze(app, PaneId.B))
    held.set()
    qtbot.wait(300)  # the sights that were on their way arrive
    counts = dict.fromkeys(PaneId, 0)
    for pane in counts:
        app.window.panes[pane].preview.painted.connect(lambda *_, p=pane: counts.__setitem__(p, counts[p] + 1))
    app.stats.settle()
    qtbot.waitUntil(lambda: counts[PaneId.B] > 10)  # the student continues while the teacher works
    assert counts[PaneId.A] <= 1
    go_on.set()
    hanging = FakeSource()
    hanging.open = lambda: time.sleep(3.0)  # type: ignore[method-assign]
    sources["hanging"] = hanging
    app.desk.source.open("hanging")
    qtbot.wait(300)
    app.desk.source.open("cam")
    assert app.stats.blocks.worst_ms < 2000


def test_every_control_is_reached_by_the_keyboard_and_named(start: Start, qtbot: QtBot) -> None:
    app = start()
    window = app.window
    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider):
        for control in window.findChildren(kind):
            if control.isVisible():
                assert control.accessibleName() or getattr(control, "text", str)(), control
    controls = window.header.controls
    source = controls[SourceControl].chooser
    reached: list[QWidget] = [source]
    while (following := reached[-1].nextInFocusChain()) is not reached[0]:
        reached.append(following)
    for control in (
        source,
        controls[LensControl].box,
        controls[FilterControl].box,
        controls[CalibrateButton].button,
        window.panes[PaneId.A].chooser,
        window.panes[PaneId.B].chooser,
    ):
        assert control in reached
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_no_two_actions_share_a_shortcut(start: Start) -> None:
    shortcuts = [a.shortcut().toString() for a in start().window.menus.actions.values() if not a.shortcut().isEmpty()]
    assert len(shortcuts) == len(set(shortcuts))


def test_no_two_entries_of_a_menu_share_an_access_key(start: Start) -> None:
    app = start()
    bar = app.window.menuBar()
    assert {_letter(action.text()) for action in bar.actions()} == set("fslrvch")
    for top in bar.actions():
        menu = top.menu()
        assert isinstance(menu, QMenu)
        letters = [_letter(action.text()) for action in menu.actions() if not action.isSeparator()]
        assert len(set(letters)) == len(letters), (top.text(), letters)


def _letter(text: str) -> str:
    return text[text.index("&") + 1].lower()


def test_only_what_applies_to_the_source_can_be_chosen(
    start: Start, sources: dict[str, FakeSource | Exception], qtbot: QtBot
) -> None:
    sources["film"] = FakeSource(live=False)
    app = start()
    mirror = app.window.menus.actions["mirror"]
    turns = next(a for a in app.window.menus.menus["Source"].actions() if "urn the picture" in a.text())
    qtbot.waitUntil(lambda: mirror.isEnabled() and turns.isEnabled())
    app.desk.source.open("film")
    qtbot.waitUntil(lambda: not mirror.isEnabled() and app.state.source_kind is SourceKind.FILE)
    assert turns.isEnabled()
    app.desk.source.open("virtual")
    assert not turns.isEnabled()


def test_a_click_on_the_preview_chooses_the_face_there(start: Start, qtbot: QtBot) -> None:
    app = start()
    qtbot.waitUntil(lambda: shows_gaze(app, PaneId.A))
    preview = app.window.panes[PaneId.A].preview
    with qtbot.waitSignal(preview.painted):  # a picture has to be there before one can click into it
        pass
    qtbot.mouseClick(preview, Qt.MouseButton.LeftButton, pos=preview.rect().center())
    ((x_px, y_px),) = FakeObserver.made[-1].chosen
    frame = observation().frame
    assert (x_px, y_px) == pytest.approx((frame.width / 2, frame.height / 2), abs=2)


def test_full_screen_is_left_with_escape(start: Start, qtbot: QtBot) -> None:
    app = start()
    app.window.menus.actions["full-screen"].trigger()
    qtbot.waitUntil(app.window.isFullScreen)
    qtbot.keyClick(app.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not app.window.isFullScreen())


def test_every_menu_entry_can_be_triggered_and_a_cancelled_dialog_changes_nothing(
    start: Start, monkeypatch: pytest.MonkeyPatch, file_dialogs: list[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    app = start()
    for name, action in app.window.menus.actions.items():
        if name != "quit":
            action.trigger()
    expected = ["Open a video or an image", "Open a folder of images", "Add a model", "Open a recording"]
    assert sorted(file_dialogs) == sorted(expected)
    file_dialogs.clear()
    assert opened == [str(paths.user_models()), str(paths.recordings()), str(paths.log_file())]
