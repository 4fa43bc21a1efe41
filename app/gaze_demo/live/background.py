"""Runs short jobs in separate threads and returns their results to the caller's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from gaze_demo.live.events import Outcome, Tell
from gaze_demo.log import logger

T = TypeVar("T")


class Background:
    """Runs callables in daemon threads: one that hangs in a driver does not keep the app from ending.

    A job must not touch the window. Its result goes to `done`, its exception to `failed`, both wrapped in an Outcome
    that `tell` brings to the thread that is to call it.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def run(self, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        def work() -> None:
            try:
                result = job()
            except Exception as problem:
                logger.warning("A job in the background failed", exc_info=True)
                error = problem
                self._tell(Outcome(lambda: failed(error)))
            else:
                self._tell(Outcome(lambda: done(result)))

        threading.Thread(target=work, name="background", daemon=True).start()
