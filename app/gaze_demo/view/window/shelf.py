"""Where the panels are: in a row below the panes, in two rows where that is high and narrow, or, in a low and narrow
window, in a column beside the one pane."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gaze_demo.view.panels.panel import Panel
from gaze_demo.view.shared import theme

_ROW_HEIGHT, _COLUMN_WIDTH = 165, 300
_TWO_ROWS, _BROAD = 350, 1200  # px: two rows from this height on, unless it is wider than that
_UNBOUNDED = (1 << 24) - 1  # Qt's own word for no limit


class Shelf(QScrollArea):
    """Scrolls if there is no room for its panels.

    Attributes: `upright`, whether it is a column. `two_rows`: whether the panels of a fixed width are below the others.
    """

    def __init__(self, panels: Sequence[Panel]) -> None:
        super().__init__()
        self.upright = self.two_rows = False
        self._panels = tuple(panels)
        self._guests: dict[Panel, QSizePolicy] = {}
        self._sizes = {panel: (panel.minimumSize(), panel.maximumSize()) for panel in panels}
        self.setObjectName("foot")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # there is nothing to type into it; its buttons take the focus
        self.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self._rows = QVBoxLayout(inner)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._box, self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight), QHBoxLayout()
        for box in (self._box, self._below):
            box.setSpacing(theme.GAP)
            self._rows.addLayout(box)
        self._rows.setStretch(0, 1)
        self._rows.setSpacing(0)
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
        self._use_rows(two=False)
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
        self._use_rows(two=self._is_high())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.two_rows != self._is_high():
            self._use_rows(two=not self.two_rows)

    def _is_high(self) -> bool:
        return not self.upright and self.height() >= _TWO_ROWS and self.width() < _BROAD

    def _use_rows(self, *, two: bool) -> None:
        """Panels of a fixed width below the others, where the last of them takes what width is left; or beside them."""
        if two == self.two_rows:
            return
        self.two_rows = two
        fixed = [panel for panel, (_, most) in self._sizes.items() if most.width() != _UNBOUNDED]
        for panel in fixed:
            (self._below if two else self._box).addWidget(panel)
            panel.setMaximumSize(self._sizes[panel][1])
        if fixed and two:
            fixed[-1].setMaximumWidth(_UNBOUNDED)
        self._rows.setStretch(1, 1 if two else 0)
        self._below.setContentsMargins(0, theme.GAP if two else 0, 0, 0)
