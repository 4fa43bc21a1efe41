"""Everything outside the window: points over the screen, the recentring dot, the mouse pointer, monitors."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QCursor, QGuiApplication, QMouseEvent, QScreen
from PySide6.QtWidgets import QApplication

from gaze_demo.desk.desk import Desk
from gaze_demo.desk.gaze_control import RECENTRE_S
from gaze_demo.desk.state import GazePoint
from gaze_demo.geometry import Array
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.shared.monitor import all_monitors, monitor_of, screen_of
from gaze_demo.view.shared.timers import every
from gaze_demo.view.window.overlay import Overlay
from gaze_demo.view.window.recentre_dot import RecentreDot
from gaze_demo.view.window.window import Window

_POINTER_MS = 20


class Desktop(QObject):
    """Attributes: `overlay`, while it is there."""

    def __init__(self, desk: Desk, window: Window) -> None:
        super().__init__(window)
        self.overlay: Overlay | None = None
        self._desk, self._window = desk, window
        self._dot: RecentreDot | None = None
        self._pointer = every(_POINTER_MS, self._follow_pointer, self)
        state = desk.state
        self._tell_monitors(window.screen())
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(lambda _: self._tell_monitors(window.screen()))
        app.screenRemoved.connect(lambda _: self._tell_monitors(window.screen()))
        window.monitor_changed.connect(self._tell_monitors)
        state.on_any(("overlay", "profile", "monitor"), self._show_overlay, now=True)
        state.on("points", self._show_points)
        state.on("sitting", self._hide_overlay)  # its points would distract from the dots
        state.on("recentring", self._show_dot)
        state.on("teach", self._teach, now=True)
        state.on_any(("virtual", "source_live", "source_spec", "sitting"), self._watch_pointer, now=True)

    def close(self) -> None:
        """The window closes."""
        self._pointer.stop()
        self._desk.state.teach = False
        self._desk.state.overlay = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent) and watched.isWindowType():
            place = event.globalPosition()
            self._desk.gaze.teach(place.x(), place.y())
        return False

    def _tell_monitors(self, screen: QScreen) -> None:
        self._desk.state.monitors = all_monitors()
        self._desk.state.monitor = monitor_of(screen)

    def _show_overlay(self) -> None:
        wanted = screen_of(self._desk.gaze.monitor) if self._desk.state.overlay else None
        if self.overlay is not None and self.overlay.monitor is not wanted:
            self.overlay.close()
            self.overlay.deleteLater()
            self.overlay = None
        if wanted is not None and self.overlay is None:
            self.overlay = Overlay(wanted)
            self.overlay.show_points(self._desk.state.points)
            self.overlay.setVisible(not self._desk.state.sitting)

    def _hide_overlay(self, sitting: bool) -> None:
        if self.overlay is not None:
            self.overlay.setVisible(not sitting)

    def _show_points(self, points: Mapping[PaneId, GazePoint]) -> None:
        if self.overlay is not None:
            self.overlay.show_points(points)

    def _show_dot(self, shown: bool) -> None:
        if self._dot is not None:
            self._dot.close()
            self._dot.deleteLater()
            self._dot = None
        if shown:
            self._dot = RecentreDot(screen_of(self._desk.gaze.monitor), self._window)
            self._dot.show()
            QTimer.singleShot(round(RECENTRE_S * 1000), self, self._desk.gaze.finish_recentring)

    def _teach(self, on: bool) -> None:
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        if on:
            app.installEventFilter(self)

    def _watch_pointer(self) -> None:
        if self._desk.source.virtual.follows_pointer:
            self._pointer.start()
        else:
            self._pointer.stop()

    def _follow_pointer(self) -> None:
        virtual = self._desk.source.virtual
        if virtual.follows_pointer:
            virtual.point_at(self.pointer_mm())

    def pointer_mm(self) -> Array:
        """Where the mouse pointer is on the glass (3,), camera frame: the virtual participant looks there."""
        place = QCursor.pos()
        monitor = monitor_of(QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen())
        geometry = self._desk.calibration.known_geometry(monitor)
        return geometry.px_to_camera(monitor.px(place.x(), place.y()))
