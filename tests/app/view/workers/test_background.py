from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from gaze_demo.view.workers import first_imports
from gaze_demo.view.workers.background import Background


def test_a_job_runs_elsewhere_and_its_result_comes_back(qtbot: QtBot) -> None:
    background, told = Background(), []
    background.run(
        threading.current_thread, lambda thread: told.append((thread, threading.current_thread())), told.append
    )
    qtbot.waitUntil(lambda: bool(told))
    worker, back = told[0]
    assert worker is not threading.main_thread()
    assert back is threading.main_thread()


def test_an_exception_of_a_job_comes_back_too(qtbot: QtBot) -> None:
    def job() -> None:
        raise ValueError("no")

    background, failures = Background(), []
    background.run(job, lambda _: None, failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert str(failures[0]) == "no"


def test_jobs_wait_until_one_thread_has_loaded_what_they_share(qtbot: QtBot) -> None:
    background, told = Background(), []
    with first_imports._LOCK:
        background.run(lambda: 1, told.append, told.append)
        qtbot.wait(50)
        assert not told
    qtbot.waitUntil(lambda: told == [1])
