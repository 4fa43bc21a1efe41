"""The commands of a recording that need a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QObject, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QImageWriter

from gaze_demo import paths
from gaze_demo.desk.desk import Desk
from gaze_demo.view.shared.timers import every
from gaze_demo.view.window.window import Window

if TYPE_CHECKING:
    from gaze_demo.view.window.record_dialog import RecordDialog

SCREEN_SHOT_MS = 3000
"""After the start of a recording: time to show what is looked at."""


class RecordView(QObject):
    """Asks what to keep, and passes the answer to the desk.

    Attributes: `dialog`, the last one; None before the first.
    """

    def __init__(self, desk: Desk, window: Window) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        self.dialog: RecordDialog | None = None
        self._wants_screen = False
        self._shooting = every(SCREEN_SHOT_MS, self._keep_screen, self, once=True)
        desk.state.on("recording", lambda shown: self._plan_screen(shown is not None))
        desk.commands.bind("record", self._record)
        desk.commands.bind("keep-note", desk.record.note)
        desk.commands.bind("recordings-folder", _open_recordings)

    def _record(self) -> None:
        """Stop the current recording, or ask about a new one."""
        if self._desk.state.recording is not None:
            self._desk.record.stop()
            return
        from gaze_demo.view.window.record_dialog import RecordDialog  # the main window should not wait for it

        dialog = self.dialog = RecordDialog(self._desk.record.new_folder(), self._window)
        dialog.accepted.connect(lambda: self._begin(dialog))
        dialog.open()

    def _begin(self, dialog: RecordDialog) -> None:
        self._wants_screen = dialog.screen_shot.isChecked()
        self._desk.record.begin(dialog.folder, dialog.keep)

    def _plan_screen(self, recording: bool) -> None:
        if recording and self._wants_screen:
            self._wants_screen = False
            self._shooting.start()
        elif not recording:
            self._shooting.stop()

    def _keep_screen(self) -> None:
        """The screen that the window is on, which the point of gaze belongs to."""
        image = self._window.screen().grabWindow(0).toImage()
        if image.isNull():
            self._desk.notices.trouble("The system does not allow a picture of the screen.")
        else:
            self._desk.record.keep_screen(lambda: _png(image))


def _png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(content.data())


def _open_recordings() -> None:
    paths.make_private(paths.recordings())
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.recordings())))
