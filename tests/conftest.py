"""What all tests share: the user's files are not touched, and the tests' own folders are found in one way."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import gaze_demo  # noqa: F401  # before OpenCV, which reads what it sets while it is imported
from gaze_demo.log import stop_log

pytest_plugins = ["faults", "pytester"]

# Before anything imports Qt, OpenCV or onnxruntime: without a display Qt draws off screen, and two cores are shared.
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings, profiles, models and logs of the user are neither read nor written by a test; a log that a test has
    started ends with it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    yield
    stop_log()


def _scheduling() -> tuple[int, int] | None:
    """The calling thread's policy and priority; None where there is none to ask for."""
    return (os.sched_getscheduler(0), os.sched_getparam(0).sched_priority) if sys.platform == "linux" else None


@pytest.fixture(autouse=True)
def _usual_priority() -> Iterator[None]:
    """No test may leave real-time priority behind, as SVT-AV1 does for root: all tests after it, and the programs that
    they start, would take the processor from the display and from every other program."""
    before = _scheduling()
    yield
    after = _scheduling()
    if after != before:
        os.sched_setscheduler(0, before[0], os.sched_param(before[1]))
        pytest.fail(f"The test changed the scheduling policy and priority from {before} to {after}.")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of measuring data that GAZE_DEMO_SHARED names; tests that need it are skipped without it."""
    named = os.environ.get("GAZE_DEMO_SHARED")
    if not named or not Path(named).is_dir():
        pytest.skip("needs measuring data that is not in the repository: GAZE_DEMO_SHARED names its folder")
    return Path(named)
