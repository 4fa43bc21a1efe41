"""Where the panels are: in a row below the panes or, in a low and narrow window, in a column beside the one pane."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QSizePolicy, QWidget

from gaze_demo.view.panels.panel import Panel
from gaze_demo.view.shared import theme

_ROW_HEIGHT, _COLUMN_WIDTH = 165, 300
_UNBOUNDED = (1 << 24) - 1  # Qt's own word for no limit


class Shelf(QScrollArea):
    """Scrolls if there is no room for its panels.

    Attributes: `upright`, whether it is a column.
    """

    def __init__(self, panels: Sequence[Panel]) -> None:
        super().__init__()
        self.upright = False
        self._panels = tuple(panels)
        self._guests: dict[Panel, QSizePolicy] = {}
        self._sizes = {panel: (panel.minimumSize(), panel.maximumSize()) for panel in panels}
        self.setObjectName("foot")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # there is nothing to type into it; its buttons take the focus
        self.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme.GAP)
        self.setWidget(inner)
        for panel in panels:
            self._box.addWidget(panel)
        self.stand(upright=False, guests=())

    @property
    def is_empty(self) -> bool:
        """Whether no panel on it is shown."""
        return all(panel.isHidden() for panel in self._panels)

    def stand(self, *, upright: bool, guests: Sequence[Panel]) -> None:
        """As a column with `guests` at its end, or as a row."""
        self.upright = upright
        off, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(needed if upright else off)
        self.setHorizontalScrollBarPolicy(off if upright else needed)
        self.setMinimumSize(_COLUMN_WIDTH if upright else 0, 0 if upright else _ROW_HEIGHT)
        direction = QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight
        self._box.setDirection(direction)
        for panel, (least, most) in self._sizes.items():
            panel.setMinimumSize(QSize(0, panel.minimumSizeHint().height()) if upright else least)
            panel.setMaximumSize(QSize(_UNBOUNDED, _UNBOUNDED) if upright else most)
            self._box.setStretchFactor(panel, 1 if most.width() == _UNBOUNDED else 0)
        for guest, policy in self._guests.items():  # which stood here before
            guest.setSizePolicy(policy)
            guest.setMinimumHeight(0)
        self._guests = {guest: guest.sizePolicy() for guest in guests}
        for guest in guests:
            guest.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            guest.setMinimumHeight(guest.sizeHint().height())
            self._box.addWidget(guest)
