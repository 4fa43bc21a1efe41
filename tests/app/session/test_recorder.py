from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from app.session.samples import RUN, recorded, sample
from gaze_demo import clock
from gaze_demo.errors import UserError
from gaze_demo.session.about import Keep
from gaze_demo.session.folder import load_session
from gaze_demo.session.recorder import Recording, SessionRecorder

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="permissions and limits of POSIX")


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    recorder = recorded(tmp_path / "s", 100)
    session = load_session(tmp_path / "s")
    assert session.problems == ()
    assert session.models == ["a", "b"]
    assert session.about.source == "drawn"
    assert session.about.camera is not None
    assert (session.about.camera.width, session.about.camera.frame_rate) == (640, 30.0)
    assert session.about.ended is not None
    assert (session.about.ended.frames, session.about.ended.rows) == (100, 200)
    trace = session.trace("b")
    expected = [sample(index) for index in range(100)]
    assert trace.time_s.tolist() == [one.time_s for one in expected]
    assert np.flatnonzero(~trace.valid).tolist() == list(range(9, 100, 10))
    assert set(trace.reason[~trace.valid]) == {"no face"}
    seen = expected[42]
    estimate = seen.gazes[1].estimate
    assert trace.gaze[42].tolist() == estimate.gaze.tolist()  # to the last bit
    assert trace.eye_mm[42].tolist() == estimate.origin_mm.tolist()
    assert seen.observation.pose is not None
    assert trace.head_rotation[42].tolist() == seen.observation.pose.rotation.tolist()
    assert trace.point_px[42].tolist() == [421.0, 500.0]
    assert np.isnan(trace.shown_px).all()
    assert trace.left[42] == pytest.approx(estimate.left, abs=1e-7)
    assert np.isnan(trace.right).all()
    assert trace.closed[42].tolist() == [0, 0]
    assert recorder.duration_s == pytest.approx(99 / 30)


@POSIX
def test_only_this_account_may_read_it(tmp_path: Path) -> None:
    recorded(tmp_path / "s", 20, keep="eyes")
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700
    files = sorted((tmp_path / "s").iterdir())
    assert [file.name for file in files] == ["events.jsonl", "gaze.parquet", "pictures.arrows", "session.json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_no_picture_is_kept_unless_asked_for(tmp_path: Path) -> None:
    recorded(tmp_path / "s", 20)
    assert not load_session(tmp_path / "s").has_pictures
    assert load_session(tmp_path / "s").video is None
    with pytest.raises(UserError, match="--keep crops, eyes or face"):
        next(iter(load_session(tmp_path / "s").observations()))


def test_a_folder_that_is_used_already_is_refused(tmp_path: Path) -> None:
    recorded(tmp_path / "s", 3)
    with pytest.raises(UserError, match="not empty"):
        SessionRecorder(Recording(tmp_path / "s")).open(RUN)
    with pytest.raises(UserError, match="no folder"):
        SessionRecorder(Recording(tmp_path / "none" / "s")).open(RUN)


def test_markers_notes_and_states_have_their_times(tmp_path: Path) -> None:
    recorder = SessionRecorder(Recording(tmp_path / "s"))
    recorder.open(RUN)
    before = clock.now_s()
    recorder.marker("stimulus", data={"image": "a.png"})
    recorder.note("The person moved.\nÄ")
    recorder.state("model", {"left": "teacher"})
    recorder.marker("earlier", time_s=before - 5)
    after = clock.now_s()
    recorder.write(sample(0, clock.now_s()))
    recorder.close()
    session = load_session(tmp_path / "s")
    assert [(event.kind, event.text) for event in session.events] == [
        ("marker", "earlier"),
        ("marker", "stimulus"),
        ("note", "The person moved.\nÄ"),
        ("state", "model"),
    ]
    assert before <= session.events[1].time_s <= after
    assert session.events[1].data == {"image": "a.png"}
    wall = session.about.clock.wall(session.events[1].time_s)
    assert abs(wall.timestamp() - (tmp_path / "s" / "events.jsonl").stat().st_mtime) < 60


def test_a_marker_without_a_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Nothing is being recorded"):
        SessionRecorder(Recording(tmp_path / "s")).marker("x")


def test_rows_reach_the_disk_without_another_sample(tmp_path: Path) -> None:
    recorder = SessionRecorder(Recording(tmp_path / "s"))
    recorder.open(RUN)
    recorder.write(sample(0))
    end = clock.now_s() + 5
    while recorder.size_bytes == 0 and clock.now_s() < end:
        pass
    assert len(load_session(tmp_path / "s").trace("a")) == 1
    recorder.close()


def test_a_video_keeps_the_frames_and_their_times(tmp_path: Path) -> None:
    recorded(tmp_path / "s", 30, keep="video")
    video = load_session(tmp_path / "s").video
    assert video is not None
    from gaze_demo.camera.open import SourceOptions, open_source

    source = open_source(str(video), SourceOptions(real_time=False))
    source.open()
    times = []
    while (frame := source.read()) is not None:
        times.append(frame.time_s)
    source.close()
    assert np.diff(times) == pytest.approx(1 / 30, abs=1e-3)
    assert len(times) == 30


_WRITER = """
    import sys, time
    from pathlib import Path
    from app.session.samples import RUN, sample
    from gaze_demo.session.recorder import Recording, SessionRecorder
    recorder = SessionRecorder(Recording(Path(sys.argv[1]), live=False, keep=sys.argv[2]))
    recorder.open(RUN)
    log = open(sys.argv[1] + ".log", "w", buffering=1)
    for index in range(int(sys.argv[3])):
        recorder.write(sample(index))
        print(index, time.monotonic(), file=log)
        time.sleep(float(sys.argv[4]))
    recorder.close()
"""


def writer(folder: Path, keep: str, count: int, pause_s: float, before: str = "") -> list[str]:
    code = textwrap.dedent(before) + textwrap.dedent(_WRITER)
    return [sys.executable, "-c", code, str(folder), keep, str(count), str(pause_s)]


def environment(repository: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(repository / "app"), str(repository / "tests")])}


@pytest.mark.fault(
    "the disk is full while a session is recorded (pictures: {keep})",
    "one sentence; what was recorded until then opens",
)
@POSIX
@pytest.mark.parametrize("keep", ["nothing", "crops", "eyes"])
def test_a_full_disk_ends_it_with_a_sentence_and_keeps_what_is_there(
    tmp_path: Path, repository: Path, keep: str
) -> None:
    limit = {"nothing": 60_000, "crops": 150_000, "eyes": 300_000}[keep]
    full = f"""
        import resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
    """
    done = subprocess.run(
        writer(tmp_path / "s", keep, 4000, 0.004, full), capture_output=True, text=True, env=environment(repository)
    )
    assert "UserError" in done.stderr
    assert "The recording has ended; what was recorded until then is kept." in done.stderr
    session = load_session(tmp_path / "s")
    assert 0 < len(session.trace("a")) < 4000
    assert any("gaze-demo repair" in problem for problem in session.problems)
    assert json.loads((tmp_path / "s" / "session.json").read_text())["ended"] is None


@pytest.mark.fault("the disk is pulled while a session is recorded", "one sentence; what was recorded until then opens")
@POSIX
@pytest.mark.parametrize("keep", ["nothing", "crops", "eyes"])
def test_a_pulled_disk_ends_it_with_a_sentence_and_keeps_what_is_there(tmp_path: Path, keep: Keep) -> None:
    recorder = SessionRecorder(Recording(tmp_path / "s", live=False, keep=keep))
    recorder.open(RUN)
    for index in range(60):
        recorder.write(sample(index))
    recorder._flush()
    gone = os.open(os.devnull, os.O_RDONLY)
    for part in (recorder._gaze, recorder._pictures):
        if part is not None:
            os.dup2(gone, part._file.fileno())  # every later write fails, as on a disk that is gone
    os.close(gone)
    recorder.write(sample(60))
    with pytest.raises(UserError, match="The recording has ended; what was recorded until then is kept"):
        recorder.close()
    session = load_session(tmp_path / "s")
    assert len(session.trace("a")) == 60
    if keep != "nothing":
        assert len(list(session.observations())) == 54


def test_markers_before_the_first_sample_keep_their_order_and_get_its_time(tmp_path: Path) -> None:
    recorder = SessionRecorder(Recording(tmp_path / "s", live=False))
    recorder.open(RUN)
    recorder.marker("one")
    recorder.marker("two")
    recorder.write(sample(0, 100.0))
    recorder.write(sample(1, 100.5))
    recorder.marker("three")
    recorder.close()
    events = load_session(tmp_path / "s").events
    assert [(event.text, event.time_s) for event in events] == [("one", 100.0), ("two", 100.0), ("three", 100.5)]
    assert recorder.early_markers == 2


def test_early_markers_of_a_live_recording_keep_their_own_times(tmp_path: Path) -> None:
    recorder = SessionRecorder(Recording(tmp_path / "s"))
    recorder.open(RUN)
    before = clock.now_s()
    recorder.marker("one")
    after = clock.now_s()
    recorder.write(sample(0, clock.now_s()))
    recorder.close()
    (event,) = load_session(tmp_path / "s").events
    assert before <= event.time_s <= after
    assert recorder.early_markers == 1


def test_a_marker_is_kept_if_no_sample_ever_came(tmp_path: Path) -> None:
    recorder = SessionRecorder(Recording(tmp_path / "s", live=False))
    recorder.open(RUN)
    recorder.marker("one")
    recorder.close()
    assert '"one"' in (tmp_path / "s" / "events.jsonl").read_text("utf-8")
