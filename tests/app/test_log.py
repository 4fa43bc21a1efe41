from __future__ import annotations

import os
from pathlib import Path

import pytest

from gaze_demo import log


@pytest.fixture(autouse=True)
def _no_handlers_left():  # type: ignore[no-untyped-def]
    before = list(log.logger.handlers)
    yield
    for handler in [handler for handler in log.logger.handlers if handler not in before]:
        log.logger.removeHandler(handler)
        handler.close()


def test_the_log_names_version_and_thread(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "gaze-demo.log"
    log.start_log(path)
    log.logger.warning("The camera was disconnected")
    text = path.read_text()
    assert "gaze-demo 0." in text
    assert "WARNING MainThread: The camera was disconnected" in text


def test_the_log_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_BYTES", 2000)
    log.start_log(tmp_path / "a.log")
    for _ in range(500):
        log.logger.info("a line of some length, again and again")
    files = list(tmp_path.glob("a.log*"))
    assert len(files) == 4
    assert all(file.stat().st_size <= 2000 for file in files)


@pytest.mark.skipif(os.name != "posix", reason="other systems keep a user's folder private by themselves")
def test_the_log_is_readable_by_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_BYTES", 500)
    log.start_log(tmp_path / "folder" / "a.log")
    for _ in range(20):
        log.logger.info("a line that lets the log begin a new file")
    files = [tmp_path / "folder", *(tmp_path / "folder").iterdir()]
    assert len(files) > 2
    assert [file.stat().st_mode & 0o077 for file in files] == [0] * len(files)


def test_a_verbose_log_is_on_stderr_too_and_holds_the_details(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.start_log(tmp_path / "a.log", verbose=True)
    log.logger.debug("landmarks 8.1 ms")
    assert "landmarks 8.1 ms" in capsys.readouterr().err
    assert "landmarks 8.1 ms" in (tmp_path / "a.log").read_text()


def test_a_folder_that_cannot_be_written_costs_the_log_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log.start_log(tmp_path / "file" / "gaze-demo.log")  # raises nothing
