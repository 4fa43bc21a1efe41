from __future__ import annotations

import os
import subprocess
import sys

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
