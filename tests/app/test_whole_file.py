from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from gaze_demo.errors import UserError
from gaze_demo.whole_file import (
    PartFile,
    cannot_write,
    refuse_same_file,
    refuse_unwritable,
    whole_file,
    write_whole,
    write_whole_by,
)

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full and limits of file size")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_replaces_the_one_before_it_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    with whole_file(path) as file:
        file.write(b"new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names(tmp_path) == ["report.json"]


@pytest.mark.fault("a command fails while it writes a result", "the old file is there; no part of a new one")
@pytest.mark.parametrize("error", [RuntimeError("a fault"), KeyboardInterrupt()])
def test_after_a_fault_the_old_file_is_there_and_no_part(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    def write(file: IO[bytes]) -> None:
        file.write(b"ne")
        raise error

    with pytest.raises(type(error)):
        write_whole_by(path, write)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["report.json"]


@pytest.mark.fault("the disk is full while a result is written", "one sentence; the old file is kept")
@LINUX_ONLY
def test_a_full_disk_is_one_sentence_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    code = f"""
import resource
from pathlib import Path
from gaze_demo.errors import UserError
from gaze_demo.whole_file import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path({str(path)!r}), "x" * 100_000)
except UserError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{path} cannot be written: File too large.\n"
    assert path.read_text() == "old"
    assert names(tmp_path) == ["report.json"]


@LINUX_ONLY
def test_a_device_is_written_to_directly_and_its_error_told() -> None:
    with pytest.raises(UserError, match=r"/dev/full cannot be written: No space left on device\."):
        write_whole(Path("/dev/full"), "x")
    write_whole(Path("/dev/null"), "x")
    assert not Path("/dev/null").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="needs modes and links")
def test_modes_and_links_are_kept(tmp_path: Path) -> None:
    write_whole(tmp_path / "private.json", "x", private=True)
    assert (tmp_path / "private.json").stat().st_mode & 0o777 == 0o600
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    link.symlink_to(real)
    write_whole(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_what_a_killed_run_left_is_not_written_over(tmp_path: Path) -> None:
    left = tmp_path / "gaze.part.csv"
    left.write_text("recorded")
    part = PartFile(tmp_path / "gaze.csv", recording=True)
    part.part.write_text("new")
    part.commit()
    assert left.read_text() == "recorded"
    assert names(tmp_path) == ["gaze.csv", "gaze.part.csv"]


@pytest.mark.parametrize("old", [None, "old"])
def test_what_was_recorded_before_a_failure_is_kept_and_told(tmp_path: Path, old: str | None) -> None:
    path = tmp_path / "gaze.csv"
    if old:
        path.write_text(old)
    part = PartFile(path, recording=True)
    part.part.write_text("rows")
    told = part.rescue()
    part.discard()
    kept = tmp_path / ("gaze.part.csv" if old else "gaze.csv")
    assert kept.read_text() == "rows"
    assert kept.name in told
    assert path.read_text() == (old or "rows")


@pytest.mark.fault("two results are to be written to one file", "one sentence before any work")
def test_two_results_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Two results"):
        refuse_same_file(tmp_path / "a.json", None, tmp_path / "x" / ".." / "a.json")
    refuse_same_file(tmp_path / "a.json", tmp_path / "b.json", None)
    refuse_same_file(Path(os.devnull), Path(os.devnull))


@pytest.mark.fault("a result is to go into a folder that is not there", "one sentence before any work")
def test_a_place_that_cannot_be_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder"):
        refuse_unwritable(tmp_path / "nowhere" / "a.json")
    with pytest.raises(UserError, match="is a folder"):
        refuse_unwritable(tmp_path)
    refuse_unwritable(tmp_path / "a.json")


@pytest.mark.parametrize("code", [errno.ENOENT, errno.EACCES, errno.EROFS])
def test_a_place_that_takes_no_file_is_told_with_the_remedy(code: int) -> None:
    told = str(cannot_write(Path("x.csv"), OSError(code, "reason")))
    assert told == "x.csv cannot be written: reason. Choose a folder that this account may write to."


def test_what_was_kept_is_told_instead_of_the_remedy() -> None:
    told = str(cannot_write(Path("x.csv"), OSError(errno.EACCES, "reason"), " It is kept in y."))
    assert told == "x.csv cannot be written: reason. It is kept in y."
