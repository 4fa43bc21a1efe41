"""Notices models that are put into the user's folder, or taken out of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject

from gaze_demo.desk.desk import Desk
from gaze_demo.view.shared.timers import every

_SETTLING_MS = 1000  # A file that is being copied changes many times


class ModelsWatch(QObject):
    """Makes the desk read the folder again once it has not changed for a moment."""

    def __init__(self, desk: Desk, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._timer = every(_SETTLING_MS, desk.models.look, self, once=True)
        self._watcher.directoryChanged.connect(lambda _: self._timer.start())
        while not folder.is_dir() and folder != folder.parent:  # the folder is created with the first model
            folder = folder.parent
        self._watcher.addPath(str(folder))
