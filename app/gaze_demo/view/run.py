"""Start of the window."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.log import start_log
from gaze_demo.native_logs import silence_native_logs
from gaze_demo.view.app import App
from gaze_demo.view.qt import application
from gaze_demo.view.settings import Settings
from gaze_demo.view.trouble import TroubleRelay

if TYPE_CHECKING:
    from gaze_demo.options import WindowOptions

_SWITCH_INTERVAL_S = 0.001
"""How long a worker may keep Python to itself while the window wants it; Python's own 5 ms are a third of a frame."""


def run_window(options: WindowOptions) -> int:
    """Show the window until it is closed, or for `options.duration_s`; the exit code.

    Raises UserError where the statistics cannot be written, and where a timed run, which is a measurement, gets no
    picture, or would have to go on without a model that was asked for.
    """
    start_log(paths.log_file(), verbose=options.verbose)
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    trouble = TroubleRelay()
    trouble.install()
    qt = application()
    silence_native_logs()  # from here on: what Qt says when it finds no display must be seen
    app = App(qt, options, Settings(frozen=options.duration_s is not None), trouble)
    failure: list[UserError] = []

    def finish() -> None:
        if options.stats is not None:
            try:
                app.stats.write(options.stats, app.source.spec)
            except UserError as error:
                failure.append(error)
        if not app.live.seen:
            failure.append(UserError(app.source.state.text or "The source gave no picture in that time."))
        app.window.close()

    def give_up(text: str) -> None:
        failure.append(UserError(text))
        app.window.close()

    app.start()
    if options.duration_s is not None:
        app.models.missed.connect(give_up)
        QTimer.singleShot(round(options.duration_s * 1000), finish)
    signal.signal(signal.SIGINT, lambda *_: app.window.close())  # the heartbeat lets Python see it
    try:
        code = qt.exec()
    finally:
        app.close()
        trouble.uninstall()
    if failure:
        raise failure[0]
    return code
