"""Short jobs off the GUI thread, and their outcome back on it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from gaze_demo.log import logger
from gaze_demo.view.workers.first_imports import load_shared

T = TypeVar("T")


class Background(QObject):
    """Runs callables in threads of their own.

    A job must not touch a widget: its result goes to `done`, its exception to `failed`, both on the thread that made
    this object. Jobs are daemons: one that hangs in a driver does not keep the app from ending.

    Signals: `_finished`, with what to call on the GUI thread.
    """

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._finished.connect(lambda call: call())

    def run(self, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        def work() -> None:
            call: Callable[[], None]
            try:
                load_shared()
                result = job()
                call = lambda: done(result)  # noqa: E731
            except Exception as problem:
                logger.warning("A job in the background failed", exc_info=True)
                error = problem
                call = lambda: failed(error)  # noqa: E731
            try:
                self._finished.emit(call)
            except RuntimeError:  # the window is gone, and this object with it
                logger.info("A job in the background ended after the window")

        threading.Thread(target=work, name="background", daemon=True).start()
