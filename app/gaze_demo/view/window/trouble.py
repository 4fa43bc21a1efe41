"""Uncaught errors: the log gets the traceback, the user gets one sentence."""

from __future__ import annotations

import sys
import threading
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from gaze_demo.desk.trouble import sentence
from gaze_demo.log import logger


class TroubleRelay(QObject):
    """Takes exceptions from any thread.

    Signals: `raised`, with a sentence for the user, on the listener's thread.
    """

    raised = Signal(str)

    def install(self) -> None:
        """Handle uncaught errors of the GUI thread and of all others."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def report(self, error: BaseException, what: str = "") -> None:
        """Log `error` with its traceback and tell the user; `what` failed, in a few words."""
        logger.error("%s", what or "Uncaught exception", exc_info=(type(error), error, error.__traceback__))
        self.raised.emit(sentence(error, what))

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            name = args.thread.name if args.thread else "a thread"
            self.report(args.exc_value, f"The part “{name}” has stopped")
