"""The commands of a recording that need a widget."""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from gaze_demo import paths
from gaze_demo.desk.desk import Desk
from gaze_demo.view.window.record_dialog import RecordDialog
from gaze_demo.view.window.window import Window


class RecordView(QObject):
    """Asks what to keep, and passes the answer to the desk.

    Attributes: `dialog`, the last one; None before the first.
    """

    def __init__(self, desk: Desk, window: Window) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        self.dialog: RecordDialog | None = None
        desk.commands.bind("record", self._record)
        desk.commands.bind("keep-note", desk.record.note)
        desk.commands.bind("recordings-folder", _open_recordings)

    def _record(self) -> None:
        """Stop the current recording, or ask about a new one."""
        if self._desk.state.recording is not None:
            self._desk.record.stop()
            return
        dialog = self.dialog = RecordDialog(self._desk.record.new_folder(), self._window)
        dialog.accepted.connect(lambda: self._desk.record.begin(dialog.folder, dialog.keep))
        dialog.open()


def _open_recordings() -> None:
    paths.make_private(paths.recordings())
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.recordings())))
