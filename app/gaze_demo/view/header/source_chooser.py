"""The dropdown of sources: the virtual participant, every camera by its name, the open file, and entries that open
another one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal

from gaze_demo.desk.state import VIRTUAL, CameraItem
from gaze_demo.view.shared.combo_box import ComboBox

_COMMANDS = (
    ("open-file", "Open video or image…"),
    ("open-folder", "Open folder of images…"),
    ("refresh-cameras", "Look for cameras again"),
)
_COMMAND = "?"  # no source's spec begins with it


class SourceChooser(ComboBox):
    """Signals: `chosen`, with a spec; `command_wanted`, with the id of a command that opens something."""

    chosen = Signal(str)
    command_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Source")
        self.setToolTip("Where the images come from")
        self.setMinimumWidth(150)
        self.setMaximumWidth(300)
        self.setPlaceholderText("Choose a source")
        self._cameras: list[CameraItem] = []
        self._current = CameraItem(VIRTUAL, "Virtual participant")
        self._row = 0
        self.activated.connect(self._activate)
        self._fill()

    @property
    def current(self) -> str:
        return self._current.spec

    def show_cameras(self, cameras: Sequence[CameraItem]) -> None:
        self._cameras = list(cameras)
        self._fill()

    def show_current(self, spec: str) -> None:
        """Show `spec` as chosen, without a signal."""
        name = f"Camera {spec}" if spec.isdigit() else Path(spec).name or spec
        if spec == VIRTUAL:
            name = "Virtual participant"
        self._current = CameraItem(spec, name, spec)
        self._fill()

    def _fill(self) -> None:
        known = [CameraItem(VIRTUAL, "Virtual participant", "An animated face with exactly known gaze"), *self._cameras]
        if not any(item.is_spec(self._current.spec) for item in known):
            known.append(self._current)
        self.clear()
        for item in known:
            self._add(item)
            if item.is_spec(self._current.spec):
                self._row = self.count() - 1
        self.insertSeparator(self.count())
        for command, text in _COMMANDS:
            self._add(CameraItem(_COMMAND + command, text))
        self._select()

    def _add(self, item: CameraItem) -> None:
        self.addItem(item.name, item.spec)
        if item.details:
            self.setItemData(self.count() - 1, item.details, Qt.ItemDataRole.ToolTipRole)

    def _select(self) -> None:
        self.setCurrentIndex(self._row)

    def _activate(self, row: int) -> None:
        spec = self.itemData(row)
        self._select()  # the source in use stays selected until another one is
        if spec.startswith(_COMMAND):
            self.command_wanted.emit(spec[len(_COMMAND) :])
        else:
            self.chosen.emit(spec)
