"""Start and end of the window."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from gaze_demo import paths
from gaze_demo.desk.trouble import sentence
from gaze_demo.errors import UserError
from gaze_demo.garbage import pause_collection, resume_collection
from gaze_demo.log import start_log
from gaze_demo.native_logs import silence_native_logs
from gaze_demo.view.loading import Loading
from gaze_demo.view.shared.qt import application
from gaze_demo.view.shared.settings import Settings
from gaze_demo.view.shell import Shell
from gaze_demo.view.signals import Signals
from gaze_demo.view.window.trouble import TroubleRelay
from gaze_demo.whole_file import refuse_unwritable

if TYPE_CHECKING:
    from gaze_demo.options import WindowOptions
    from gaze_demo.view.app import App

# How long a worker may hold Python's lock while the window waits for it; Python's default of 5 ms is a third of a
# frame.
_SWITCH_INTERVAL_S = 0.001


def run_window(options: WindowOptions) -> int:
    """Show the window until it is closed, or for `options.duration_s`; the exit code.

    Raises UserError if there is no display, if the statistics cannot be written, and if a timed run, which is a
    measurement, gets no picture or cannot load a requested model.
    """
    if options.stats is not None:
        refuse_unwritable(options.stats)
    start_log(paths.log_file(), verbose=options.verbose)
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    trouble = TroubleRelay()
    trouble.install()
    qt = application()
    silence_native_logs()  # only from here on, because Qt's message about a missing display must be seen
    settings = Settings(frozen=options.duration_s is not None)
    run = Run(Shell(qt, settings, trouble, full_screen=options.fullscreen), options, settings)
    signals = Signals(run.end)
    try:
        run.start()
        code = 0 if run.closed else qt.exec()  # a window that was closed before the event loop began would never end it
    finally:
        run.close()
        signals.close()
        trouble.uninstall()
    if run.failure is not None:
        raise run.failure
    return code


class Run(QObject):
    """One run, from showing the window to its end.

    Attributes: `failure`, why a timed run failed; `closed`, whether it was asked to end.
    """

    def __init__(self, shell: Shell, options: WindowOptions, settings: Settings) -> None:
        super().__init__()
        self.failure: UserError | None = None
        self.closed = False
        self._shell, self._options, self._settings = shell, options, settings
        self._app: App | None = None
        self._loading = Loading(self)
        self._loading.done.connect(self._fill)
        self._loading.failed.connect(self._give_up_loading)

    def start(self) -> None:
        """Show the window, and load everything else; nothing if it was asked to end already."""
        if self.closed:
            return
        self._shell.window.show()
        pause_collection()  # until everything is loaded
        self._loading.start()
        if self._options.duration_s is not None:
            QTimer.singleShot(round(self._options.duration_s * 1000), self, self._finish)

    def close(self) -> None:
        """Close the window and stop its workers."""
        self.closed = True
        resume_collection()
        self._shell.window.close()
        if self._app is not None:
            self._app.close()

    def end(self) -> None:
        """Close, and end the event loop: one that has not begun yet ends as soon as it does."""
        self.close()
        QTimer.singleShot(0, QCoreApplication.quit)

    def _fill(self) -> None:
        try:
            self._make_app()
        finally:
            resume_collection()

    def _make_app(self) -> None:
        from gaze_demo.view.app import App  # makes classes of Qt: here, on the GUI thread, once the rest is loaded

        if not self._shell.window.isVisible():  # it was closed in the meantime
            return
        self._app = App(self._shell, self._options, self._settings)
        if self._options.duration_s is not None:
            self._app.desk.models.missed.connect(self._give_up)
        self._app.start()

    def _give_up_loading(self, error: Exception) -> None:
        resume_collection()
        self._shell.notices.trouble(sentence(error, "A part of the app could not be loaded"))

    def _finish(self) -> None:
        """The time of a timed run is over."""
        state, stats = self._shell.state, self._options.stats
        if stats is not None and self._app is not None:
            try:
                self._app.stats.write(stats, state.source_spec)
            except UserError as error:
                self.failure = error
        if not state.seen and self.failure is None:
            self.failure = UserError(state.source.text or "The source gave no picture in that time.")
        self._shell.window.close()

    def _give_up(self, text: str) -> None:
        self.failure = UserError(text)
        self._shell.window.close()
