"""Calibrating and living with it: the screens, the profile in use, the point of gaze, recentring, clicks."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QAction, QMouseEvent, QScreen
from PySide6.QtWidgets import QApplication, QMenu

from gaze_demo.view.heat import Heat
from gaze_demo.view.live import Live
from gaze_demo.view.model_control import ModelControl
from gaze_demo.view.monitor import monitor_geometry, px_on_monitor
from gaze_demo.view.notice_bar import Level
from gaze_demo.view.overlay import GazePoint, Overlay
from gaze_demo.view.panels.screen_map import ScreenMap
from gaze_demo.view.settings import Settings
from gaze_demo.view.source_control import SourceControl
from gaze_demo.view.trouble import sentence
from gaze_demo.view.virtual_control import is_virtual
from gaze_demo.view.window import Window
from gaze_demo.view.workers.background import Background
from gaze_demo.view.workers.engine import SIDES, Engine

if TYPE_CHECKING:
    from gaze_demo.calibration.calibrate import Calibration
    from gaze_demo.calibration.drift import ClickTeacher
    from gaze_demo.calibration.profile import Profile
    from gaze_demo.calibration.readings import Readings
    from gaze_demo.calibration.sample import CameraKey, Session
    from gaze_demo.calibration.screen import ScreenGeometry
    from gaze_demo.calibration.sitting import Sitting
    from gaze_demo.camera.virtual import VirtualSource
    from gaze_demo.view.calibration_estimator import CalibrationEstimator
    from gaze_demo.view.calibration_results import CalibrationResults
    from gaze_demo.view.calibration_screen import CalibrationScreen
    from gaze_demo.view.workers.shot import Shot, Sight

_FRAME_MS, _HEAT_MS = 16, 500
_RECENTRE_S = (0.7, 1.7)
"""After the key: from when to when looks at the dot count."""
DEFAULT_HFOV_DEG = 60.0
_SCREEN_KEY = "screen/"
_PROFILE = "Me"


class CalibrationControl(QObject):
    """Attributes: `profile`, the one in use; `screen`, the calibration's full screen while there is one; `results`,
    the window of figures.

    Signals: `calibrated`, with a Profile.
    """

    calibrated = Signal(object)
    _observed = Signal(object)
    _done = Signal(object)

    def __init__(
        self,
        window: Window,
        engine: Engine,
        live: Live,
        source: SourceControl,
        models: ModelControl,
        settings: Settings,
        background: Background,
    ) -> None:
        super().__init__(window)
        self._window, self._engine, self._source, self._models = window, engine, source, models
        self._settings, self._background = settings, background
        self.profile: Profile | None = None
        self.screen: CalibrationScreen | None = None
        self.results: CalibrationResults | None = None
        self.overlay: Overlay | None = None
        self.heat = Heat()
        self.map = ScreenMap(self.heat)
        self.sitting: Sitting | None = None
        self._estimator: CalibrationEstimator | None = None
        self._session: Session | None = None
        self._fed = 0
        self._camera: CameraKey | None = None
        self._teachers: dict[str, ClickTeacher] = {}
        self._recentring: dict[str, list[Readings]] | None = None
        self._recentre_s = 0.0
        self._explained = False
        self._clock = QTimer(self, interval=_FRAME_MS)
        self._clock.timeout.connect(self._tick)
        self._heat_timer = QTimer(self, interval=_HEAT_MS)
        self._heat_timer.timeout.connect(self._refresh_heat)
        self._heat_timer.start()
        self._profiles = QMenu("&Profiles", window)
        self._profiles.aboutToShow.connect(self._fill_profiles)
        self._observed.connect(self._observe)
        self._done.connect(self._finish)
        live.sighted.connect(self._sight)
        source.opening.connect(self._forget_source)
        self._connect_menus()
        window.add_panel(self.map)

    def start(self) -> None:
        """Load the profile that was used last."""
        name = self._settings.text("profile")
        if name:
            from_disk = self._load_job(name)
            self._background.run(from_disk, self._use_loaded, lambda error: self._tell(error, "The profile"))

    def close(self) -> None:
        """The window closes."""
        self._heat_timer.stop()
        self.cancel()
        for part in (self.overlay, self.results):
            if part is not None:
                part.close()

    # Calibrating

    def calibrate(self) -> None:
        """Fill the monitor that the window is on with the checks, then with targets."""
        source = self._engine.source
        if self.screen is not None:
            return
        if source is None or not source.live:
            self._notice("To calibrate, choose a camera or the virtual participant as the source.", Level.WARNING)
            return
        if not self._models.entries:
            self._notice("To calibrate, add a model first.", Level.WARNING)
            return
        from gaze_demo.view.calibration_screen import CalibrationScreen

        monitor = self._window.screen()
        geometry = self.geometry(monitor)
        notes = []
        if geometry.size_source == "guessed":
            notes.append("The monitor does not tell its size; measure it with a bank card (Calibrate menu) first.")
        if is_virtual(self._source.spec):
            self._window.menus.check("pointer", True)  # on its own path it would not look at targets
            self._source.virtual.use(None)
            notes.append("The virtual participant will look at the dots.")
        name = self.profile.name if self.profile else self._settings.text("profile", _PROFILE)
        self.screen = CalibrationScreen(name or _PROFILE, notes, self._window)
        self.screen.started.connect(self._begin)
        self.screen.cancelled.connect(self.cancel)
        self.screen.setGeometry(monitor.geometry())
        self.screen.showFullScreen()
        self._engine.listen(self._observed.emit)

    def cancel(self) -> None:
        """Leave the calibration; what was before stays."""
        self._clock.stop()
        self._engine.listen(None)
        if self._estimator is not None:
            self._estimator.cancel()
        self._estimator, self.sitting = None, None
        if self.screen is not None:
            self.screen.close()
            self.screen.deleteLater()
            self.screen = None
        self._give_eyes_back()

    def geometry(self, monitor: QScreen | None = None) -> ScreenGeometry:
        """The monitor, with the size that was measured on it where it was."""
        found = monitor_geometry(monitor or self._window.screen())
        width_mm = self._settings.number(_SCREEN_KEY + found.name, 0.0, 0.0, 20000.0)
        if not width_mm:
            return found
        from gaze_demo.calibration.screen import CARD_WIDTH_MM

        return found.with_card(CARD_WIDTH_MM * found.width_px / width_mm)

    def _begin(self, points: int) -> None:
        from gaze_demo.calibration.sitting import Sitting
        from gaze_demo.calibration.targets import PursuitPath, layout_targets, validation_targets
        from gaze_demo.view.calibration_estimator import CalibrationEstimator

        assert self.screen is not None
        geometry, seed = self.geometry(), time.monotonic_ns() % 10_000
        fit = layout_targets(points, geometry, seed) if points else PursuitPath(geometry)
        self.sitting = Sitting(fit, validation_targets(geometry, seed))
        self._estimator = CalibrationEstimator(self._models.entries, self._done.emit)
        self._fed = 0
        self._engine.use_panes(())  # both cores for what counts now
        self._clock.start()

    def _observe(self, shot: Shot) -> None:
        if self.screen is None:
            return
        self._camera = self._camera_key(shot)
        if self.sitting is not None:
            self.sitting.add(shot.observation)
        else:
            from gaze_demo.calibration.checks import check

            self.screen.checks.show_checks(check(shot.observation))

    def _tick(self) -> None:
        if self.sitting is None or self.screen is None or self._estimator is None:
            return
        dot = self.sitting.advance(time.monotonic())
        for fixation in self.sitting.fixations[self._fed :]:
            for sample in fixation.samples:
                self._estimator.feed(sample.observation)
        self._fed = len(self.sitting.fixations)
        if dot is None:
            self._end_sitting(self.sitting)
            return
        self.screen.targets.show_dot(dot)
        if is_virtual(self._source.spec) and self._engine.source is not None:
            virtual = cast("VirtualSource", self._engine.source)
            virtual.look_at_mm(self.geometry().px_to_camera((dot.x_px, dot.y_px)))

    def _end_sitting(self, sitting: Sitting) -> None:
        from gaze_demo.calibration.sample import Session

        self._clock.stop()
        self._engine.listen(None)
        assert self.screen is not None
        assert self._estimator is not None
        if self._camera is None:
            self.cancel()
            self._notice("The camera gave no picture during the calibration.", Level.TROUBLE)
            return
        self.screen.wait()
        created = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self._session = Session(self.geometry(), self._camera, created, tuple(sitting.fixations))
        self._estimator.finish(self._session, sitting.skipped)

    def _finish(self, result: Calibration | Exception) -> None:
        if self.screen is None or self._session is None:
            return
        name, session = self.screen.checks.name.text().strip() or _PROFILE, self._session
        self.cancel()
        if isinstance(result, Exception):
            self._tell(result, "The calibration failed")
            return
        from gaze_demo.calibration.profile import Profile

        profile = Profile(
            name=name,
            created=session.created,
            camera=session.camera,
            screen=session.screen,
            mappings=result.mappings,
            hull=_hull(session),
            report=result.report,
        )
        self.use(profile)
        self._background.run(
            lambda: _keep(profile, session), lambda _: None, lambda error: self._tell(error, "The profile was not kept")
        )
        self.show_results()
        self.calibrated.emit(profile)

    def _camera_key(self, shot: Shot) -> CameraKey:
        from gaze_demo.calibration.sample import CameraKey, DistanceSource

        source, wishes, camera = self._engine.source, self._engine.wishes, shot.observation.camera
        how: DistanceSource = "assumed field of view"
        if (source is not None and source.intrinsics is not None) or (wishes.lens and wishes.lens.known):
            how = "measured intrinsics"
        elif wishes.lens or abs(wishes.hfov_deg - DEFAULT_HFOV_DEG) > 0.01:
            how = "given field of view"
        name = (source.name if source is not None else "") or self._source.spec
        return CameraKey(
            name=name[:400],
            width=camera.width,
            height=camera.height,
            hfov_deg=camera.hfov_deg,
            distance_source=how,
        )

    def _give_eyes_back(self) -> None:
        self._engine.use_panes(self._window.sides)
        source = self._engine.source
        if source is not None and is_virtual(self._source.spec):
            self._source.virtual.use(cast("VirtualSource", source))

    # Living with it

    def use(self, profile: Profile | None) -> None:
        """Map gazes by this profile from now on, or by the plain geometry."""
        from gaze_demo.calibration.drift import ClickTeacher

        self.profile = profile
        self._teachers = {}
        if profile is not None:
            self._teachers = {name: ClickTeacher(mapping) for name, mapping in profile.mappings.items()}
            self._settings.keep("profile", profile.name)
        self._explained = False
        self.heat.clear()
        self._window.menus.actions["report"].setEnabled(profile is not None)

    def show_results(self) -> None:
        """The figures of the profile in use."""
        if self.profile is None:
            return
        from gaze_demo.view.calibration_results import CalibrationResults

        if self.results is not None:
            self.results.close()
        self.results = CalibrationResults(self.profile.report, self.profile.name, self._window)
        self.results.show()

    def recentre(self) -> None:
        """Show one dot for a moment; who looks at it corrects the drift of all models in the panes."""
        if self._recentring is not None or self.screen is not None:
            return
        self._recentring = {}
        self._recentre_s = time.monotonic()
        monitor = self._window.screen()
        from gaze_demo.view.recentre_dot import RecentreDot

        dot = RecentreDot(monitor)
        dot.show()
        geometry = self.geometry(monitor)
        middle = (geometry.width_px / 2, geometry.height_px / 2)
        if is_virtual(self._source.spec) and self._engine.source is not None:
            self._source.virtual.use(None)
            cast("VirtualSource", self._engine.source).look_at_mm(geometry.px_to_camera(middle))

        def finish() -> None:
            dot.close()
            dot.deleteLater()
            self._give_eyes_back()
            self._finish_recentring(np.asarray(geometry.px_to_camera(middle)))

        QTimer.singleShot(round(_RECENTRE_S[1] * 1000), self, finish)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """With clicks that teach: who clicks somewhere looks there."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent) and event.spontaneous():
            self.teach(event.globalPosition().toPoint().toTuple())  # type: ignore[arg-type]
        return False

    def teach(self, position: tuple[int, int]) -> int:
        """A click at a place of Qt's desktop; how many models learned from it."""
        from PySide6.QtCore import QPoint

        monitor = QApplication.screenAt(QPoint(*position)) or self._window.screen()
        point = self.geometry(monitor).px_to_camera(px_on_monitor(monitor, QPoint(*position)))
        return sum(teacher.click(time.monotonic(), point) for teacher in self._teachers.values())

    def _finish_recentring(self, point_mm: np.ndarray) -> None:
        from gaze_demo.calibration.drift import ClickTeacher, recentred
        from gaze_demo.calibration.mapping import Mapping

        gathered, self._recentring = self._recentring or {}, None
        for model, rows in gathered.items():
            teacher = self._teachers.get(model)
            mapping = teacher.mapping if teacher else Mapping()
            self._teachers[model] = ClickTeacher(recentred(mapping, _together(rows), point_mm))
        if gathered:
            self._notice(f"Recentred {', '.join(gathered)}.", Level.INFO)
        else:
            self._notice("No gaze was seen while the dot was there: nothing has changed.", Level.WARNING)

    def _sight(self, side: str, sight: Sight) -> None:
        from gaze_demo.calibration.readings import read

        point = None
        if sight.estimate is not None and sight.filtered.mean is not None:
            smooth = _with_gaze(sight)
            row = read(sight.shot.observation, smooth)
            if row is not None:
                point = self._map(side, smooth.model, row)
        self.map.show_point(side, point)
        if self.overlay is not None:
            self.overlay.show_point(side, point)
        if side == SIDES[0]:
            self._say(sight, point)

    def _map(self, side: str, model: str, row: Readings) -> GazePoint | None:
        from gaze_demo.calibration.mapping import Mapping

        now = time.monotonic()
        if self._recentring is not None and now - self._recentre_s > _RECENTRE_S[0]:
            self._recentring.setdefault(model, []).append(row)
        teacher = self._teachers.get(model)
        mapping = Mapping()
        if teacher is not None:
            teacher.see(now, row)
            mapping = teacher.mapping
        geometry = self.profile.screen if self.profile else self.geometry()
        self.map.glass.size_px = (geometry.width_px, geometry.height_px)
        try:
            x, y = geometry.camera_to_px(mapping.point_mm(row))[0]
        except ValueError:  # another model of the same name: its features are others
            return None
        outside = float(self.profile.hull.distance(row)[0]) if self.profile and self.profile.hull else 0.0
        if side == SIDES[0]:
            self.heat.add(now, x / geometry.width_px, y / geometry.height_px)
        return GazePoint(float(x), float(y), float(np.clip(2.0 - outside, 0.0, 1.0)))

    def _say(self, sight: Sight, point: GazePoint | None) -> None:
        """One line under the map: what the points mean just now."""
        if self.profile is None:
            self.map.say("Not calibrated: plain geometry. Press Ctrl+K to calibrate.")
            return
        if not self._explained:
            self._explained = True
            self._explain(sight)
        if sight.estimate is not None and sight.estimate.model not in self._teachers:
            self.map.say(f"{self.profile.name} knows nothing of {sight.estimate.model}.")
        elif point is None:
            self.map.say("No gaze")
        elif not self.profile.screen.contains((point.x_px, point.y_px)):
            self.map.say("Off the screen")
        elif point.certainty < 1:
            self.map.say("Your head has left the place of the calibration: come back, or recentre.")
        else:
            self.map.say(f"{self.profile.name}: {point.x_px:.0f}, {point.y_px:.0f} px")

    def _explain(self, sight: Sight) -> None:
        """Say once why the profile may not hold for the camera and the monitor in use."""
        assert self.profile is not None
        shown = [sight.estimate.model] if sight.estimate else []
        problems = self.profile.mismatches(self._camera_key(sight.shot), self.geometry(), shown)
        if problems:
            self._notice(f"The profile {self.profile.name} may not hold. {problems[0]}", Level.WARNING)

    # Menus

    def _connect_menus(self) -> None:
        menus = self._window.menus
        menus.on_trigger("calibrate", self.calibrate)
        menus.on_trigger("recentre", self.recentre)
        menus.on_trigger("report", self.show_results)
        menus.on_trigger("measure", self._measure)
        menus.on_toggle("overlay", self._toggle_overlay)
        menus.on_toggle("heat", self._toggle_heat)
        menus.on_toggle("teach", self._toggle_teaching)
        menus.menus["Calibrate"].insertMenu(menus.actions["measure"], self._profiles)
        menus.actions["report"].setEnabled(False)

    def _toggle_overlay(self, on: bool) -> None:
        if self.overlay is not None:
            self.overlay.close()
            self.overlay.deleteLater()
            self.overlay = None
        if on:
            self.overlay = Overlay(self._window.screen(), self.heat)
            self.overlay.show_heat = self._window.menus.is_checked("heat")
            self.overlay.show()

    def _toggle_heat(self, on: bool) -> None:
        self.map.glass.show_heat = on
        if self.overlay is not None:
            self.overlay.show_heat = on
        self._refresh_heat()

    def _toggle_teaching(self, on: bool) -> None:
        app = QApplication.instance()
        assert app is not None
        if on:
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)

    def _refresh_heat(self) -> None:
        if self._window.menus.is_checked("heat"):
            self.map.glass.update()
            if self.overlay is not None:
                self.overlay.update()

    def _measure(self) -> None:
        from gaze_demo.view.card_ruler import CardRuler

        before = monitor_geometry(self._window.screen())
        ruler = CardRuler(before, self._window)

        def keep() -> None:
            measured = ruler.measured()
            self._settings.keep(_SCREEN_KEY + before.name, measured.width_mm * 85.60 / measured.width_mm)
            self._settings.keep(_SCREEN_KEY + before.name, measured.width_mm)

        ruler.accepted.connect(keep)
        ruler.open()

    def _fill_profiles(self) -> None:
        from gaze_demo.calibration.profile import list_profiles

        self._profiles.clear()
        found, problems = list_profiles()
        for profile in found:
            action = QAction(f"{profile.name} – {profile.camera.name}, {profile.created[:10]}", self._profiles)
            action.setCheckable(True)
            action.setChecked(self.profile is not None and profile.name == self.profile.name)
            action.triggered.connect(lambda _=False, p=profile: self.use(p))
            self._profiles.addAction(action)
        if not found:
            none = QAction("None yet", self._profiles)
            none.setEnabled(False)
            self._profiles.addAction(none)
        elif self.profile is not None:
            self._profiles.addSeparator()
            plain = QAction("Use none", self._profiles)
            plain.triggered.connect(lambda: (self.use(None), self._settings.keep("profile", "")))
            self._profiles.addAction(plain)
        if problems:
            self._notice(problems[0], Level.WARNING)

    def _load_job(self, name: str):  # type: ignore[no-untyped-def]
        def job() -> Profile | None:
            from gaze_demo.calibration.profile import load_profile, profile_path

            path = profile_path(name)
            return load_profile(path) if path.is_file() else None

        return job

    def _use_loaded(self, profile: Profile | None) -> None:
        if profile is not None and self.profile is None:
            self.use(profile)

    def _forget_source(self) -> None:
        self._explained = False
        if self.screen is not None:
            self.cancel()
            self._notice("The source has changed: the calibration was stopped.", Level.WARNING)

    def _tell(self, error: Exception, what: str) -> None:
        self._notice(sentence(error, what), Level.TROUBLE)

    def _notice(self, text: str, level: Level) -> None:
        self._window.notice.show_notice(text, level)
