"""The commands that open a recorded session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from gaze_demo import paths
from gaze_demo.desk.desk import Desk

if TYPE_CHECKING:
    from gaze_demo.session.folder import Session
    from gaze_demo.view.replay.replay_window import ReplayWindow


class ReplayView(QObject):
    """Attributes: `shown`, the window opened last; None before the first."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        self.shown: ReplayWindow | None = None
        desk.commands.bind("open-recording", self._ask)
        desk.record.session_read.connect(self._show)

    def _ask(self) -> None:
        start = paths.recordings() if paths.recordings().is_dir() else Path.home()
        name = QFileDialog.getExistingDirectory(self._window, "Open a recording", str(start))
        if name:
            self._desk.record.read(Path(name))

    def _show(self, session: Session) -> None:
        from gaze_demo.view.replay.replay_window import ReplayWindow  # the main window should not wait for it

        self.shown = ReplayWindow(session, parent=self._window)
        self.shown.show()
