"""Calibrating without a window: a made-up camera, tiny models, everything else as it is."""

from __future__ import annotations

import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import pytest

from app.desk.fakes import MONITOR, Room
from app.live.fakes import FakeSource
from app.tiny_models import follows_head
from gaze_demo import paths
from gaze_demo.calibration.calibrate import Calibration
from gaze_demo.calibration.profile import Profile, list_profiles, profile_path, samples_path, save_profile
from gaze_demo.calibration.sitting import Timing
from gaze_demo.calibration.sitting_file import load_sitting
from gaze_demo.camera.faults import unplugged
from gaze_demo.desk.calibration_phases import Checking, Fitting, Looking
from gaze_demo.live.pane_id import PaneId
from gaze_demo.model import registry
from gaze_demo.model.load import load_model

OpenRoom = Callable[..., Room]
_QUICK = Timing(travel_s=0.0, settle_s=0.0, look_s=0.3, longest_s=0.9, repeats=1)


@pytest.fixture
def begin(open_room: OpenRoom) -> OpenRoom:
    """A desk that sees something."""

    def begin(source: str = "cam", **options: Any) -> Room:
        room = open_room(source, **options)
        room.desk.calibration.timing = _QUICK
        room.pump(lambda: room.state.models_known and PaneId.A in room.state.seen)
        return room

    return begin


@pytest.fixture
def camera(sources: dict[str, FakeSource | Exception]) -> FakeSource:
    camera = sources["cam"]
    assert isinstance(camera, FakeSource)
    return camera


def checks_pass(room: Room) -> bool:
    phase = room.desk.calibration.phase
    return isinstance(phase, Checking) and any(check.name == "Face" and check.ok for check in phase.checks)


def look(room: Room) -> Looking:
    """Up to the first dots."""
    room.commands.run("calibrate")
    room.pump(lambda: checks_pass(room))
    room.desk.calibration.start(5, "Ada")
    phase = room.desk.calibration.phase
    assert isinstance(phase, Looking)
    return phase


def calibrate(room: Room) -> Profile:
    look(room)
    room.pump(lambda: room.desk.calibration.phase is None, 60)
    profile = room.state.profile
    assert profile is not None, room.notices.text
    kept(room, profile)
    return profile


def kept(room: Room, profile: Profile) -> None:
    """Wait until all of it is on the disk."""
    room.pump(lambda: samples_path(profile).is_file() and profile_path(profile).is_file())


def test_all_models_are_calibrated_from_one_sitting_and_the_profile_is_kept(begin: OpenRoom) -> None:
    room, phases, shown = begin(), [], []
    room.desk.calibration.phase_changed.connect(lambda phase: phases.append(type(phase)))
    room.desk.calibration.results.connect(shown.append)
    profile = calibrate(room)
    assert list(dict.fromkeys(phases)) == [Checking, Looking, Fitting, type(None)]
    assert shown == [profile]
    assert set(profile.mappings) == {"big", "mobilenet25"}
    assert profile.report.validation_targets == 5
    room.pump(lambda: bool(list_profiles()[0]))
    room.pump(lambda: room.state.screen_words == "Calibrated for Ada")
    wishes = room.desk.engine.wishes
    assert (wishes.paused, wishes.held, room.state.sitting) == (False, False, False)


def test_a_second_calibration_joins_the_first_and_can_be_taken_out_again(begin: OpenRoom) -> None:
    room = begin()
    first = calibrate(room)
    look(room)
    room.pump(lambda: room.state.profile is not first, 60)
    grown = room.state.profile
    assert grown is not None
    assert len(grown.sittings) == 2
    room.commands.run("undo-calibration")
    room.pump(lambda: room.state.profile is not grown)
    assert room.state.profile is not None
    assert len(room.state.profile.sittings) == 1


def test_a_less_accurate_calibration_counts_only_when_the_user_says_so(begin: OpenRoom) -> None:
    room, asked = begin(), []
    first = calibrate(room)
    perfect = {name: m.model_copy(update={"accuracy_deg": 0.01}) for name, m in first.report.models.items()}
    before = first.model_copy(update={"report": first.report.model_copy(update={"models": perfect})})
    room.desk.gaze.use(before)
    room.desk.calibration.worse.connect(asked.append)
    look(room)
    room.pump(lambda: bool(asked), 60)
    assert room.state.profile is before
    made, question = asked[0]
    assert "less accurate" in question
    room.desk.calibration.use(made)
    assert room.state.profile is made.profile
    kept(room, made.profile)


@pytest.mark.fault("the eyes do not follow the dots of a calibration", "one sentence; nothing is saved")
def test_eyes_that_do_not_follow_the_dots_make_no_profile(begin: OpenRoom) -> None:
    room = begin()
    room.desk.calibration.moved.disconnect(room._look)
    look(room)
    room.pump(lambda: room.desk.calibration.phase is None, 60)
    assert room.state.profile is None
    assert "did not follow the dots" in room.notices.text
    assert list_profiles()[0] == []


def test_an_observation_goes_to_the_dots_without_passing_the_windows_thread(begin: OpenRoom) -> None:
    room = begin()
    phase, threads = look(room), set()
    add = phase._sitting.add
    phase._sitting.add = lambda seen: (threads.add(threading.current_thread().name), add(seen))  # type: ignore[method-assign, assignment, func-returns-value]
    room.pump(lambda: bool(threads))
    assert threads == {"observer"}


def test_the_profile_is_there_after_a_restart_and_a_later_model_is_added_from_its_samples(begin: OpenRoom) -> None:
    room = begin()
    calibrate(room)
    room.desk.close()
    follows_head(paths.models() / "later.onnx")
    (paths.models() / "big.onnx").unlink()  # a calibration stays, even if its model is missing
    again = begin()
    again.pump(lambda: again.state.profile is not None)
    assert again.state.profile is not None
    assert again.state.profile.name == "Ada"
    again.commands.run("add-to-profile")
    again.pump(lambda: set(again.state.profile.mappings) == {"big", "later", "mobilenet25"})


def test_a_cancelled_calibration_leaves_everything_as_it_was(begin: OpenRoom) -> None:
    room = begin()
    phase = look(room)
    room.pump(lambda: phase.dot is not None)
    room.desk.calibration.cancel()
    assert room.desk.calibration.phase is None
    assert room.state.profile is None
    room.state.seen = frozenset()
    room.pump(lambda: room.state.seen == set(PaneId))


def test_what_is_held_goes_on_for_a_calibration(begin: OpenRoom) -> None:
    room = begin()
    room.state.held = True
    room.commands.run("calibrate")
    assert room.state.sitting
    room.pump(lambda: checks_pass(room))
    assert not room.state.held


@pytest.mark.fault("the camera is unplugged during the dots", "the calibration ends; the old profile is kept")
def test_a_calibration_that_the_camera_left_changes_nothing(begin: OpenRoom, camera: FakeSource) -> None:
    room = begin()
    before = calibrate(room)
    phase = look(room)
    room.pump(lambda: phase.fixations >= 2)
    camera.fault = unplugged(camera.name)
    room.pump(lambda: room.desk.calibration.phase is None, 60)
    assert "was unplugged" in room.notices.text
    assert room.state.profile is before
    assert list_profiles()[0] == [before]


@pytest.mark.fault("the camera goes silent during the dots", "the dots wait, say so, and go on when it is back")
def test_while_the_camera_is_silent_the_dots_wait_and_say_so(begin: OpenRoom, camera: FakeSource) -> None:
    room = begin()
    phase = look(room)
    room.pump(lambda: phase.fixations >= 1)
    camera.hold = True
    room.pump(lambda: bool(phase.paused))
    gathered = phase.fixations
    room.wait(0.5)
    assert "no picture" in phase.paused
    assert phase.fixations == gathered
    camera.hold = False
    room.pump(lambda: room.desk.calibration.phase is None, 60)
    assert room.state.profile is not None
    assert room.state.profile.report.skipped == ()


@pytest.mark.fault("no dot of a calibration is left to judge by", "one sentence; the old profile is kept")
def test_a_calibration_of_which_no_dot_was_left_to_judge_by_changes_nothing(begin: OpenRoom) -> None:
    room = begin()
    before = calibrate(room)
    worker = look(room).worker
    control = room.desk.calibration
    control._enter(Fitting(load_sitting(samples_path(before)), worker, "Ada"))
    unjudged = before.report.model_copy(update={"validation_targets": 0})
    control._finish(worker, Calibration(before.mappings, unjudged, before.hull))
    assert control.phase is None
    assert "not finished" in room.notices.text
    assert room.state.profile is before


@pytest.mark.fault("the camera is lost before the dots", "the calibration waits for it")
def test_before_the_dots_a_lost_camera_is_waited_for(begin: OpenRoom, camera: FakeSource) -> None:
    room = begin()
    room.commands.run("calibrate")
    room.pump(lambda: checks_pass(room))
    camera.fault = unplugged(camera.name)
    room.pump(lambda: room.desk.calibration.phase.checks == ())
    camera.fault = None
    room.pump(lambda: checks_pass(room))


@pytest.mark.fault("one of several added models is damaged", "the others are added; one sentence names it")
def test_a_model_that_cannot_be_loaded_keeps_no_other_from_being_added(begin: OpenRoom) -> None:
    room = begin()
    calibrate(room)
    follows_head(paths.models() / "later.onnx")
    broken = onnx.load(follows_head(paths.models() / "broken.onnx"))
    broken.graph.node[0].op_type = "NoSuchOp"
    onnx.save(broken, paths.models() / "broken.onnx")
    room.desk.models.look()
    room.pump(lambda: len(room.state.entries) == 4)
    room.commands.run("add-to-profile")
    room.pump(lambda: set(room.state.profile.mappings) == {"big", "later", "mobilenet25"})
    room.pump(lambda: "broken.onnx" in room.notices.text)


@pytest.mark.fault("a model fails in the middle of a calibration", "the others are calibrated without it")
def test_a_model_that_fails_during_the_dots_leaves_the_others_alone(begin: OpenRoom) -> None:
    def load(entry: registry.ModelEntry) -> Any:
        model = load_model(entry)
        if entry.name == "big":
            model.estimate = lambda seen: 1 / 0  # type: ignore[method-assign, assignment, return-value]
        return model

    room = begin(tools={"load_model": load})
    assert set(calibrate(room).mappings) == {"mobilenet25"}


def test_a_recorded_film_cannot_be_calibrated_and_the_remedy_is_named(
    begin: OpenRoom, sources: dict[str, FakeSource | Exception]
) -> None:
    sources["film"] = FakeSource(live=False)
    room = begin("film")
    room.commands.run("calibrate")
    assert room.desk.calibration.phase is None
    assert "choose a camera" in room.notices.text


def test_the_window_can_begin_with_a_calibration_however_late_the_models_are(begin: OpenRoom) -> None:
    def slowly() -> registry.Models:
        time.sleep(1.0)
        return registry.scan_models()

    room = begin(calibrate=True, tools={"scan_models": slowly})
    room.pump(lambda: room.desk.calibration.phase is not None)


def test_recentring_moves_the_gaze_to_the_dot(begin: OpenRoom) -> None:
    room = begin()
    room.commands.run("recentre")
    assert room.state.recentring
    room.wait(1.2)
    room.desk.gaze.finish_recentring()
    assert room.notices.text.startswith("Recentred")
    room.state.points = {}
    room.pump(lambda: PaneId.A in room.state.points)
    point = room.state.points[PaneId.A]
    assert (point.x_px, point.y_px) == pytest.approx((960, 540), abs=5)


def test_a_profile_of_another_camera_is_set_aside_until_that_camera_is_back(begin: OpenRoom) -> None:
    room = begin()
    profile = calibrate(room)
    elsewhere = profile.camera.model_copy(update={"name": "Another camera"})
    other = profile.model_copy(update={"name": "Bob", "camera": elsewhere})
    room.desk.gaze.use(other)
    room.pump(lambda: "'Another camera'" in room.notices.text)
    assert room.state.profile is None
    assert room.desk.profiles.name == "Bob"
    room.desk.source.opening.tell(None)
    assert room.state.profile is other
    room.pump(lambda: room.state.profile is None)


def test_a_profile_of_another_camera_that_was_chosen_by_hand_stays(begin: OpenRoom) -> None:
    room = begin()
    profile = calibrate(room)
    elsewhere = profile.camera.model_copy(update={"name": "Another camera"})
    save_profile(profile.model_copy(update={"name": "Bob", "camera": elsewhere}))
    bob = next(each for each in room.desk.profiles.all() if each.name == "Bob")
    room.desk.profiles.choose(bob)
    room.pump(lambda: "may not fit" in room.notices.text)
    assert room.state.profile is bob
    assert room.desk.profiles.is_in_use(bob)
    room.desk.profiles.choose(None)
    assert room.state.profile is None
    assert room.desk.profiles.name == ""


def test_the_same_persons_profile_for_this_camera_is_used_where_there_is_one(begin: OpenRoom) -> None:
    room = begin()
    profile = calibrate(room)
    elsewhere = profile.camera.model_copy(update={"name": "Another camera"})
    other = profile.model_copy(update={"camera": elsewhere, "created": "2999-01-01T00:00:00Z"})
    save_profile(other)
    room.desk.gaze.use(other)
    room.pump(lambda: room.state.profile is not other)
    assert room.state.profile is not None
    assert room.state.profile.camera == profile.camera
    assert "may not fit" not in room.notices.text


def test_a_model_that_the_profile_knows_nothing_of_is_explained_once(begin: OpenRoom) -> None:
    room = begin()
    profile = calibrate(room)
    room.desk.gaze.use(profile.model_copy(update={"mappings": {}}))
    room.pump(lambda: "may not fit" in room.notices.text)
    assert room.state.profile is not None
    assert room.state.profile.mappings == {}


def test_a_click_near_the_gaze_corrects_and_one_on_another_monitor_teaches_nothing(begin: OpenRoom) -> None:
    room = begin()
    calibrate(room)
    room.pump(lambda: set(room.state.points) == set(PaneId))
    room.wait(0.3)
    point = room.state.points[PaneId.A]
    assert room.desk.gaze.teach(point.x_px + MONITOR.width_px, point.y_px) == 0
    assert room.desk.gaze.teach(point.x_px, point.y_px) == 2


def test_corrections_of_the_drift_are_undone_one_by_one(begin: OpenRoom) -> None:
    room = begin()
    calibrate(room)
    room.pump(lambda: set(room.state.points) == set(PaneId))
    room.wait(0.3)
    before = room.state.points[PaneId.A]
    assert room.desk.gaze.teach(before.x_px + 60, before.y_px) == 2
    assert room.state.corrections == 1
    room.pump(lambda: room.state.points[PaneId.A].x_px > before.x_px + 10)
    room.commands.run("undo-correction")
    assert room.state.corrections == 0
    room.pump(lambda: room.state.points[PaneId.A].x_px == pytest.approx(before.x_px, abs=1))


def test_a_profile_is_renamed_exported_and_deleted_with_its_pictures(begin: OpenRoom, tmp_path: Path) -> None:
    room, done = begin(), []
    profile = calibrate(room)
    control = room.desk.profiles
    control.export(profile, tmp_path / "ada.zip")
    room.pump(lambda: "Exported" in room.notices.text)
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        assert len(archive.namelist()) == 2
    control.rename(profile, "Grace", lambda: done.append("renamed"))
    room.pump(lambda: bool(done))
    renamed = control.all()[0]
    assert [each.name for each in control.all()] == ["Grace"]
    assert samples_path(renamed).is_file()
    assert room.state.profile is not None
    assert room.state.profile.name == "Grace"
    folder = samples_path(renamed).parent
    control.delete(renamed, lambda: done.append("deleted"))
    room.pump(lambda: "deleted" in done)
    assert room.state.profile is None
    assert list(folder.iterdir()) == []


def test_the_geometry_follows_the_window_to_another_monitor(begin: OpenRoom) -> None:
    room = begin()
    assert room.desk.gaze.geometry.name == "DP-1"
    second = replace(MONITOR, name="HDMI-1", width_mm=700.0, height_mm=394.0, left=1920)
    room.state.monitors = (MONITOR, second)
    room.state.monitor = second
    assert room.desk.gaze.geometry.name == "HDMI-1"
    assert room.desk.gaze.geometry.width_mm == 700.0
