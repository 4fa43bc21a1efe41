"""A disk that is full, or gone, at any moment of a recording: a sentence, and a session that opens."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.session.samples import RUN, sample
from app.session.test_recorder import environment
from app.session.test_repair import KILLS
from gaze_demo.errors import UserError
from gaze_demo.session import arrow
from gaze_demo.session.folder import load_session
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.session.repair import repair

_REMEDY = {errno.ENOSPC: "Free some space on that disk", errno.EIO: "Check that the disk is connected"}
_KEPT = ("crops", "eyes", "nothing")


class FailingDisk:
    """Files that take nothing more from a moment on, neither to write nor to sync; half of the first piece that comes
    too late is still written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fault: int) -> None:
        self.fault = fault
        self.failed_s = float("inf")
        self._files: set[int] = set()
        self._sync = os.fsync
        monkeypatch.setattr(arrow, "open_output", lambda path: FailingFile(self, path))
        monkeypatch.setattr(os, "fsync", self.sync)

    def fail_in(self, seconds: float) -> None:
        self.failed_s = time.monotonic() + seconds

    def check(self) -> None:
        if time.monotonic() >= self.failed_s:
            raise OSError(self.fault, os.strerror(self.fault))

    def sync(self, descriptor: int) -> None:
        self.check()
        self._sync(descriptor)


class FailingFile:
    """What pyarrow needs of a file."""

    def __init__(self, disk: FailingDisk, path: Path) -> None:
        self._disk, self._file = disk, path.open("wb", buffering=0)
        self._torn = False

    @property
    def closed(self) -> bool:
        return self._file.closed

    def write(self, data: Any) -> int:
        content = bytes(data)
        try:
            self._disk.check()
        except OSError:
            if not self._torn:
                self._file.write(content[: len(content) // 2])
                self._torn = True
            raise
        return self._file.write(content)

    def tell(self) -> int:
        return self._file.tell()

    def fileno(self) -> int:
        return self._file.fileno()

    def flush(self) -> None:
        self._disk.check()

    def close(self) -> None:
        self._file.close()


@pytest.mark.fault("the disk is full or pulled at any moment of a recording", "one sentence; a second is lost at most")
@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO], ids=["full", "pulled"])
@pytest.mark.parametrize("seed", range(KILLS))
def test_a_disk_that_fails_at_any_moment_costs_a_second_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, fault: int
) -> None:
    disk, chance = FailingDisk(monkeypatch, fault), random.Random(seed)
    folder = tmp_path / "s"
    recorder = SessionRecorder(Recording(folder, live=False, keep=_KEPT[seed % 3]))  # type: ignore[arg-type]
    recorder.open(RUN)
    disk.fail_in(chance.uniform(0.0, 1.5))
    handed: list[float] = []
    told = ""
    try:
        for index in range(150):
            recorder.write(sample(index))
            handed.append(time.monotonic())
            if index % 40 == 39:
                recorder.marker(f"mark {index}")
            time.sleep(1 / 120)
    except UserError as error:
        told = str(error)
    disk.failed_s = min(disk.failed_s, time.monotonic())
    with pytest.raises(UserError) as closed:
        recorder.close()
    told = told or str(closed.value)
    assert _REMEDY[fault] in told
    disk.failed_s = float("inf")  # the disk is there again, with room
    session = load_session(folder)
    saved = len(session.trace("a")) if session.models else 0
    assert waited_s(handed, saved) <= 1.0 + longest_break_s(handed)
    repair(folder, settle_s=0.0)
    again = load_session(folder)
    assert again.about.ended is not None
    assert (len(again.trace("a")) if again.models else 0) == saved


# In a namespace of its own, with a disk of so many KB.
_FILL = """
import json, pathlib, random, subprocess, sys, time
from app.session.samples import RUN, sample
from app.session.test_failing_disk import longest_break_s, waited_s
from gaze_demo.errors import UserError
from gaze_demo.session.folder import load_session
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.session.repair import repair

place, first = pathlib.Path(sys.argv[1]), int(sys.argv[2])
for seed in range(first, first + 4):
    chance, keep = random.Random(seed), ("crops", "eyes", "nothing")[seed % 3]
    size = chance.randint(30, {"crops": 400, "eyes": 900, "nothing": 60}[keep])
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", place], check=True)
    recorder, handed, told = SessionRecorder(Recording(place / "s", live=False, keep=keep)), [], ""
    recorder.open(RUN)
    try:
        for index in range(20000):
            recorder.write(sample(index))
            handed.append(time.monotonic())
            time.sleep(0.002)
    except UserError as error:
        told = str(error)
    try:
        recorder.close()
    except UserError:
        pass
    session = load_session(place / "s")
    saved = len(session.trace("a")) if session.models else 0
    subprocess.run(["mount", "-o", "remount,size=64m", place], check=True)
    repair(place / "s", settle_s=0.0)
    again = load_session(place / "s")
    kept = len(again.trace("a")) if again.models else 0
    late_s = waited_s(handed, saved) - longest_break_s(handed)
    whole = again.about.ended is not None and kept == saved
    print(json.dumps({"size": size, "told": told, "saved": saved, "late_s": late_s, "whole": whole}), flush=True)
    subprocess.run(["umount", place], check=True)
"""


@pytest.mark.fault("a real disk is full after any number of bytes", "one sentence; a second is lost at most")
@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk, as Linux can")
@pytest.mark.parametrize("first", range(0, KILLS, 4))
def test_a_small_disk_that_fills_up_costs_a_second_at_most(tmp_path: Path, repository: Path, first: int) -> None:
    alone = ["unshare", "--map-root-user", "--mount"]
    allowed = subprocess.run([*alone, "mount", "-t", "tmpfs", "none", str(tmp_path)], capture_output=True)
    if allowed.returncode:
        pytest.skip("this account may not mount a small disk")
    command = [*alone, sys.executable, "-c", _FILL, str(tmp_path), str(first)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(repository))
    assert done.returncode == 0, done.stderr
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(runs) == 4
    for run in runs:
        assert _REMEDY[errno.ENOSPC] in run["told"], run
        assert "what was recorded until then is kept" in run["told"] or not run["saved"], run
        assert run["late_s"] <= 1.0, run
        assert run["whole"], run


def waited_s(handed: list[float], saved: int) -> float:
    """How long the first lost frame had been waiting when the last one was handed over."""
    return 0.0 if saved >= len(handed) else handed[-1] - handed[saved]


def longest_break_s(handed: list[float]) -> float:
    """The longest break between two frames, as a busy machine makes them."""
    return max((b - a for a, b in pairwise(handed)), default=0.0)
