"""The point of gaze on the screen while the window runs: mapped by the profile in use, drawn, corrected for drift."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QScreen
from PySide6.QtWidgets import QApplication

from gaze_demo import clock
from gaze_demo.geometry import Array
from gaze_demo.view.heat import Heat
from gaze_demo.view.live import Live
from gaze_demo.view.monitor import monitor_named, px_on_monitor
from gaze_demo.view.notice_bar import Level
from gaze_demo.view.overlay import GazePoint, Overlay
from gaze_demo.view.panels.screen_map import ScreenMap
from gaze_demo.view.recentre_dot import RecentreDot
from gaze_demo.view.screen_setup import camera_key, known_geometry
from gaze_demo.view.settings import Settings
from gaze_demo.view.source_control import SourceControl
from gaze_demo.view.window import Window
from gaze_demo.view.workers.engine import SIDES, Engine
from gaze_demo.view.workers.shot import Sight

if TYPE_CHECKING:
    from gaze_demo.calibration.drift import ClickTeacher
    from gaze_demo.calibration.profile import Profile
    from gaze_demo.calibration.readings import Readings
    from gaze_demo.calibration.sample import CameraKey
    from gaze_demo.screen import ScreenGeometry

_HEAT_MS, _LENS_MS = 500, 500
_LOOK_S = (0.7, 1.7)
"""From when to when looks at the recentring dot count."""
_PLAIN = "Not calibrated: plain geometry"
_RECENTRED = "Not calibrated, but recentred"
_LEFT_PLACE = "Your head has left the place of the calibration: come back, or recentre."


@dataclass(frozen=True)
class Mismatch:
    """Why a profile may not hold before this camera and screen."""

    profile: Profile
    sentences: tuple[str, ...]
    camera: CameraKey
    screen: ScreenGeometry


class ScreenGaze(QObject):
    """Attributes: `profile`, the one in use; `map`, the screen in small; `overlay`, while it is shown.

    Signals: `profile_changed`, with a Profile or None; `mismatched`, with a Mismatch, once for each source and profile.
    """

    profile_changed = Signal(object)
    mismatched = Signal(object)

    def __init__(self, window: Window, engine: Engine, live: Live, source: SourceControl, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._engine, self._source, self._settings = window, engine, source, settings
        self.profile: Profile | None = None
        self.overlay: Overlay | None = None
        self.heat = Heat()
        self.map = ScreenMap(self.heat)
        self._teachers: dict[str, ClickTeacher] = {}
        self._gathered: dict[str, list[Readings]] | None = None
        self._gathering_since_s = 0.0
        self._geometry: ScreenGeometry | None = None
        self._explained = False
        self._heat_timer = QTimer(self, interval=_HEAT_MS)
        self._heat_timer.timeout.connect(self.map.glass.update)
        menus = window.menus
        self.map.calibrate.clicked.connect(menus.actions["calibrate"].trigger)
        menus.on_trigger("recentre", self.recentre)
        menus.on_toggle("overlay", self._toggle_overlay)
        menus.on_toggle("heat", self._toggle_heat)
        menus.on_toggle("teach", self._toggle_teaching)
        live.sighted.connect(self._show)
        source.opening.connect(self._forget)
        # once frames come that were seen by the new lens
        source.lens_changed.connect(lambda: QTimer.singleShot(_LENS_MS, self, self.look_again))
        window.add_panel(self.map)

    def close(self) -> None:
        """The window closes."""
        self._heat_timer.stop()
        self._toggle_teaching(False)
        self._toggle_overlay(False)

    def use(self, profile: Profile | None) -> None:
        """Map gazes by this profile from now on, or by the plain geometry."""
        from gaze_demo.calibration.drift import ClickTeacher

        self.profile = profile
        mappings = profile.mappings if profile else {}
        self._teachers = {name: ClickTeacher(mapping) for name, mapping in mappings.items()}
        self._forget()
        if self.overlay is not None:
            self._toggle_overlay(True)  # on the monitor of this profile
        self.map.calibrate.setVisible(profile is None)
        self.profile_changed.emit(profile)

    @property
    def monitor(self) -> QScreen:
        """The profile's where it is connected, else the one that the window is on."""
        own = monitor_named(self.profile.screen.name) if self.profile is not None else None
        return own or self._window.screen()

    @property
    def geometry(self) -> ScreenGeometry:
        """The screen that points are told on: the profile's, or the monitor that the window is on."""
        if self.profile is not None:
            return self.profile.screen
        if self._geometry is None:
            self._geometry = known_geometry(self.monitor, self._settings)
        return self._geometry

    def look_again(self) -> None:
        """Lens or monitor are known otherwise now: does the profile in use still fit?"""
        self._explained, self._geometry = False, None

    def show_overlay(self, on: bool) -> None:
        """Hide the points over everything for a while, where there are any."""
        if self.overlay is not None:
            self.overlay.setVisible(on)

    def recentre(self) -> None:
        """Show one dot for a moment; who looks at it corrects the drift of the models in the panes."""
        if self._gathered is not None:
            return
        self._gathered, self._gathering_since_s = {}, clock.now_s() + _LOOK_S[0]
        geometry = self.geometry
        point_mm = geometry.px_to_camera((geometry.width_px / 2, geometry.height_px / 2))
        dot = RecentreDot(self.monitor, self._window)
        dot.show()
        self._source.virtual.look_at(point_mm)

        def finish() -> None:
            dot.close()
            dot.deleteLater()
            self._source.virtual.look_at(None)
            self._finish_recentring(point_mm)

        QTimer.singleShot(round(_LOOK_S[1] * 1000), self, finish)

    def teach(self, position: QPoint) -> int:
        """A click at a place of Qt's desktop, where who clicks looks; how many models learned from it."""
        if QApplication.screenAt(position) is not self.monitor:  # the profile knows nothing of other monitors
            return 0
        point = self.geometry.px_to_camera(px_on_monitor(self.monitor, position))
        return sum(teacher.click(clock.now_s(), point) for teacher in self._teachers.values())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent) and watched.isWindowType():
            self.teach(event.globalPosition().toPoint())
        return False

    def _finish_recentring(self, point_mm: Array) -> None:
        from gaze_demo.calibration.drift import ClickTeacher, recentred
        from gaze_demo.calibration.mapping import Mapping
        from gaze_demo.calibration.readings import joined

        gathered, self._gathered = self._gathered or {}, None
        for model, rows in gathered.items():
            teacher = self._teachers.get(model)
            mapping = teacher.mapping if teacher else Mapping()
            self._teachers[model] = ClickTeacher(recentred(mapping, joined(rows), point_mm))
        if gathered:
            self._window.notice.show_notice(f"Recentred {' and '.join(gathered)}.", Level.INFO)
        else:
            text = "No gaze was seen while the dot was there: nothing has changed."
            self._window.notice.show_notice(text, Level.WARNING)

    def _show(self, side: str, sight: Sight) -> None:
        from gaze_demo.calibration.readings import read

        point = None
        if sight.estimate is not None and sight.filtered.mean is not None:
            smooth = replace(sight.estimate, gaze=sight.filtered.mean)
            row = read(sight.shot.observation, smooth)
            point = None if row is None else self._point(side, smooth.model, row)
        self.map.show_point(side, point)
        if self.overlay is not None:
            self.overlay.show_point(side, point)
        if side == SIDES[0]:
            self._say(sight, point)

    def _point(self, side: str, model: str, row: Readings) -> GazePoint | None:
        from gaze_demo.calibration.mapping import Mapping

        now, teacher, geometry = clock.now_s(), self._teachers.get(model), self.geometry
        if self._gathered is not None and now >= self._gathering_since_s:
            self._gathered.setdefault(model, []).append(row)
        if teacher is not None:
            teacher.see(now, row)
        self.map.glass.size_px = (geometry.width_px, geometry.height_px)
        try:
            point_mm = (teacher.mapping if teacher else Mapping()).point_mm(row)
        except ValueError:  # another model under the same name
            return None
        x, y = geometry.camera_to_px(point_mm)[0]
        if side == SIDES[0]:
            self.heat.add(now, x / geometry.width_px, y / geometry.height_px)
        hull = self.profile.hull if self.profile else None
        outside = float(hull.distance(row)[0]) if hull else 0.0
        return GazePoint(float(x), float(y), float(np.clip(2.0 - outside, 0.0, 1.0)))

    def _say(self, sight: Sight, point: GazePoint | None) -> None:
        """One line under the map: what the points mean just now."""
        profile, model = self.profile, sight.estimate.model if sight.estimate else ""
        if profile is None:
            self.map.say(_RECENTRED if model in self._teachers else _PLAIN)
            return
        if not self._explained:
            self._explained = True
            here = known_geometry(self.monitor, self._settings)
            camera = camera_key(self._engine, self._source.spec, sight.shot)
            sentences = profile.mismatches(camera, here, [model] if model else [])
            if sentences:
                self.mismatched.emit(Mismatch(profile, tuple(sentences), camera, here))
        if model and model not in self._teachers:
            self.map.say(f"{profile.name} knows nothing of {model}.")
        elif point is None:
            self.map.say("No gaze")
        elif not profile.screen.contains((point.x_px, point.y_px)):
            self.map.say("Off the screen")
        else:
            self.map.say(_LEFT_PLACE if point.certainty < 1 else f"Calibrated for {profile.name}")

    def _forget(self) -> None:
        self._explained, self._geometry = False, None
        self.heat.clear()
        for side in SIDES:
            self.map.show_point(side, None)

    def _toggle_overlay(self, on: bool) -> None:
        if self.overlay is not None:
            self.overlay.close()
            self.overlay.deleteLater()
            self.overlay = None
        if on:
            self.overlay = Overlay(self.monitor)
            self.overlay.show()

    def _toggle_heat(self, on: bool) -> None:
        self.map.glass.show_heat = on
        if on:
            self._heat_timer.start()
        else:
            self._heat_timer.stop()
        self.map.glass.update()

    def _toggle_teaching(self, on: bool) -> None:
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        if on:
            app.installEventFilter(self)
