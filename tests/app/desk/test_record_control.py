from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.desk.fakes import Room
from app.live.fakes import FakeObserver, FakeSource
from gaze_demo.errors import UserError
from gaze_demo.session.folder import Session, load_session
from gaze_demo.session.recorder import SessionRecorder


@pytest.fixture
def room(open_room: Callable[..., Room]) -> Room:
    """A desk with both models running."""
    room = open_room()
    room.pump(lambda: len(room.state.seen) == 2 and room.state.models_known)
    return room


def start(room: Room, folder: Path, **wanted: str) -> None:
    room.desk.record.begin(folder, **wanted)  # type: ignore[arg-type]
    room.pump(lambda: room.state.recording is not None)


def stop(room: Room) -> None:
    room.desk.record.stop()
    room.pump(lambda: "Recorded" in room.notices.text)


def watch(room: Room, frames: int) -> None:
    """Go on until that many more are observed."""
    observed = FakeObserver.made[-1].lenses
    enough = len(observed) + frames
    room.pump(lambda: len(observed) >= enough)


def recorded(room: Room, folder: Path) -> Session:
    watch(room, 20)
    stop(room)
    session = load_session(folder)
    assert session.problems == ()
    return session


def test_every_frame_is_recorded_with_the_gaze_of_both_models(room: Room, tmp_path: Path) -> None:
    start(room, tmp_path / "one")
    session = recorded(room, tmp_path / "one")
    assert set(session.models) == {"big", "mobilenet25"}
    for name in session.models:
        trace = session.trace(name)
        assert len(trace) > 10
        assert np.isin(trace.frame, session.trace("big").frame).mean() > 0.8
        assert (np.diff(trace.frame) >= 1).all()  # a busy machine does not observe every frame of the camera
        assert (np.diff(trace.time_s) > 0).all()
        assert trace.valid.mean() > 0.5  # frames that a busy machine leaves out look like blinks
    assert [model.sha256 != "" for model in session.about.models] == [True, True]
    assert not session.has_pictures
    assert session.video is None


def test_pictures_of_the_eyes_are_kept_where_they_are_wished_for(room: Room, tmp_path: Path) -> None:
    start(room, tmp_path / "one", keep="eyes")
    session = recorded(room, tmp_path / "one")
    assert len(list(session.observations())) > 10


def test_markers_and_notes_are_kept_with_their_times(room: Room, tmp_path: Path) -> None:
    start(room, tmp_path / "one")
    room.wait(0.2)
    room.commands.run("marker")
    room.desk.record.note("  The light went out. ")
    room.desk.record.note("   ")
    room.commands.run("marker")
    assert room.state.recording is not None
    assert room.state.recording.markers == 2
    session = recorded(room, tmp_path / "one")
    told = {(event.kind, event.text) for event in session.events}
    assert told == {("marker", "marker 1"), ("marker", "marker 2"), ("note", "The light went out.")}
    times = session.trace().time_s
    assert all(times[0] < event.time_s < times[-1] for event in session.events)


def test_how_long_and_how_large_is_told_while_it_goes_on(room: Room, tmp_path: Path) -> None:
    start(room, tmp_path / "one")
    room.wait(0.8)
    room.desk.refresh()
    shown = room.state.recording
    assert shown is not None
    assert shown.duration_s > 0.7
    assert shown.size_bytes > 100
    assert shown.lost == 0
    stop(room)


def test_another_source_ends_the_recording_and_says_so(room: Room, tmp_path: Path) -> None:
    start(room, tmp_path / "one")
    watch(room, 12)
    room.desk.source.restart()
    assert room.state.recording is None
    room.pump(lambda: "The source has changed. Recorded" in room.notices.text)
    assert load_session(tmp_path / "one").problems == ()


def test_closing_the_window_completes_the_session(room: Room, tmp_path: Path) -> None:
    start(room, tmp_path / "one")
    watch(room, 12)
    room.desk.close()
    session = load_session(tmp_path / "one")
    assert session.problems == ()
    assert len(session.trace()) > 3


def test_a_full_disk_ends_the_recording_with_a_sentence_and_keeps_what_is_there(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(room, tmp_path / "one")
    room.wait(1.2)  # what is older than a second is in the file
    watch(room, 20)

    def full(recorder: SessionRecorder) -> None:
        recorder._failed = UserError(f"{recorder.folder} cannot be written: {errno.ENOSPC}.")
        raise recorder._failed

    monkeypatch.setattr(SessionRecorder, "_flush", full)

    def ended() -> bool:
        room.desk.refresh()
        return room.state.recording is None

    room.pump(ended)
    assert "cannot be written" in room.notices.text
    assert len(load_session(tmp_path / "one").trace()) > 5
    assert room.state.source.state == "streaming"


def test_a_folder_with_something_in_it_is_refused_with_a_sentence(room: Room, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "letter.txt").write_text("mine")
    room.desk.record.begin(tmp_path / "one")
    room.pump(lambda: "is not empty" in room.notices.text)
    assert room.state.recording is None
    start(room, tmp_path / "two")
    stop(room)


def test_files_are_not_recorded(open_room: Callable[..., Room], sources: dict[str, FakeSource], tmp_path: Path) -> None:
    sources["film"] = FakeSource(live=False)
    room = open_room("film")
    room.pump(lambda: bool(room.state.seen))
    room.desk.record.begin(tmp_path / "one")
    room.wait(0.2)
    assert room.state.recording is None
    assert not (tmp_path / "one").exists()
