"""Start and end of the window of a recorded session."""

from __future__ import annotations

from pathlib import Path

from gaze_demo import paths
from gaze_demo.desk.memory import recall
from gaze_demo.desk.state import WindowState
from gaze_demo.log import start_log
from gaze_demo.session.folder import load_session
from gaze_demo.view.replay.replay_window import ReplayWindow
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.qt import application
from gaze_demo.view.shared.settings import Settings
from gaze_demo.view.signals import Signals


def replay_window(folder: Path) -> int:
    """Show a recorded session until its window is closed; the exit code.

    Raises UserError where there is no display, or the folder is no session.
    """

    start_log(paths.log_file())
    session = load_session(folder)
    qt = application()
    state = WindowState()
    recall(state, Settings(frozen=True), {})
    theme.apply(qt, state.theme)
    window = ReplayWindow(session)
    signals = Signals(qt.closeAllWindows)
    try:
        window.show()
        return qt.exec()
    finally:
        signals.close()
