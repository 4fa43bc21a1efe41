"""The window before anything slow is loaded: it is shown at once, with the saved settings."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.memory import recall, remember
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.state import Theme, WindowState
from gaze_demo.view.panels.panel import panel_commands, panel_kinds
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.settings import Settings
from gaze_demo.view.window.trouble import TroubleRelay
from gaze_demo.view.window.window import Window


class Shell(QObject):
    """State, commands, notices and window."""

    def __init__(
        self, app: QApplication, settings: Settings, trouble: TroubleRelay, *, full_screen: bool = False
    ) -> None:
        super().__init__()
        self._app = app
        self.state = WindowState()
        panels = {kind.name: kind.shown for kind in panel_kinds()}
        recall(self.state, settings, panels)
        self.state.on("theme", self._use_theme, now=True)
        self.commands = CommandBook((*COMMANDS, *panel_commands()))
        self.notices = Notices()
        self.window = Window(self.state, self.commands, self.notices)
        trouble.raised.connect(self._tell_trouble)
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.window.restoreGeometry(settings.data("geometry"))
        self.window.restore_division(settings.data("division"))
        remember(self.state, settings, panels)
        if full_screen:
            self.state.full_screen = True

    def _tell_trouble(self, text: str) -> None:
        self.notices.trouble(text)

    def _use_theme(self, chosen: Theme) -> None:
        theme.apply(self._app, chosen)

    def _follow_system(self) -> None:
        if self.state.theme is Theme.SYSTEM:
            QTimer.singleShot(0, self, lambda: theme.apply(self._app, Theme.SYSTEM))
