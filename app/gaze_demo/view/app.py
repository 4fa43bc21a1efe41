"""The running app: the desk, the window and their connections."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from gaze_demo import paths
from gaze_demo.camera.reader import ReaderStatus
from gaze_demo.camera.source import Source
from gaze_demo.desk.desk import Desk
from gaze_demo.desk.run_stats import RunStats
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.live.tools import Tools
from gaze_demo.options import WindowOptions
from gaze_demo.view.bridge import Bridge
from gaze_demo.view.calibration.calibration_view import CalibrationView
from gaze_demo.view.replay.replay_view import ReplayView
from gaze_demo.view.shared.settings import Settings
from gaze_demo.view.shared.timers import every
from gaze_demo.view.shell import Shell
from gaze_demo.view.window.desktop import Desktop
from gaze_demo.view.window.dialogs import Dialogs
from gaze_demo.view.window.heartbeat import Heartbeat
from gaze_demo.view.window.models_watch import ModelsWatch
from gaze_demo.view.window.profiles_menu import ProfilesMenu
from gaze_demo.view.window.record_view import RecordView

_LONGEST_START_MS, _SETTLING_MS, _REFRESH_MS = 3000, 300, 250


class App(QObject):
    """Connects the shell's window with the desk."""

    def __init__(self, shell: Shell, options: WindowOptions, settings: Settings, tools: Tools | None = None) -> None:
        super().__init__()
        self.state, self.window, self.notices = shell.state, shell.window, shell.notices
        self._settings = settings
        self.bridge = Bridge(self)
        self.desk = Desk(
            shell.state, shell.commands, shell.notices, settings, tools or Tools(), self.bridge.tell, options
        )
        self.bridge.serve(self.desk.engine)
        self.stats = RunStats()
        self.heartbeat = Heartbeat(self.stats, self)
        self.dialogs = Dialogs(self.desk, self.window)
        self.record = RecordView(self.desk, self.window)
        self.replay = ReplayView(self.desk, self.window)
        self.desktop = Desktop(self.desk, self.window)
        self.calibration = CalibrationView(self.desk, self.window)
        self.profiles = ProfilesMenu(self.desk.profiles, self.window)
        self.window.add_menu(self.profiles, "measure")
        self._watch = ModelsWatch(self.desk, paths.user_models(), self)
        self._measures = options.stats is not None
        self._settling = every(_LONGEST_START_MS, self.stats.settle, self, once=True)
        self._refreshing = every(_REFRESH_MS, self.desk.refresh, self)
        self._closed = False
        self._connect()

    def start(self) -> None:
        """Start everything slow, in other threads."""
        if self._measures:
            self.heartbeat.start()
        self.desk.start()
        self._settling.start()
        self._refreshing.start()

    def close(self) -> None:
        """Save the window's geometry, and stop the workers within a second."""
        if self._closed:
            return
        self._closed = True
        self._settings.keep("geometry", self.window.saveGeometry())
        self._settings.keep("division", self.window.division())
        self.window.stop()
        self._refreshing.stop()
        self.calibration.close()
        self.desktop.close()
        self.desk.close()
        self.bridge.close()

    def _connect(self) -> None:
        window, bridge = self.window, self.bridge
        window.closing.connect(self.close)
        window.painted.connect(self.stats.add)
        window.previews_resized.connect(self.desk.fit_previews)
        bridge.source_opened.connect(self._on_opened)
        bridge.status_changed.connect(self._on_status)
        bridge.source_failed.connect(self._on_failed)
        bridge.model_loaded.connect(self.desk.models.on_loaded)
        bridge.sight_ready.connect(self._show)
        self.desk.source.opening.connect(lambda _: window.clear())
        # after frames with the new lens have arrived
        self.desk.source.lens_changed.connect(lambda _: QTimer.singleShot(500, self, self.desk.gaze.look_again))
        self.state.on("seen", lambda _: self._settling.isActive() and self._settling.start(_SETTLING_MS))

    def _on_opened(self, number: int, source: Source) -> None:
        self.desk.source.on_opened(source)

    def _on_status(self, number: int, status: ReaderStatus) -> None:
        self.desk.source.on_status(status)

    def _on_failed(self, number: int, error: Exception) -> None:
        self.desk.source.on_failed(error)

    def _show(self, pane: PaneId) -> None:
        sight: Sight | None = self.desk.engine.take(pane)
        gone = self.desk.state.source.gone  # a sight that was on its way when the camera went no longer holds
        if sight is not None and not self._closed and not gone:
            self.window.show_sight(pane, sight)
            self.desk.see(pane, sight)
