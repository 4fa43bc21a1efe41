"""The dropdown of sources: the virtual participant, every camera by its name, the open file, and what opens another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal

from gaze_demo.view.combo_box import ComboBox

VIRTUAL = "virtual"
_OPEN_FILE, _OPEN_FOLDER, _REFRESH = "?file", "?folder", "?refresh"  # none of them a source's spec


@dataclass(frozen=True)
class SourceItem:
    """A source as the user knows it, and its spec for `open_source`; a camera also goes by its index."""

    spec: str
    name: str
    details: str = ""
    index: int | None = None

    def is_spec(self, spec: str) -> bool:
        return spec == self.spec or (self.index is not None and spec == str(self.index))


class SourceChooser(ComboBox):
    """Signals: `chosen`, with a spec; `file_wanted`, `folder_wanted`, `refresh_wanted`."""

    chosen = Signal(str)
    file_wanted = Signal()
    folder_wanted = Signal()
    refresh_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Source")
        self.setToolTip("Where the images come from")
        self.setMinimumWidth(210)
        self.setMaximumWidth(300)
        self.setPlaceholderText("Choose a source")
        self._cameras: list[SourceItem] = []
        self._current = SourceItem(VIRTUAL, "Virtual participant")
        self._row = 0
        self.activated.connect(self._activate)
        self._fill()

    @property
    def current(self) -> str:
        return self._current.spec

    def show_cameras(self, cameras: Sequence[SourceItem]) -> None:
        self._cameras = list(cameras)
        self._fill()

    def show_current(self, spec: str) -> None:
        """Show `spec` as chosen, without telling anyone."""
        name = f"Camera {spec}" if spec.isdigit() else Path(spec).name or spec
        if spec == VIRTUAL:
            name = "Virtual participant"
        self._current = SourceItem(spec, name, spec)
        self._fill()

    def _fill(self) -> None:
        known = [SourceItem(VIRTUAL, "Virtual participant", "An animated face with exactly known gaze"), *self._cameras]
        if not any(item.is_spec(self._current.spec) for item in known):
            known.append(self._current)
        self.clear()
        for item in known:
            self._add(item)
            if item.is_spec(self._current.spec):
                self._row = self.count() - 1
        self.insertSeparator(self.count())
        self._add(SourceItem(_OPEN_FILE, "Open video or image…"))
        self._add(SourceItem(_OPEN_FOLDER, "Open folder of images…"))
        self._add(SourceItem(_REFRESH, "Look for cameras again"))
        self._select()

    def _add(self, item: SourceItem) -> None:
        self.addItem(item.name, item.spec)
        if item.details:
            self.setItemData(self.count() - 1, item.details, Qt.ItemDataRole.ToolTipRole)

    def _select(self) -> None:
        self.setCurrentIndex(self._row)

    def _activate(self, row: int) -> None:
        spec = self.itemData(row)
        self._select()  # the one in use stays shown until another is
        signals = {_OPEN_FILE: self.file_wanted, _OPEN_FOLDER: self.folder_wanted, _REFRESH: self.refresh_wanted}
        if spec in signals:
            signals[spec].emit()
        else:
            self.chosen.emit(spec)
