"""The saved profiles: rename, delete, export, and open the folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gaze_demo.calibration.profile import Profile, files_of, profile_path
from gaze_demo.desk.profile_control import ProfileControl

_WORDS = (
    "A profile holds pictures of your face around the eyes, from the dots of its calibrations. They stay on this "
    "computer, in a folder that no other account can read. Deleting a profile deletes them."
)


class ProfilesDialog(QDialog):
    """Attributes: `list`, the profiles; `rename`, `delete`, `export`, buttons for the one that is chosen."""

    def __init__(self, profiles: ProfileControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Profiles")
        self.resize(620, 420)
        self._profiles = profiles
        words = QLabel(_WORDS)
        words.setWordWrap(True)
        words.setProperty("kind", "muted")
        self.list = QListWidget()
        self.list.setAccessibleName("Profiles")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.rename = self._button("Rename…", self._rename)
        self.delete = self._button("Delete…", self._delete)
        self.export = self._button("Export…", self._export)
        self._none = QLabel("There are no profiles yet. A calibration keeps one.")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setProperty("kind", "muted")
        folder = self._button("Open the folder", self._open_folder)
        row = QHBoxLayout()
        for button in (self.rename, self.delete, self.export):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(folder)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        close.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.addWidget(words)
        column.addWidget(self.list, 1)
        column.addWidget(self._none, 1)
        column.addLayout(row)
        column.addWidget(close)
        self.list.currentRowChanged.connect(lambda _: self._show_buttons())
        self.fill()

    @property
    def chosen(self) -> Profile | None:
        row = self.list.currentRow()
        return self._found[row] if 0 <= row < len(self._found) else None

    def fill(self) -> None:
        """Read the folder again."""
        self._found = self._profiles.all()
        self.list.clear()
        self._none.setVisible(not self._found)
        self.list.setVisible(bool(self._found))
        for profile in self._found:
            used = " (in use)" if self._profiles.is_in_use(profile) else ""
            place = f"{profile.camera.name}, {profile.screen.name}"
            megabytes = sum(path.stat().st_size for path in files_of(profile) if path.is_file()) / 1e6
            text = f"{profile.name}{used}\n{place}, {profile.created[:10]}, {megabytes:.1f} MB"
            self.list.addItem(QListWidgetItem(text))
        if self._found:
            self.list.setCurrentRow(0)
        self._show_buttons()

    def _button(self, text: str, call: object) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(call)
        return button

    def _show_buttons(self) -> None:
        for button in (self.rename, self.delete, self.export):
            button.setEnabled(self.chosen is not None)

    def _rename(self) -> None:
        profile = self.chosen
        if profile is None:
            return
        name, accepted = QInputDialog.getText(self, "Rename", "New name of the profile:", text=profile.name)
        if accepted and 0 < len(name.strip()) <= 60 and name.strip() != profile.name:
            self._profiles.rename(profile, name.strip(), self.fill)

    def _delete(self) -> None:
        profile = self.chosen
        if profile is None:
            return
        text = f"Delete the profile {profile.name} and all pictures kept with it?"
        if QMessageBox.question(self, "Delete", text) == QMessageBox.StandardButton.Yes:
            self._profiles.delete(profile, self.fill)

    def _export(self) -> None:
        profile = self.chosen
        if profile is None:
            return
        name, _ = QFileDialog.getSaveFileName(self, "Export", f"{profile_path(profile).stem}.zip", "ZIP (*.zip)")
        if name:
            self._profiles.export(profile, Path(name))

    def _open_folder(self) -> None:
        profile = self.chosen
        if profile is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(profile_path(profile).parent)))
