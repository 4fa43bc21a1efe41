"""The strip over the panes: source, lens, filter, and what to draw."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from gaze_demo.view import theme
from gaze_demo.view.header.filter_control import FilterControl
from gaze_demo.view.header.lens_control import LensControl
from gaze_demo.view.header.resolution_chooser import ResolutionChooser
from gaze_demo.view.header.source_chooser import SourceChooser
from gaze_demo.view.header.virtual_controls import VirtualControls
from gaze_demo.view.icons import line_icon
from gaze_demo.view.menus import Menus
from gaze_demo.view.reading import Reading

_TOGGLES = (("each_eye", "arrows"), ("axes", "axes"), ("crops", "eye"), ("two_panes", "two"), ("full_screen", "full"))


class Header(QFrame):
    """Holds the controls; what does not apply to the source is hidden."""

    def __init__(self, menus: Menus) -> None:
        super().__init__()
        self.setObjectName("header")
        self.source = SourceChooser()
        self.resolution = ResolutionChooser()
        self.virtual = VirtualControls()
        self.lens = LensControl()
        self.filter = FilterControl()
        self._status = Reading(0.95, "", bold=False, muted=True)
        self._toggles: list[tuple[QToolButton, str]] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, 7, theme.GAP, 7)
        row.setSpacing(theme.GAP)
        for part in (self.source, self.resolution, self.virtual):
            row.addWidget(part)
        row.addWidget(self._status, 1)
        row.addWidget(self.lens)
        row.addWidget(self.filter)
        toggles = QHBoxLayout()
        toggles.setSpacing(4)
        for name, icon in _TOGGLES:
            toggles.addWidget(self._toggle(menus, name, icon))
        row.addLayout(toggles)
        self._restyle()

    def show_kind(self, *, camera: bool, virtual: bool) -> None:
        """Show the controls of this kind of source."""
        self.resolution.setVisible(camera)
        self.virtual.setVisible(virtual)

    def show_status(self, text: str) -> None:
        """What the source delivers."""
        self._status.show_value(text)
        if text != self._status.toolTip():
            self._status.setToolTip(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def _toggle(self, menus: Menus, name: str, icon: str) -> QToolButton:
        action = menus.actions[name]
        title = action.text().replace("&", "")
        button = QToolButton()
        button.setCheckable(True)
        button.setToolTip(f"{title} ({action.shortcut().toString()})")
        button.setAccessibleName(title)
        button.clicked.connect(action.trigger)
        action.toggled.connect(button.setChecked)
        self._toggles.append((button, icon))
        return button

    def _restyle(self) -> None:
        for button, icon in self._toggles:
            button.setIcon(line_icon(icon))
