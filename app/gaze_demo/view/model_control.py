"""The models of the panes: which there are, which is shown where, and what went wrong with one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox

from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.view.notice_bar import Level
from gaze_demo.view.settings import Settings
from gaze_demo.view.trouble import sentence
from gaze_demo.view.window import Window
from gaze_demo.view.workers.background import Background
from gaze_demo.view.workers.engine import SIDES, Engine

if TYPE_CHECKING:
    from gaze_demo.model.registry import ModelEntry, Models


class ModelControl(QObject):
    """Fills the dropdowns and gives each pane its model.

    Attributes: `entries`, all models that can be chosen; `known`, whether they were looked for yet; `errors`, by side,
    why the chosen model does not run.

    Signals: `changed`, when any of these has; `missed`, with a sentence, when a model that was asked for by name cannot
    be had, and others are shown instead.
    """

    changed = Signal()
    missed = Signal(str)

    def __init__(
        self, window: Window, engine: Engine, settings: Settings, background: Background, wanted: Sequence[str]
    ) -> None:
        super().__init__(window)
        self.entries: list[ModelEntry] = []
        self.known = False
        self.errors: dict[str, str] = dict.fromkeys(SIDES, "")
        self._window, self._engine, self._settings, self._background = window, engine, settings, background
        self._wanted = tuple(wanted)
        self._chosen: dict[str, ModelEntry | None] = dict.fromkeys(SIDES)
        engine.model_loaded.connect(self._on_loaded)
        for side in SIDES:
            window.panes[side].chooser.chosen.connect(lambda name, s=side: self.choose(s, name))

    def chosen(self, side: str) -> ModelEntry | None:
        return self._chosen[side]

    def look(self) -> None:
        """Read the models' folders, and the files named on the command line, in the background."""
        wanted = self._wanted

        def job() -> tuple[Models, list[ModelEntry]]:
            from gaze_demo.model.registry import find_model, scan_models

            found = [find_model(name) for name in wanted]
            for entry in found:
                if any(other.name == entry.name and other.path != entry.path for other in found):
                    raise UserError(f"Two files are called {entry.name}.onnx: rename one of them.")
            return scan_models(), found

        self._background.run(job, self._on_found, self._on_not_found)

    def choose(self, side: str, name: str) -> None:
        entry = next((entry for entry in self.entries if entry.name == name), None)
        self._show(side, entry)
        if entry is not None:
            self._settings.keep(f"model_{side}", name)

    def swap(self) -> None:
        left, right = self._chosen["left"], self._chosen["right"]
        for side, entry in (("left", right), ("right", left)):
            if entry is not None:
                self.choose(side, entry.name)

    def add(self) -> None:
        """Ask for an ONNX file, and copy it with its contract into the user's folder."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Add a model", "", "ONNX models (*.onnx)")
        if name:
            self.add_file(Path(name))

    def add_file(self, path: Path) -> None:
        self._add(path, replace=False)

    def _add(self, path: Path, *, replace: bool) -> None:
        def job() -> ModelEntry:
            from gaze_demo.model.adding import add_model

            return add_model(path, replace=replace)

        def failed(error: Exception) -> None:
            from gaze_demo.model.adding import NameTaken

            if isinstance(error, NameTaken) and self._wants_replaced(error.name):
                self._add(path, replace=True)
            elif not isinstance(error, NameTaken):
                self._on_not_added(error)

        self._background.run(job, self._on_added, failed)

    def _wants_replaced(self, name: str) -> bool:
        text = f"There is a model called {name} already. Replace it?"
        return QMessageBox.question(self._window, "Add a model", text) == QMessageBox.StandardButton.Yes

    def open_folder(self) -> None:
        paths.user_models().mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.user_models())))

    def _on_found(self, found: tuple[Models, list[ModelEntry]]) -> None:
        from gaze_demo.model.registry import default_pair

        models, wanted = found
        named = {entry.name for entry in wanted}
        self.entries = [*wanted, *(entry for entry in models.entries if entry.name not in named)]
        self.known = True
        for problem in models.problems:
            self._window.notice.show_notice(problem, Level.WARNING)
        remembered = [self._by_name(self._settings.text(f"model_{side}")) for side in SIDES]
        default = default_pair(self.entries)
        for i, side in enumerate(SIDES):
            entry = wanted[i] if i < len(wanted) else remembered[i]
            if entry is None and default:
                entry = default[min(i, len(default) - 1)]
            self._show(side, entry)
        self.changed.emit()

    def _on_not_found(self, error: Exception) -> None:
        text = sentence(error, "The models could not be listed")
        self._window.notice.show_notice(text, Level.TROUBLE)
        if self._wanted:
            self.missed.emit(text)
            self._wanted = ()
            self.look()
        else:
            self.known = True
            self.changed.emit()

    def _on_added(self, entry: ModelEntry) -> None:
        self.entries = [entry, *(known for known in self.entries if known.name != entry.name)]
        self._window.notice.show_notice(f"Added {entry.name}.", Level.INFO)
        self.choose("left", entry.name)
        self._fill()
        self.changed.emit()

    def _on_not_added(self, error: Exception) -> None:
        self._window.notice.show_notice(sentence(error, "The model was not added"), Level.TROUBLE)

    def _on_loaded(self, side: str, entry: ModelEntry, error: Exception | None) -> None:
        if entry is not self._chosen[side]:
            return
        self.errors[side] = sentence(error, f"{entry.name} could not be loaded") if error else ""
        self.changed.emit()

    def _by_name(self, name: str) -> ModelEntry | None:
        return next((entry for entry in self.entries if entry.name == name), None)

    def _show(self, side: str, entry: ModelEntry | None) -> None:
        self._chosen[side] = entry
        self.errors[side] = ""
        self._engine.use_model(side, entry)
        self._fill()
        self._window.panes[side].show_model(entry)
        self._window.agreement.clear()
        self.changed.emit()

    def _fill(self) -> None:
        names = {side: entry.name if entry else "" for side, entry in self._chosen.items()}
        for side in SIDES:
            self._window.panes[side].chooser.show_models(self.entries, names[side])
        self._window.plot.show_names(names["left"], names["right"])
