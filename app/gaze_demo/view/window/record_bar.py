"""The bar under the panes while a recording goes on: a red dot, time and size, notes and markers."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton

from gaze_demo.desk import words
from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import RecordingShown, WindowState
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.icons import red_dot

_LONGEST_NOTE = 1000
_KEPT = {
    "nothing": "No pictures",
    "crops": "Small pictures of the eyes",
    "eyes": "Pictures of the eyes",
    "face": "Pictures of the face",
    "video": "The whole video",
}


class RecordBar(QFrame):
    """Hidden while nothing is recorded.

    Attributes: `figures`, time and size in words; `note`, a line; `marker`, `stop`, buttons.
    """

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__()
        self.setObjectName("card")
        self._commands = commands
        dot = QLabel()
        dot.setPixmap(red_dot())
        dot.setAccessibleName("Recording")
        self.figures = QLabel()
        self.figures.setFont(theme.figure_font(1.0))
        self.kept = QLabel()
        self.kept.setProperty("kind", "muted")
        self.note = QLineEdit()
        commands.bind("note", self.note.setFocus)
        self.note.setPlaceholderText(f"A note, then Enter ({commands.by_id['note'].keys})")
        self.note.setAccessibleName("Note into the recording")
        self.note.setMaxLength(_LONGEST_NOTE)
        self.note.setMinimumWidth(80)
        self.note.returnPressed.connect(self._send_note)
        self.marker = self._button("Mark", "marker")
        self.stop = self._button("Stop", "record")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, 5, theme.GAP, 5)
        row.setSpacing(theme.GAP)
        for part in (dot, self.figures, self.kept):
            row.addWidget(part)
        row.addWidget(self.note, 1)
        row.addWidget(self.marker)
        row.addWidget(self.stop)
        state.on("recording", self._show, now=True)

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        command = self._commands.by_id[name]
        button.setToolTip(f"{command.tip or command.title} ({command.keys})")
        button.clicked.connect(lambda: self._commands.run(name))
        return button

    def _send_note(self) -> None:
        self._commands.run("keep-note", self.note.text())
        self.note.clear()

    def _show(self, recording: RecordingShown | None) -> None:
        self.setVisible(recording is not None)
        if recording is None:
            self.note.clear()
            return
        size = "" if recording.keep == "video" else f" · {words.size(recording.size_bytes)}"
        lost = f" · {recording.lost} lost" if recording.lost else ""
        self.figures.setText(f"{words.clock_time(recording.duration_s)}{size}{lost}")
        self.kept.setText(_KEPT[recording.keep])
        self.kept.setToolTip(f"{recording.name}: see Record, Open the folder of recordings")
