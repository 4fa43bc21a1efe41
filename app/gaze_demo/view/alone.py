"""Runs a single window without the rest of the app."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gaze_demo.desk.memory import recall
from gaze_demo.desk.state import WindowState
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.qt import application
from gaze_demo.view.shared.settings import Settings
from gaze_demo.view.signals import Signals


def run_alone(make: Callable[[], QWidget]) -> int:
    """Show the window that `make` returns until it is closed; the exit code. Raises UserError without a display."""
    qt = application()
    state = WindowState()
    recall(state, Settings(frozen=True), {})
    theme.apply(qt, state.theme)
    window = make()
    signals = Signals(qt.closeAllWindows)
    try:
        window.show()
        return qt.exec()
    finally:
        signals.close()
