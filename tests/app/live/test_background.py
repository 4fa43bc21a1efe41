from __future__ import annotations

import threading

from app.live.fakes import wait_until
from gaze_demo.live.background import Background
from gaze_demo.live.events import Event, Outcome


def test_a_job_runs_elsewhere_and_its_result_is_told() -> None:
    told: list[Event] = []
    results: list[threading.Thread] = []
    Background(told.append).run(threading.current_thread, results.append, lambda _: None)
    wait_until(lambda: bool(told))
    assert not results  # until whoever was told calls it
    assert isinstance(told[0], Outcome)
    told[0].call()
    assert results[0] is not threading.main_thread()


def test_an_exception_of_a_job_is_told_too() -> None:
    def job() -> None:
        raise ValueError("no")

    told: list[Event] = []
    failures: list[Exception] = []
    Background(told.append).run(job, lambda _: None, failures.append)
    wait_until(lambda: bool(told))
    assert isinstance(told[0], Outcome)
    told[0].call()
    assert str(failures[0]) == "no"
