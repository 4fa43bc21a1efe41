"""Loads the heavy packages in a thread while the window is already shown. The thread imports `gaze_demo.live.tools`,
which creates no Qt classes; modules that do are imported on the GUI thread.
"""

from __future__ import annotations

import importlib
import threading
from contextlib import suppress

from PySide6.QtCore import QObject, Signal, SignalInstance


class Loading(QObject):
    """Signals: `done`, when all is loaded; `failed`, with the exception."""

    done = Signal()
    failed = Signal(object)

    def start(self) -> None:
        threading.Thread(target=self._load, name="loading", daemon=True).start()

    def _load(self) -> None:
        try:
            importlib.import_module("gaze_demo.desk.desk")
        except Exception as error:
            self._tell(self.failed, error)
        else:
            self._tell(self.done)

    def _tell(self, signal: SignalInstance, *what: object) -> None:
        with suppress(RuntimeError):  # the window was closed, and this object with it
            signal.emit(*what)
