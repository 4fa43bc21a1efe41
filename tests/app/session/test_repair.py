"""An interrupted recording: killed at any moment, or cut at any byte."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from app.session.samples import RUN, recorded, sample
from app.session.test_recorder import environment, writer
from gaze_demo.errors import UserError
from gaze_demo.session import columns
from gaze_demo.session.arrow import ArrowReader, ArrowWriter
from gaze_demo.session.folder import load_session
from gaze_demo.session.names import CROPS, EVENTS, GAZE, PICTURES, TABLE
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.session.repair import repack, repair

KILLS = int(os.environ.get("GAZE_DEMO_KILLS", "4"))  # how often a recording is killed; 'make kills' asks for 100


@pytest.fixture(scope="module", params=["eyes", "crops"])
def torn(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A session whose recorder never finished, with kept pictures."""
    folder = tmp_path_factory.mktemp("torn") / "s"
    recorder = SessionRecorder(Recording(folder, live=False, keep=request.param))
    recorder.open(RUN)
    for index in range(60):
        recorder.write(sample(index))
        if index % 20 == 19:
            recorder._flush()
    recorder.marker("here", 101.0)
    left = folder.with_name("left")
    shutil.copytree(folder, left)
    recorder.close()
    return left


def pictures_of(folder: Path) -> Path:
    return next(folder / name for name in (PICTURES, CROPS) if (folder / name).exists())


def copy_of(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "s"))


def test_a_torn_session_opens_and_says_what_is_missing(torn: Path, tmp_path: Path) -> None:
    folder = copy_of(torn, tmp_path)
    session = load_session(folder)
    assert len(session.trace("a")) == 60
    assert "gaze-demo repair" in session.problems[0]
    assert "120 rows could be read" in session.problems[1]
    assert len(list(session.observations())) == 54  # of every tenth there is no face


def test_repaired_it_is_as_if_it_had_ended(torn: Path, tmp_path: Path) -> None:
    folder = copy_of(torn, tmp_path)
    (folder / "gaze.parquet.part").write_bytes(b"half")
    said = repair(folder, settle_s=0.0)
    assert said[0].startswith("120 rows were saved")
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [EVENTS, TABLE, pictures_of(folder).name, "session.json"]
    )
    session = load_session(folder)
    assert session.about.ended is not None
    assert session.about.ended.repaired
    assert (session.about.ended.frames, session.about.ended.rows) == (60, 120)
    assert len(session.trace("a")) == 60
    assert len(list(session.observations())) == 54
    assert [event.text for event in session.events] == ["here"]
    assert len(session.problems) == 1
    assert repair(folder, settle_s=0.0) == [f"{folder} is complete: nothing was changed."]


def test_a_whole_session_is_left_as_it_is(tmp_path: Path) -> None:
    recorded(tmp_path / "s", 10)
    before = {path.name: path.read_bytes() for path in (tmp_path / "s").iterdir()}
    assert "nothing was changed" in repair(tmp_path / "s")[0]
    assert {path.name: path.read_bytes() for path in (tmp_path / "s").iterdir()} == before


def test_lines_of_events_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    recorded(tmp_path / "s", 3)
    for count in ("1 line", "2 lines"):
        with (tmp_path / "s" / EVENTS).open("a") as file:
            file.write('{"time_s": 1.0, "ki\n')
        assert load_session(tmp_path / "s").problems == (f"{count} of {EVENTS} could not be read.",)


@pytest.mark.parametrize("harm", ["damaged", "missing"])
def test_a_finished_session_without_readable_gaze_is_not_called_whole(tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "s"
    recorded(folder, 10)
    content = (folder / TABLE).read_bytes()
    (folder / TABLE).unlink()
    if harm == "damaged":
        (folder / TABLE).write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match="is damaged" if harm == "damaged" else "nothing to save"):
        repair(folder, settle_s=0.0)


@pytest.mark.fault("the files of a session are cut at random bytes", "it opens with all whole batches and is repaired")
@pytest.mark.parametrize("seed", range(12))
def test_cut_at_any_byte_it_opens_and_is_repaired(torn: Path, tmp_path: Path, seed: int) -> None:
    folder = copy_of(torn, tmp_path)
    chance = random.Random(seed)
    whole = {0, *np.cumsum([len(batch) for batch in ArrowReader(folder / GAZE, columns.schema(), 2**30)]).tolist()}
    for name in (GAZE, pictures_of(folder).name, EVENTS):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: chance.randrange(len(content))])
    rows = load_session(folder).table.num_rows
    assert rows in whole  # batches
    repair(folder, settle_s=0.0)
    assert load_session(folder).table.num_rows == rows


def test_a_recording_that_goes_on_is_not_repaired(tmp_path: Path) -> None:
    recorder = SessionRecorder(Recording(tmp_path / "s", live=False))
    recorder.open(RUN)
    import threading

    stop = threading.Event()

    def go_on() -> None:
        index = 0
        while not stop.wait(0.01):
            recorder.write(sample(index))
            index += 1

    thread = threading.Thread(target=go_on)
    thread.start()
    time.sleep(0.7)
    try:
        with pytest.raises(UserError, match="still being recorded"):
            repair(tmp_path / "s")
    finally:
        stop.set()
        thread.join()
        recorder.close()
    assert load_session(tmp_path / "s").problems == ()


@pytest.mark.fault(
    "a recording is killed at a random moment", "the session opens; at most a second is lost; `repair` puts it in order"
)
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_any_moment_it_loses_a_second_at_most(tmp_path: Path, repository: Path, seed: int) -> None:
    folder = tmp_path / "s"
    keep = ("eyes", "crops", "nothing")[seed % 3]
    process = subprocess.Popen(writer(folder, keep, 100_000, 1 / 120), env=environment(repository))
    log = tmp_path / "s.log"
    try:
        end = time.monotonic() + 60
        while not (log.exists() and log.stat().st_size) and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(random.Random(seed).uniform(0.0, 2.5))
    finally:
        process.kill()
        process.wait()
    written = [line.split() for line in log.read_text().split("\n")[:-1]]  # frame, and when it had been handed over
    session = load_session(folder)
    saved = len(session.trace("a")) if session.models else 0
    first_lost_s = float(written[min(saved, len(written) - 1)][1])
    assert float(written[-1][1]) - first_lost_s <= 1.0
    said = repair(folder, settle_s=0.0)
    assert "rows were saved" in said[0]
    assert load_session(folder).about.ended is not None


@pytest.mark.fault("{name} of a session is damaged", "one sentence that names it")
@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("session.json", b"{}", "session.json is damaged or not the description of a session .field"),
        ("session.json", b"not json", "session.json"),
        ("gaze.parquet", b"PAR1 is only the beginning", "gaze.parquet is damaged"),
        ("gaze.parquet", b"", "gaze.parquet"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes, named: str) -> None:
    recorded(tmp_path / "s", 5)
    (tmp_path / "s" / name).write_bytes(content)
    with pytest.raises(UserError, match=named):
        load_session(tmp_path / "s")


def test_another_folder_is_no_session(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a recorded session"):
        load_session(tmp_path)
    with pytest.raises(UserError, match="not a recorded session"):
        repair(tmp_path)


def test_a_stream_with_other_columns_is_refused(torn: Path, tmp_path: Path) -> None:
    folder = copy_of(torn, tmp_path)
    shutil.copy(pictures_of(folder), folder / GAZE)
    with pytest.raises(UserError, match="other columns"):
        load_session(folder)


def test_pictures_are_packed_into_larger_batches(torn: Path, tmp_path: Path) -> None:
    folder = copy_of(torn, tmp_path)
    path = pictures_of(folder)
    before = [one.landmarks.points_px.tobytes() for one in load_session(folder).observations() if one.landmarks]
    size = path.stat().st_size
    packed = repack(path)
    assert packed.rows == 54
    assert packed.batches >= 3
    assert path.stat().st_size < size
    again = load_session(folder).observations()
    assert [one.landmarks.points_px.tobytes() for one in again if one.landmarks] == before
    assert repack(path).batches == 1


@pytest.mark.fault("the disk is full while kept pictures are packed", "they stay as they are")
def test_pictures_that_cannot_be_packed_stay(torn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_of(torn, tmp_path)
    path = pictures_of(folder)
    before = path.read_bytes()

    def full(self: ArrowWriter, batch: object) -> None:
        raise UserError("No space.")

    monkeypatch.setattr(ArrowWriter, "write", full)
    with pytest.raises(UserError, match="No space"):
        repack(path)
    assert path.read_bytes() == before
    assert not list(folder.glob("*.part"))
