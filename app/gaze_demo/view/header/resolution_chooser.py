"""The dropdown of a camera's resolutions."""

from __future__ import annotations

from PySide6.QtCore import Signal

from gaze_demo.view.combo_box import ComboBox

SIZES = ((640, 480), (1280, 720), (1920, 1080))
RATE = 30


class ResolutionChooser(ComboBox):
    """Signals: `chosen`, with width and height in px that the user picks."""

    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Resolution")
        self.setToolTip("What the camera is asked for; it may deliver another")
        self.setMinimumWidth(112)
        self.activated.connect(lambda row: self.chosen.emit(*self.itemData(row)))
        self.show_size(*SIZES[0])

    def show_size(self, width: int, height: int) -> None:
        """Show this one as chosen, without telling anyone."""
        self.clear()
        for size in sorted({*SIZES, (width, height)}):
            self.addItem(f"{size[0]} × {size[1]}", size)
        self.setCurrentText(f"{width} × {height}")
