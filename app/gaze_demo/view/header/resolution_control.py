"""The dropdown of a camera's resolutions."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import SIZES, SourceKind, WindowState
from gaze_demo.view.header.control import Control
from gaze_demo.view.shared.combo_box import ComboBox


class ResolutionControl(Control):
    """Attributes: `box`."""

    title, order, folds = "Resolution", 20, 3
    kinds = frozenset({SourceKind.CAMERA})

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self.box = ComboBox()
        self.box.setAccessibleName("Resolution")
        self.box.setToolTip("The requested resolution; the camera may use another one")
        self.box.setMinimumWidth(112)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box)
        self.box.activated.connect(self._choose)
        state.on("size", self._show, now=True)

    def _choose(self, row: int) -> None:
        self.state.size = tuple(self.box.itemData(row))

    def _show(self, size: tuple[int, int]) -> None:
        self.box.clear()
        for width, height in sorted({*SIZES, size}):
            self.box.addItem(f"{width} × {height}", (width, height))
        self.box.setCurrentText(f"{size[0]} × {size[1]}")
