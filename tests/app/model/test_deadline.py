"""Runs that take too long are ended, at no cost to those that do not."""

import threading
import time

import pytest

from gaze_demo import clock
from gaze_demo.model import deadline
from gaze_demo.model.deadline import Deadline


@pytest.fixture(autouse=True)
def own_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that no other test's models use."""
    monkeypatch.setattr(deadline, "_watch", deadline._Watch())
    monkeypatch.setattr(deadline, "_LOOK_S", 0.02)


def wait_until_over(run: Deadline) -> bool:
    until_s = clock.now_s() + 30
    while not run.over and clock.now_s() < until_s:
        time.sleep(0.005)
    return run.over


def test_a_run_that_takes_too_long_is_told_to_end() -> None:
    with Deadline(0.05) as run:
        assert wait_until_over(run)


def test_a_run_is_ended_too_after_a_pause_in_which_no_model_ran() -> None:
    with Deadline(60.0):
        pass
    until_s = clock.now_s() + 30
    while not deadline._watch._sleeps and clock.now_s() < until_s:
        time.sleep(0.005)
    assert deadline._watch._sleeps
    with Deadline(0.05) as run:
        assert wait_until_over(run)


def test_runs_that_follow_each_other_do_not_wake_the_watching_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "_LOOK_S", 30.0)  # it looks at the first run, and again much later
    woken = 0

    class Counted(threading.Condition):
        def notify(self, n: int = 1) -> None:
            nonlocal woken
            woken += 1
            super().notify(n)

    deadline._watch._changed = Counted()
    for _ in range(20):
        with Deadline(60.0) as run:
            pass
        assert not run.over
    assert woken == 0
