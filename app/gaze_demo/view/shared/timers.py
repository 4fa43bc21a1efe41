"""Timers that call one function."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def every(interval_ms: int, call: Callable[[], object], parent: QObject, *, once: bool = False) -> QTimer:
    """A timer that calls `call` repeatedly, or `once`, after its `start`; it ends with `parent`."""
    timer = QTimer(parent, interval=interval_ms, singleShot=once)
    timer.timeout.connect(call)
    return timer
