"""Everything that the window does, without a window and without a QApplication."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.desk.fakes import FakeMemory, Room
from app.live.fakes import FakeObserver, FakeSource
from app.live.sights import sight
from app.tiny_models import follows_head
from gaze_demo import clock
from gaze_demo.camera.open import SourceOptions
from gaze_demo.camera.source import SourceError
from gaze_demo.desk.state import CameraItem, SourceKind
from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.live.pane_id import PaneId
from gaze_demo.model.providers import choose_provider
from gaze_demo.observation import Reason

OpenRoom = Callable[..., Room]


def names(room: Room) -> list[str]:
    return list(room.state.model_names.values())


def test_two_models_see_the_source_and_points_come(open_room: OpenRoom) -> None:
    room = open_room()
    room.pump(lambda: room.state.seen == set(PaneId) and set(room.state.points) == set(PaneId))
    assert names(room) == ["big", "mobilenet25"]
    assert room.state.source.state == "streaming"
    assert room.state.source_kind is SourceKind.CAMERA
    assert "Not calibrated" in room.state.screen_words
    room.desk.refresh()
    assert room.state.status.startswith("160 × 120")
    assert room.state.lag_s is not None


def test_a_chosen_model_is_remembered_and_swapped(open_room: OpenRoom) -> None:
    room = open_room()
    room.pump(lambda: room.state.models_known)
    room.commands.run("choose-model", PaneId.A, "mobilenet25")
    assert names(room) == ["mobilenet25", "mobilenet25"]
    room.commands.run("choose-model", PaneId.B, "big")
    room.commands.run("swap")
    again = open_room()
    again.pump(lambda: again.state.models_known)
    assert names(again) == ["big", "mobilenet25"]


def test_a_late_event_of_the_source_before_changes_nothing(
    open_room: OpenRoom, sources: dict[str, FakeSource | Exception]
) -> None:
    sources["gone"] = SourceError("absent", "Camera 7 is not connected.")
    sources["other"] = FakeSource()
    room = open_room("gone")
    room.desk.source.open("other")  # before the failure was told
    room.pump(lambda: bool(room.state.seen))
    assert room.state.source.state == "streaming"


def test_a_lens_that_the_user_sets_is_remembered_and_counts(open_room: OpenRoom, memory: FakeMemory) -> None:
    room = open_room()
    room.pump(lambda: room.state.source_live)
    room.state.hfov_deg = 72.0
    assert room.state.lens.hfov_deg == 72.0
    assert room.desk.engine.wishes.hfov_deg == 72.0
    assert memory.kept["hfov_deg"] == 72.0


def test_a_camera_that_sends_another_size_than_chosen_says_so(open_room: OpenRoom) -> None:
    room = open_room()
    room.pump(lambda: bool(room.state.seen))
    room.desk.refresh()
    assert "it sends" not in room.notices.text  # nobody asked for a size
    room.state.size = (1920, 1080)
    room.pump(lambda: bool(room.state.seen))
    room.desk.refresh()
    assert room.notices.text == "The camera has no 1920 × 1080 px: it sends 160 × 120."
    room.state.size = (160, 120)
    assert room.notices.text == ""
    room.pump(lambda: bool(room.state.seen))
    room.desk.refresh()
    assert room.notices.text == ""


def test_what_is_held_says_so_until_it_goes_on(open_room: OpenRoom) -> None:
    room = open_room()
    room.state.held = True
    assert "is held" in room.notices.text
    assert room.desk.engine.wishes.paused
    room.state.held = False
    assert room.notices.text == ""


def test_a_narrow_window_leaves_the_second_model_idle(open_room: OpenRoom) -> None:
    room = open_room()
    room.pump(lambda: room.state.seen == set(PaneId) and PaneId.B in room.state.points)
    room.state.narrow = True
    room.wait(0.2)
    assert PaneId.B not in room.state.points
    room.state.narrow = False
    room.pump(lambda: PaneId.B in room.state.points)


def test_another_filter_counts_at_once_and_is_remembered(open_room: OpenRoom) -> None:
    room = open_room()
    room.state.filter = FilterChoice("one-euro", {"beta": 7.0})
    assert open_room().state.filter == FilterChoice("one-euro", {"beta": 7.0})
    room.state.filter = FilterChoice()
    assert not open_room().state.filtered


def test_cameras_are_told_by_name(open_room: OpenRoom) -> None:
    class Device:
        name, path, index = "HD Webcam", "/dev/video0", 0

    room = open_room(tools={"list_cameras": lambda: [Device()]})
    room.pump(lambda: bool(room.state.cameras))
    assert room.state.cameras == (CameraItem("HD Webcam", "HD Webcam", "/dev/video0", 0),)


def test_a_model_is_added_by_copying_it(open_room: OpenRoom, tmp_path: Path) -> None:
    room = open_room()
    room.pump(lambda: room.state.models_known)
    room.commands.run("add-model-file", follows_head(tmp_path / "mine.onnx"))
    room.pump(lambda: names(room)[0] == "mine")
    assert "Added mine" in room.notices.text


@pytest.mark.fault("a camera repeats one picture for ever", "a notice says so, until another picture comes")
def test_a_camera_that_repeats_one_picture_is_told(open_room: OpenRoom) -> None:
    room = open_room()
    room.pump(lambda: bool(room.state.seen))
    status = room.desk.engine.reader_status
    assert status is not None
    room.desk.source.on_status(replace(status, message="The same picture.", fault="frozen"))
    assert "The same picture." in room.notices.text
    room.desk.source.on_status(status)
    assert room.notices.text == ""


@pytest.mark.parametrize("hangs", ["nothing", "the camera", "the model"])
def test_closing_takes_less_than_a_second_whatever_hangs(
    open_room: OpenRoom, sources: dict[str, FakeSource | Exception], hangs: str
) -> None:
    camera = sources["cam"]
    assert isinstance(camera, FakeSource)

    def slow(*_: object) -> None:
        time.sleep(3.0)

    room = open_room(tools={"load_model": slow} if hangs == "the model" else {})
    if hangs != "the model":
        room.pump(lambda: bool(room.state.seen))
    camera.hold = hangs == "the camera"
    started = clock.now_s()
    room.desk.close()
    assert clock.now_s() - started < 2.5
    camera.hold = False


def test_the_desk_and_its_workers_need_no_qt() -> None:
    program = "import sys, gaze_demo.desk.desk; raise SystemExit('PySide6' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == 0


def test_a_turned_camera_is_opened_turned_now_and_at_the_next_start(
    open_room: OpenRoom, sources: dict[str, FakeSource | Exception]
) -> None:
    sources["other"] = FakeSource()
    turns: list[tuple[str, int]] = []

    def open_source(spec: str, options: SourceOptions) -> FakeSource:
        turns.append((spec, options.rotate))
        source = sources[spec]
        assert isinstance(source, FakeSource)
        return source

    room = open_room("cam", tools={"open_source": open_source})
    room.state.turn = 90
    room.pump(lambda: ("cam", 90) in turns)
    room.desk.source.open("other")  # a camera that stands upright
    room.pump(lambda: ("other", 0) in turns)
    assert room.state.turn == 0
    again = open_room("cam", tools={"open_source": open_source})
    assert again.state.turn == 90


def test_the_command_line_turns_the_first_source_alone(
    open_room: OpenRoom, sources: dict[str, FakeSource | Exception]
) -> None:
    sources["other"] = FakeSource()
    room = open_room("cam", rotate=180)
    assert room.state.turn == 180
    room.desk.source.open("other")
    assert room.state.turn == 0


def test_a_click_on_a_face_reaches_the_observer(open_room: OpenRoom) -> None:
    room = open_room()
    room.pump(lambda: bool(room.state.seen))
    room.commands.run("choose-face", 30.0, 40.0)
    assert FakeObserver.made[-1].chosen == [(30.0, 40.0)]


def test_a_provider_that_fails_leaves_the_model_on_the_cpu_and_says_so(open_room: OpenRoom, memory: FakeMemory) -> None:
    tools = {"installed_providers": lambda: ("cpu", "cuda"), "choose_provider": choose_provider}
    room = open_room(tools=tools)
    room.pump(lambda: room.state.seen == set(PaneId))
    assert room.state.providers == ("cpu", "cuda")
    try:
        room.state.provider = "cuda"  # this onnxruntime has none
        room.pump(lambda: "big.onnx runs on the CPU" in room.notices.text)
        assert memory.kept["provider"] == "cuda"
        room.state.provider = "cpu"
        assert "runs on the CPU" not in room.notices.text
        room.pump(lambda: set(room.state.points) == set(PaneId))
    finally:
        choose_provider("cpu")


def test_the_virtual_participant_on_its_path_looks_at_a_dot_without_being_opened_again(
    open_room: OpenRoom, sources: dict[str, FakeSource | Exception]
) -> None:
    source = FakeSource()
    sources["virtual"] = source
    room = open_room("virtual:path")
    room.pump(lambda: bool(room.state.seen) and room.state.models_known)
    room.desk.gaze.recentre()
    assert [dot is None for dot in source.dots] == [False]
    room.desk.gaze.finish_recentring()
    assert source.dots[-1] is None
    room.commands.run("calibrate")
    room.pump(lambda: room.state.sitting)
    assert not room.state.pointer
    assert source.opened == 1
    assert "stopped" not in room.notices.text


def test_points_come_as_often_as_they_are_drawn(open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    room = open_room()
    room.pump(lambda: PaneId.A in room.state.points)
    room.state.held = True
    room.wait(0.3)  # until no other sight is on its way
    now = clock.now_s() + 1.0
    monkeypatch.setattr("gaze_demo.desk.gaze_control.clock.now_s", lambda: now)

    def x_px_of(yaw_deg: float | None, later_s: float) -> float | None:
        nonlocal now
        now += later_s
        room.desk.gaze.see(PaneId.A, sight(reason=Reason.EYE_CLOSED) if yaw_deg is None else sight(yaw_deg=yaw_deg))
        point = room.state.points.get(PaneId.A)
        return point.x_px if point else None

    first = x_px_of(0.0, 1.0)
    assert first is not None
    assert x_px_of(5.0, 0.01) == first
    moved = x_px_of(5.0, 0.05)
    assert moved is not None
    assert abs(moved - first) > 50
    assert x_px_of(None, 0.01) is None
    assert x_px_of(0.0, 0.01) == pytest.approx(first)
    room.state.overlay = True  # drawn over the desktop, each point is seen
    assert x_px_of(5.0, 0.01) == pytest.approx(moved)
