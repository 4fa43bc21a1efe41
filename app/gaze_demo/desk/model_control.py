"""The models of the panes: which ones exist, which one each pane shows, and the problems."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gaze_demo.desk.memory import Memory
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.observed import Told
from gaze_demo.desk.state import WindowState
from gaze_demo.desk.trouble import sentence
from gaze_demo.errors import UserError
from gaze_demo.live.background import Background
from gaze_demo.live.engine import Engine
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.tools import Tools
from gaze_demo.model.adding import NameTaken, add_model
from gaze_demo.model.registry import ModelEntry, Models, default_pair


class ModelControl:
    """Looks for models and gives each pane its own.

    Signals: `missed`, with a sentence, when a model that was requested by name is not available, and others are shown
    instead; `name_taken`, with path, name and pane, when a model was not added because another has its name.
    """

    def __init__(
        self,
        state: WindowState,
        notices: Notices,
        engine: Engine,
        memory: Memory,
        background: Background,
        tools: Tools,
        wanted: Sequence[str],
    ) -> None:
        self.missed: Told[str] = Told()
        self.name_taken: Told[tuple[Path, str, PaneId | None]] = Told()
        self._state, self._notices, self._engine = state, notices, engine
        self._memory, self._background, self._tools = memory, background, tools
        self._wanted = tuple(wanted)
        state.on("provider", self._use_provider)

    def look(self) -> None:
        """Read the models' folders in the background; those named on the command line are read and shown first."""
        wanted, tools = self._wanted, self._tools
        self._state.providers = tools.installed_providers()
        tools.choose_provider(self._state.provider)

        def job() -> list[ModelEntry]:
            found = [tools.find_model(name) for name in wanted]
            for entry in found:
                if any(other.name == entry.name and other.path != entry.path for other in found):
                    raise UserError(f"Two files are called {entry.name}.onnx: rename one of them.")
            return found

        self._background.run(job, self._on_wanted, self._on_not_found)

    def choose(self, pane: PaneId, name: str) -> None:
        """Show this model in the pane, and remember it."""
        entry = self._by_name(name)
        self._show(pane, entry)
        if entry is not None:
            self._memory.keep(_key(pane), name)

    def swap(self) -> None:
        names = self._state.model_names
        for pane in PaneId:
            if names[pane.other]:
                self.choose(pane, names[pane.other])

    def add_file(self, path: Path, pane: PaneId | None = PaneId.A, *, replace: bool = False) -> None:
        """Copy a model with its contract into the user's folder, replacing another one of this name only with
        `replace`, and show it in a pane, or in none."""

        def failed(error: Exception) -> None:
            if isinstance(error, NameTaken):
                self.name_taken.tell((path, error.name, pane))
            else:
                self._notices.trouble(sentence(error, "The model was not added"))

        self._background.run(
            lambda: add_model(path, replace=replace), lambda entry: self._on_added(entry, pane), failed
        )

    def on_loaded(self, pane: PaneId, entry: ModelEntry, error: Exception | None, notice: str = "") -> None:
        """A model was loaded, or failed; a notice says that it runs on the CPU although another provider was chosen."""
        if entry is self._state.models[pane]:
            if notice:
                self._notices.trouble(notice, f"provider {entry.name}")
            self._tell_error(pane, sentence(error, f"{entry.name} could not be loaded") if error else "")

    def _on_wanted(self, wanted: list[ModelEntry]) -> None:
        if not self._state.models_known:
            for pane, entry in zip(PaneId, wanted, strict=False):
                self._show(pane, entry)
        self._background.run(self._tools.scan_models, lambda models: self._on_found(models, wanted), self._on_not_found)

    def _on_found(self, models: Models, wanted: list[ModelEntry]) -> None:
        named = {entry.name for entry in wanted}
        self._state.entries = (*wanted, *(entry for entry in models.entries if entry.name not in named))
        for problem in models.problems:
            self._notices.warn(problem)
        default = default_pair(list(self._state.entries))
        for i, pane in enumerate(PaneId):
            shown = self._state.models[pane]
            if shown is not None and self._by_name(shown.name) == shown:
                continue  # it is shown already, as it is
            entry = wanted[i] if i < len(wanted) else self._by_name(self._memory.text(_key(pane)))
            if entry is None and default:
                entry = default[min(i, len(default) - 1)]
            self._show(pane, entry)
        self._state.models_known = True

    def _on_not_found(self, error: Exception) -> None:
        text = sentence(error, "The models could not be listed")
        self._notices.trouble(text)
        if self._wanted:
            self.missed.tell(text)
            self._wanted = ()
            self.look()
        else:
            self._state.models_known = True

    def _on_added(self, entry: ModelEntry, pane: PaneId | None) -> None:
        self._state.entries = (entry, *(known for known in self._state.entries if known.name != entry.name))
        self._notices.info(f"Added {entry.name}.")
        if pane is not None:
            self.choose(pane, entry.name)

    def _use_provider(self, name: str) -> None:
        """Load the visible models again with this provider."""
        self._tools.choose_provider(name)
        for known in self._state.entries:
            self._notices.withdraw(f"provider {known.name}")
        for pane, entry in self._state.models.items():
            self._show(pane, entry)

    def _by_name(self, name: str) -> ModelEntry | None:
        return next((entry for entry in self._state.entries if entry.name == name), None)

    def _show(self, pane: PaneId, entry: ModelEntry | None) -> None:
        self._engine.use_model(pane, entry)
        self._tell_error(pane, "")
        self._state.models = {**self._state.models, pane: entry}

    def _tell_error(self, pane: PaneId, text: str) -> None:
        self._state.model_errors = {**self._state.model_errors, pane: text}


def _key(pane: PaneId) -> str:
    return f"model_{pane.title.lower()}"
