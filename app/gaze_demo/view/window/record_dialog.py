"""What to record, and where: nothing else is saved."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from gaze_demo.session.about import Keep
from gaze_demo.view.shared import theme

_ALWAYS = (
    "Always kept: the gaze of each model, where the head and the eyes are, how far the eyes are open, the times, your "
    "markers and notes, and the calibration in use. There is no sound."
)
_SCREEN = (
    "Taken three seconds after the start, for heat maps and areas of interest. It shows everything that can be seen on "
    "the screen then."
)
_PRIVATE = "Everything stays on this computer, in a folder that no other account can read."
_CHOICES: dict[Keep, tuple[str, str]] = {
    "nothing": ("No pictures", "Nobody can be recognised. Other models cannot be tried on it later."),
    "crops": (
        "Small grey pictures of the eyes",
        "Later models of this program and calibrations can be run on them. Some 250 MB an hour.",
    ),
    "eyes": ("The eyes", "Later models and calibrations can be run on it. A person may be recognised by the eyes."),
    "face": ("The face", "Also for models that look at the whole face. The person can be recognised."),
    "video": ("The whole video", "Everything that the camera sees, with the compression loss of a video."),
}


class RecordDialog(QDialog):
    """Attributes: `choices`, the buttons of what is kept; `screen_shot`, whether the screen is kept as well;
    `name`, the line with the folder's name; `buttons`."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Record")
        self.setMinimumWidth(460)
        self._parent_folder = folder.parent
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 18, 18, 18)
        column.setSpacing(6)
        column.addWidget(_title("Pictures to keep"))
        self.choices: dict[Keep, QRadioButton] = {}
        group = QButtonGroup(self)
        for keep in get_args(Keep):
            title, meaning = _CHOICES[keep]
            button = self.choices[keep] = QRadioButton(title)
            button.setAccessibleDescription(meaning)
            group.addButton(button)
            column.addWidget(button)
            column.addWidget(_muted(meaning, 26))
        self.choices["nothing"].setChecked(True)
        column.addSpacing(theme.GAP)
        self.screen_shot = QCheckBox("A picture of the screen")
        self.screen_shot.setAccessibleDescription(_SCREEN)
        column.addWidget(self.screen_shot)
        column.addWidget(_muted(_SCREEN, 26))
        column.addSpacing(theme.GAP)
        column.addWidget(_muted(_ALWAYS))
        column.addSpacing(theme.GAP)
        column.addWidget(_title("Name"))
        self.name = QLineEdit(folder.name)
        self.name.setAccessibleName("Name of the recording")
        self.name.textChanged.connect(self._check)
        place = QPushButton("Folder…")
        place.setToolTip("Where the recording is kept")
        place.clicked.connect(self._choose_place)
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(place)
        column.addLayout(row)
        self._place = _muted("")
        column.addWidget(self._place)
        column.addSpacing(theme.GAP)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.start = self.buttons.addButton("Start recording", QDialogButtonBox.ButtonRole.AcceptRole)
        self.start.setProperty("kind", "primary")
        self.start.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column.addWidget(self.buttons)
        self._check()
        self.start.setFocus()

    @property
    def keep(self) -> Keep:
        return next(keep for keep, button in self.choices.items() if button.isChecked())

    @property
    def folder(self) -> Path:
        return self._parent_folder / self.name.text().strip()

    def _check(self) -> None:
        """Whether the name is a single part of a path, and no such folder exists yet."""
        name = self.name.text().strip()
        whole = bool(name) and Path(name).name == name and "\0" not in name
        there = whole and self.folder.exists()
        self.start.setEnabled(whole and not there)
        if there:
            self._place.setText("There is already a recording with this name: choose another one.")
        elif not whole:
            self._place.setText("The name cannot contain a slash.")
        else:
            self._place.setText(f"In {self._parent_folder}. {_PRIVATE}")

    def _choose_place(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Where to keep the recording", str(self._parent_folder))
        if name:
            self._parent_folder = Path(name)
            self._check()


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("kind", "title")
    return label


def _muted(text: str, indent: int = 0) -> QLabel:
    label = QLabel(text)
    label.setProperty("kind", "muted")
    label.setWordWrap(True)
    label.setContentsMargins(indent, 0, 0, 0)
    return label
