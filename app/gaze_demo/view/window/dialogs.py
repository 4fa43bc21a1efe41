"""The commands that open a dialog, a folder or another window.

Each dialog is loaded when it is first opened: the window should not wait for them when it starts.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from gaze_demo import paths
from gaze_demo.camera.picture import READ
from gaze_demo.desk.desk import Desk
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.shared.monitor import monitor_of

_VIDEOS = ("mp4", "mov", "avi", "mkv", "webm", "m4v")
_KINDS = " ".join(f"*.{ending}" for ending in (*_VIDEOS, *sorted(suffix.lstrip(".") for suffix in READ)))


class Dialogs(QObject):
    """Asks the user, and passes the answer to the desk."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        for name, call in {
            "open-file": self._open_file,
            "open-folder": self._open_folder,
            "add-model": self._add_model,
            "models-folder": _open_models_folder,
            "palette": self._show_palette,
            "measure": self._measure,
            "profiles": self._show_profiles,
            "help": self._show_help,
            "log": lambda: _open(paths.log_file()),
            "about": self._show_about,
            "quit": window.close,
        }.items():
            desk.commands.bind(name, call)
        desk.models.name_taken.connect(self._ask_to_replace)

    def _open_file(self) -> None:
        kinds = f"Videos and images ({_KINDS});;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a video or an image", self._desk.source.folder, kinds)
        if name:
            self._desk.source.open_path(name)

    def _open_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Open a folder of images", self._desk.source.folder)
        if name:
            self._desk.source.open_path(name)

    def _add_model(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, "Add a model", "", "Models (*.onnx *.json)")
        if not name:
            return
        panes = {f"{pane.title} pane": pane for pane in PaneId}
        text = f"Show {Path(name).stem} in the"
        where, accepted = QInputDialog.getItem(self._window, "Add a model", text, [*panes, "No pane"], 0, False)
        if accepted:
            self._desk.models.add_file(Path(name), panes.get(where))

    def _ask_to_replace(self, taken: tuple[Path, str, PaneId | None]) -> None:
        path, name, pane = taken
        text = f"There is already a model called {name}. Replace it?"
        if QMessageBox.question(self._window, "Add a model", text) == QMessageBox.StandardButton.Yes:
            self._desk.models.add_file(path, pane, replace=True)

    def _measure(self) -> None:
        """Ask for the true size of the monitor that the window is on, and for the place of the camera."""
        from gaze_demo.view.calibration.card_ruler import CardRuler

        calibration = self._desk.calibration
        parent = self._window.window()
        ruler = CardRuler(calibration.known_geometry(monitor_of(parent.screen())), parent)
        ruler.accepted.connect(lambda: calibration.keep_measured(ruler.measured()))
        ruler.open()

    def _show_palette(self) -> None:
        from gaze_demo.view.window.palette import Palette

        Palette(self._desk.state, self._desk.commands, self._window).open()

    def _show_profiles(self) -> None:
        from gaze_demo.view.calibration.profiles_dialog import ProfilesDialog

        ProfilesDialog(self._desk.profiles, self._window).open()

    def _show_help(self) -> None:
        from gaze_demo.view.window.help import Help

        Help(self._desk.commands, self._window).open()

    def _show_about(self) -> None:
        from gaze_demo.view.window.about import About

        About(self._desk.state.entries, self._window).open()


def _open_models_folder() -> None:
    paths.user_models().mkdir(parents=True, exist_ok=True)
    _open(paths.user_models())


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
