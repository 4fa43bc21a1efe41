"""The strip over the panes: all controls, folded into a small window if there is no room for them."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.view.header.control import Control, control_kinds
from gaze_demo.view.shared import theme

_TAB = Qt.FocusPolicy.TabFocus.value
_STATUS_PX = 200  # width of the line that says what the source delivers: it has priority over names beside icons


class Header(QFrame):
    """Holds the controls; one that cannot be used with the source is hidden.

    Attributes: `controls`, by their class; `more`, the button that opens those that are folded.
    """

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__()
        self.setObjectName("header")
        self._state = state
        self.controls: dict[type[Control], Control] = {kind: kind(state, commands) for kind in control_kinds()}
        self._folded: list[Control] = []
        self.more = QToolButton()
        self.more.setText("More…")
        self.more.setAccessibleName("More controls")
        self.more.setToolTip("The controls that this window has no room for")
        self.more.clicked.connect(self.open_more)
        self._popup = QFrame(self, Qt.WindowType.Popup)
        self._popup.setObjectName("card")
        self._grid = QGridLayout(self._popup)
        self._grid.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        self._grid.setColumnStretch(1, 1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.GAP, 7, theme.GAP, 7)
        self._row.setSpacing(theme.GAP)
        for control in self.controls.values():
            self._row.addWidget(control, control.stretch)
        self._row.insertWidget(self._row.count() - 1, self.more)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        state.on("source_kind", lambda _: self._fold(), now=True)

    @property
    def folded(self) -> tuple[Control, ...]:
        """The controls that have no room."""
        return tuple(self._folded)

    def minimumSizeHint(self) -> QSize:
        """The width of the controls that never fold."""
        stay = [control for control in self.controls.values() if control.folds is None and not control.stretch]
        width = sum(control.minimumSizeHint().width() for control in stay) + self.more.sizeHint().width()
        return QSize(width + theme.GAP * (len(stay) + 2), super().minimumSizeHint().height())

    def open_more(self) -> None:
        """Show the folded controls below the button."""
        self._popup.adjustSize()
        corner = self.more.mapToGlobal(QPoint(self.more.width() - self._popup.width(), self.more.height() + 4))
        self._popup.move(corner)
        self._popup.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fold()

    def _fold(self) -> None:
        """Fold the controls with the lowest priority, until the rest fits."""
        applies = [control for control in self.controls.values() if self._state.source_kind in control.kinds]
        order = sorted((c for c in applies if c.folds is not None), key=lambda control: control.folds or 0)
        folded: list[Control] = []
        for wide in (True, False):
            for control in applies:
                control.expand(wide)
            if self._width(applies, False) + (_STATUS_PX if wide else 0) <= self.width():
                break
        while order and self._width([c for c in applies if c not in folded], bool(folded)) > self.width():
            folded.append(order.pop(0))
        if folded != self._folded:
            self._move(folded)
        for control in self.controls.values():
            control.setVisible(control in applies)
        self.more.setVisible(bool(folded))
        self._order_focus()

    def _order_focus(self) -> None:
        """The tab key goes from left to right, whatever was folded before."""
        stay = [control for control in self.controls.values() if control not in self._folded]
        parts: list[QWidget] = []
        for control in stay:
            parts += [self.more] if control is stay[-1] else []
            parts += [part for part in control.findChildren(QWidget) if part.focusPolicy().value & _TAB]
        parts = [part for part in parts if part.window() is self.window()]  # a box has its list in a separate window
        for one, other in pairwise(parts):
            QWidget.setTabOrder(one, other)

    def _width(self, controls: list[Control], more: bool) -> int:
        widths = [_width_of(control) for control in controls if not control.stretch]
        if more:
            widths.append(self.more.sizeHint().width())
        return sum(widths) + theme.GAP * (len(widths) + 2)

    def _move(self, folded: list[Control]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            label = item.widget()
            if isinstance(label, QLabel):
                label.deleteLater()
        self._folded = folded
        place = 0
        for control in self.controls.values():
            if control in folded:
                self._row.removeWidget(control)
                line = self._grid.rowCount()
                title = QLabel(control.title)
                title.setProperty("kind", "muted")
                self._grid.addWidget(title, line, 0)
                self._grid.addWidget(control, line, 1)
            else:
                if self._row.indexOf(control) < 0:
                    self._row.insertWidget(place, control, control.stretch)
                place += 1


def _width_of(control: Control) -> int:
    """The current width: a layout caches the sizes of its widgets until it is invalidated."""
    layout = control.layout()
    if layout is not None:
        layout.invalidate()
    return control.sizeHint().width()
