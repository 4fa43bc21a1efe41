"""Start and end of the window of a recorded session."""

from __future__ import annotations

from pathlib import Path

from gaze_demo import paths
from gaze_demo.log import start_log
from gaze_demo.session.film import film_session
from gaze_demo.session.folder import load_session
from gaze_demo.view.alone import run_alone
from gaze_demo.view.replay.replay_window import ReplayWindow


def replay_window(folder: Path, against: Path | None = None) -> int:
    """Show a recorded session, or a film, until its window is closed; the exit code.

    `against`: a session that was made from it, to be compared with it. Raises UserError if there is no display, if a
    folder is not a session, or if `against` was made from another one.
    """
    start_log(paths.log_file())
    session = film_session(folder) if folder.is_file() else load_session(folder)
    other = None if against is None else load_session(against)
    return run_alone(lambda: ReplayWindow(session, other))
