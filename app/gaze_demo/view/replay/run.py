"""Start and end of the window of a recorded session."""

from __future__ import annotations

from pathlib import Path

from gaze_demo import paths
from gaze_demo.log import start_log
from gaze_demo.session.folder import load_session
from gaze_demo.view.alone import run_alone
from gaze_demo.view.replay.replay_window import ReplayWindow


def replay_window(folder: Path) -> int:
    """Show a recorded session until its window is closed; the exit code.

    Raises UserError if there is no display, or the folder is no session.
    """
    start_log(paths.log_file())
    session = load_session(folder)
    return run_alone(lambda: ReplayWindow(session))
