"""How commands end: by signals, inside native code, and when nobody reads their output."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

posix = pytest.mark.skipif(os.name != "posix", reason="signals and /dev/full are a matter of POSIX")
BUSY_S = 5.0  # what takes a second at most on an idle machine; a fault lasts until the time is up
STUCK = "gaze-demo: stopped while a library was working; what was recorded is kept.\n"
PROGRAM = """
import hashlib, sys, threading, time
from pathlib import Path
from gaze_demo.ending import completed_by, leave, run_guarded, undivided

def in_python():
    while True:
        time.sleep(0.01)

def in_native_code():  # for hours, and with no bytecode in between at which Python sees a signal
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)

def in_undivided_steps():  # a signal never comes between the two words of a step
    with open("steps", "w") as file:
        while True:
            with undivided():
                file.write("first ")
                time.sleep(0.02)
                file.write("second ")

def in_a_thread():
    threading.Thread(target=in_native_code, daemon=True).start()

def command(interrupts):
    complete = lambda: Path("completed").write_text("whole")
    with interrupts, completed_by(complete):
        try:
            print("begun", flush=True)
            {body}()
        finally:
            complete()
    return 0

leave(run_guarded("gaze-demo", command, native_s={native_s}))
"""


@pytest.fixture(autouse=True)
def _hang_up_is_heeded() -> Iterator[None]:
    """Programs inherit that SIGHUP is ignored where the tests run under nohup."""
    if os.name != "posix":
        yield
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def start(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_program(body: str, folder: Path) -> subprocess.Popen[str]:
    native_s = 0.6 if body == "in_native_code" else 4.0  # a busy machine may not let Python run for a while
    process = start(["-c", PROGRAM.format(body=body, native_s=native_s)], folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def end_of(process: subprocess.Popen[str]) -> tuple[int, str, float]:
    """Exit code, stderr, and how many seconds it took from now."""
    begun = time.monotonic()
    _, err = process.communicate(timeout=60)
    return process.returncode, err, time.monotonic() - begun


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.fault("a command gets {number.name}", "its files are completed, and it ends within a second")
def test_a_signal_ends_a_command_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    process = start_program("in_python", tmp_path)
    process.send_signal(number)
    code, err, took_s = end_of(process)
    assert (code, err) == (128 + number, "")
    assert (tmp_path / "completed").read_text() == "whole"
    assert took_s < BUSY_S


@posix
@pytest.mark.fault("a signal comes in the middle of a step that must not be divided", "the step is completed first")
def test_a_step_that_must_not_be_divided_is_completed_before_a_signal_is_heeded(tmp_path: Path) -> None:
    for _ in range(4):
        process = start_program("in_undivided_steps", tmp_path)
        time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        code, err, took_s = end_of(process)
        assert (code, err) == (128 + signal.SIGTERM, "")
        assert took_s < BUSY_S
        steps = (tmp_path / "steps").read_text().split()
        assert steps == ["first", "second"] * (len(steps) // 2)


@posix
@pytest.mark.fault("Ctrl-C while native code runs without an end", "one sentence")
def test_a_command_stuck_in_native_code_is_left_with_its_files_complete(
    tmp_path: Path, happened: Callable[[str], None]
) -> None:
    process = start_program("in_native_code", tmp_path)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    code, err, took_s = end_of(process)
    happened(f"{err} Exit code {code}")
    assert code == 128 + signal.SIGINT
    assert err == STUCK
    assert (tmp_path / "completed").read_text() == "whole"
    assert took_s < BUSY_S


@pytest.mark.fault("a command ends while a thread is inside native code", "it ends at once, by its own exit code")
def test_a_thread_inside_native_code_holds_up_no_end(tmp_path: Path) -> None:
    code, err, took_s = end_of(start_program("in_a_thread", tmp_path))
    assert (code, err) == (0, "")
    assert took_s < BUSY_S


TRACK = ["-m", "gaze_demo", "track", "virtual", "--model", "mobilenet12", "--out", "gaze.csv", "--video", "seen.mp4"]


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
@pytest.mark.fault("`track` gets {number.name} while it records", "the table and the film are whole")
def test_what_was_tracked_is_whole_after_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    import cv2

    process = start(TRACK, tmp_path)
    part = tmp_path / "gaze.part.csv"
    end = time.monotonic() + 60
    while time.monotonic() < end and not (part.exists() and part.stat().st_size > 5000):
        time.sleep(0.05)
    process.send_signal(number)
    code, err, _ = end_of(process)
    assert code == 128 + number
    assert err in ("", STUCK)  # on a machine that is very busy the main thread may seem to be stuck
    with (tmp_path / "gaze.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    film = cv2.VideoCapture(str(tmp_path / "seen.mp4"))
    assert len(rows) > 5
    assert film.get(cv2.CAP_PROP_FRAME_COUNT) == pytest.approx(len(rows), abs=1 if err else 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gaze.csv", "seen.mp4"]


# A command whose standard output cannot take what it writes; the exit code, and what stderr says.
@posix
@pytest.mark.parametrize(
    ("command", "where", "code", "said"),
    [
        ("models", "full", 2, "gaze-demo: the output cannot be written: No space left on device.\n"),
        ("cameras", "full", 2, "gaze-demo: the output cannot be written: No space left on device.\n"),
        ("--help", "full", 2, "gaze-demo: the output cannot be written: No space left on device.\n"),
        ("models", "closed", 141, ""),
        ("--help", "closed", 141, ""),
        ("models --names", "ascii", 0, ""),
    ],
)
@pytest.mark.parametrize("buffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.fault("`gaze-demo {command}` with a standard output that is {where}", "no traceback")
def test_an_output_that_cannot_be_written_is_no_traceback(
    tmp_path: Path, command: str, where: str, code: int, said: str, buffered: str, happened: Callable[[str], None]
) -> None:
    environment = {"PYTHONIOENCODING": "ascii"} if where == "ascii" else {}
    target = "> /dev/full" if where == "full" else "| true; exit ${PIPESTATUS[0]}" if where == "closed" else ""
    line = f"{sys.executable} -m gaze_demo {command} {target}"
    line = f"sleep 0.1; {line}" if where == "closed" else line
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": buffered, **environment},
        capture_output=True,
        text=True,
    )
    happened(f"exit code {done.returncode}{': ' + done.stderr if done.stderr else ''}")
    assert (done.returncode, done.stderr) == (code, said)


@posix
@pytest.mark.fault("`gaze-demo track` with a standard output in ASCII", "a question mark for what it lacks")
def test_a_small_code_page_costs_a_character_and_no_result(tmp_path: Path, repository: Path) -> None:
    command = ["-m", "gaze_demo", "track", str(repository / "assets" / "portrait.jpg"), "--model", "mobilenet12"]
    process = start(command, tmp_path, {"PYTHONIOENCODING": "ascii"})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "1 of 1" in out
    assert "?" in out


def test_a_fault_of_the_program_is_one_sentence_and_its_details_are_in_the_log(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    from gaze_demo.ending import run_guarded

    def command(interrupts: object) -> int:
        raise ZeroDivisionError("division by zero")

    assert run_guarded("gaze-demo", command) == 1
    err = capsys.readouterr().err
    assert err.startswith("gaze-demo: a fault of the program: division by zero. The log tells more: ")
    assert err.count("\n") == 1
    assert "ZeroDivisionError" in caplog.text


def test_a_verbose_command_tells_the_times_of_each_stage_on_stderr(tmp_path: Path, repository: Path) -> None:
    command = ["-m", "gaze_demo", "track", str(repository / "assets" / "portrait.jpg"), "--model", "mobilenet12"]
    process = start([*command, "--verbose"], tmp_path)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "frame 0: read " in err
    assert "landmarks " in err
    assert "mobilenet12 " in err


_SWALLOWS = """
import os, signal, sys, time
from gaze_demo.ending import leaving_when_asked
with leaving_when_asked():
    try:
        os.kill(os.getpid(), int(sys.argv[1]))
        time.sleep(5)
    except KeyboardInterrupt:
        pass
    print("went on")
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.fault("a signal comes while a package that swallows KeyboardInterrupt is imported", "the program ends")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_signal_during_the_start_is_never_swallowed(number: signal.Signals) -> None:
    command = [sys.executable, "-c", _SWALLOWS, str(int(number))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 128 + number
    assert run.stdout == ""
