from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from gaze_demo.native_logs import without_native_logs


def test_a_line_of_a_library_is_discarded_and_a_later_one_is_not(capfd: pytest.CaptureFixture[str]) -> None:
    with without_native_logs():
        os.write(2, b"INFO: a delegate\n")
    os.write(2, b"mine\n")
    assert capfd.readouterr().err == "mine\n"


def test_lines_are_kept_if_asked_for(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAZE_DEMO_NATIVE_LOGS", "1")
    with without_native_logs():
        os.write(2, b"INFO: a delegate\n")
    assert capfd.readouterr().err == "INFO: a delegate\n"


def test_two_threads_at_once_leave_stderr_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    entered = threading.Event(), threading.Event()
    leave = threading.Event(), threading.Event()

    def discard(i: int) -> None:
        with without_native_logs():
            entered[i].set()
            leave[i].wait(10)

    threads = [threading.Thread(target=discard, args=(i,)) for i in (0, 1)]
    threads[0].start()
    assert entered[0].wait(10)
    threads[1].start()
    entered[1].wait(0.2)  # it cannot, before the first one has left
    for i, thread in enumerate(threads):
        leave[i].set()
        thread.join(10)
    os.write(2, b"mine\n")
    assert capfd.readouterr().err == "mine\n"


def test_a_program_that_uses_the_library_gets_no_lines_of_others_on_stderr() -> None:
    program = (
        "import gaze_demo\n"
        'with gaze_demo.Tracker("virtual", models=["mobilenet25"], real_time=False) as tracker:\n'
        "    next(iter(tracker))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert "XNNPACK" not in run.stderr
