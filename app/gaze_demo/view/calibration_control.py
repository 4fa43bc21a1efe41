"""Calibrating from the window: checks, targets, the fit in the background, the profile, the figures."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from gaze_demo import clock
from gaze_demo.view.model_control import ModelControl
from gaze_demo.view.monitor import monitor_title
from gaze_demo.view.notice_bar import Level
from gaze_demo.view.profiles_menu import ProfilesMenu
from gaze_demo.view.screen_gaze import ScreenGaze
from gaze_demo.view.screen_setup import camera_key, keep_measured, known_geometry
from gaze_demo.view.settings import Settings
from gaze_demo.view.source_control import SourceControl
from gaze_demo.view.trouble import sentence
from gaze_demo.view.virtual_control import is_virtual
from gaze_demo.view.window import Window
from gaze_demo.view.workers.background import Background
from gaze_demo.view.workers.engine import Engine
from gaze_demo.view.workers.shot import Shot

if TYPE_CHECKING:
    from gaze_demo.calibration.calibrate import Calibration
    from gaze_demo.calibration.profile import Profile
    from gaze_demo.calibration.sample import CameraKey, Session
    from gaze_demo.calibration.sitting import Sitting, Timing
    from gaze_demo.screen import ScreenGeometry
    from gaze_demo.view.calibration_estimator import CalibrationEstimator
    from gaze_demo.view.calibration_results import CalibrationResults
    from gaze_demo.view.calibration_screen import CalibrationScreen

_FRAME_MS = 16
_NOBODY = "Me"


class CalibrationControl(QObject):
    """Attributes: `screen`, the full screen while there is one; `results`, the window of figures; `timing`, of the
    targets, None for the usual one.

    Signals: `calibrated`, with a Profile.
    """

    calibrated = Signal(object)
    _observed = Signal(object)
    _done = Signal(object)

    def __init__(
        self,
        window: Window,
        engine: Engine,
        source: SourceControl,
        models: ModelControl,
        gaze: ScreenGaze,
        settings: Settings,
        background: Background,
    ) -> None:
        super().__init__(window)
        self._window, self._engine, self._source, self._models = window, engine, source, models
        self._gaze, self._settings, self._background = gaze, settings, background
        self.profiles = ProfilesMenu(window, gaze, settings, background)
        self.screen: CalibrationScreen | None = None
        self.results: CalibrationResults | None = None
        self.timing: Timing | None = None
        self._geometry: ScreenGeometry | None = None
        self._sitting: Sitting | None = None
        self._estimator: CalibrationEstimator | None = None
        self._session: Session | None = None
        self._camera: CameraKey | None = None
        self._fed = 0
        self._margin = 0.0
        self._clock = QTimer(self, interval=_FRAME_MS)
        self._clock.timeout.connect(self._tick)
        self._observed.connect(self._observe)
        self._done.connect(self._finish)
        source.opening.connect(self._source_changed)
        source.changed.connect(self._watch_source)
        source.opening.connect(self.profiles.source_changed)
        menus = window.menus
        menus.on_trigger("calibrate", self.calibrate)
        menus.on_trigger("report", self.show_results)
        menus.on_trigger("measure", self.measure)
        menus.on_trigger("add_models", self.add_models)
        gaze.profile_changed.connect(self._show_profile)
        self._show_profile(None)

    def close(self) -> None:
        """The window closes."""
        self.cancel()
        if self.results is not None:
            self.results.close()

    def calibrate(self) -> None:
        """Fill the monitor that the window is on with the checks, then with targets."""
        source = self._engine.source
        if self.screen is not None:
            return
        if source is None or not source.live:
            self._warn("To calibrate, choose a camera or the virtual participant as the source.")
            return
        if not self._models.entries:
            self._warn("To calibrate, add a model first.")
            return
        from gaze_demo.view.calibration_screen import CalibrationScreen

        self._window.menus.check("hold", False)
        self._gaze.show_overlay(False)  # its points would draw the eyes away from the dots
        if is_virtual(self._source.spec):
            self._window.menus.check("pointer", True)  # on its own path it would not look at targets
        monitors = QGuiApplication.screens()
        chosen = monitors.index(self._gaze.monitor)
        self.screen = CalibrationScreen(self.profiles.name or _NOBODY, self._window)
        self.screen.started.connect(self._begin)
        self.screen.cancelled.connect(self.cancel)
        self.screen.monitor_chosen.connect(lambda i: self._fill(monitors[i]))
        self.screen.checks.offer_monitors([monitor_title(monitor) for monitor in monitors], chosen)
        self._fill(monitors[chosen])
        self._engine.listen(self._observed.emit)

    def cancel(self) -> None:
        """Leave the calibration; what was before stays."""
        self._clock.stop()
        self._engine.listen(None)
        self._engine.wishes.held = False
        if self._estimator is not None:
            self._estimator.cancel()
        self._estimator, self._sitting, self._session, self._camera = None, None, None, None
        screen, self.screen = self.screen, None
        if screen is not None:
            screen.close()
            screen.deleteLater()
            self._source.virtual.look_at(None)
            self._engine.use_panes(self._window.sides)
            self._gaze.show_overlay(True)

    def show_results(self) -> None:
        """The figures of the profile in use."""
        profile = self._gaze.profile
        if profile is None:
            return
        from gaze_demo.view.calibration_results import CalibrationResults

        if self.results is not None:
            self.results.close()
        self.results = CalibrationResults(profile.report, profile.name, self._window)
        self.results.show()

    def add_models(self) -> None:
        """Calibrate all models at hand from the samples kept with the profile in use."""
        profile = self._gaze.profile
        if profile is None:
            return
        entries = list(self._models.entries)
        self._window.notice.show_notice(f"Calibrating {len(entries)} models from the kept samples…", Level.INFO)

        def job() -> tuple[Profile, list[str]]:
            from gaze_demo.calibration.kept_profile import recalibrated

            return recalibrated(profile, entries)

        self._background.run(job, self._use_again, self._not_kept)

    def measure(self) -> None:
        """Ask for the true size of the monitor that the window is on, and for the place of the camera."""
        from gaze_demo.view.card_ruler import CardRuler

        ruler = CardRuler(known_geometry(self._window.screen(), self._settings), self._window)
        ruler.accepted.connect(lambda: self._keep_measured(ruler.measured()))
        ruler.open()

    def _keep_measured(self, measured: ScreenGeometry) -> None:
        keep_measured(measured, self._settings)
        self._gaze.look_again()

    def _fill(self, monitor: QScreen) -> None:
        """Calibrate to this monitor."""
        if self.screen is None:
            return
        self._geometry = known_geometry(monitor, self._settings)
        notes = []
        if self._geometry.size_source == "guessed":
            notes.append("The monitor does not tell its size: measure it with a bank card first (menu Calibrate).")
        if is_virtual(self._source.spec):
            notes.append("The virtual participant will look at the dots.")
        self.screen.checks.show_notes(notes)
        self.screen.fill(monitor)

    def _begin(self, points: int) -> None:
        from gaze_demo.calibration.sitting import Sitting
        from gaze_demo.calibration.targets import PursuitPath, layout_targets, validation_targets
        from gaze_demo.model.reach import farthest
        from gaze_demo.view.calibration_estimator import CalibrationEstimator

        assert self._geometry is not None
        seed = clock.now_ns() % 10_000
        fit = layout_targets(points, self._geometry, seed) if points else PursuitPath(self._geometry)
        self._margin = farthest(self._models.entries)
        self._sitting = Sitting(fit, validation_targets(self._geometry, seed), self.timing, margin=self._margin)
        self._estimator = CalibrationEstimator(self._models.entries, self._done.emit)
        self._fed = 0
        self._engine.use_panes(())  # all cores for what counts now
        self._clock.start()

    def _observe(self, shot: Shot) -> None:
        if self.screen is None:
            return
        self._camera = camera_key(self._engine, self._source.spec, shot)
        if self._sitting is not None:
            self._sitting.add(shot.observation)
        elif self._session is None:
            from gaze_demo.calibration.checks import check

            self.screen.checks.show_checks(check(shot.observation))

    def _tick(self) -> None:
        if self._sitting is None or self._estimator is None or self.screen is None or self._geometry is None:
            return
        dot = self._sitting.advance(clock.now_s())
        for fixation in self._sitting.fixations[self._fed :]:
            for sample in fixation.samples:
                self._estimator.feed(sample)
        self._fed = len(self._sitting.fixations)
        if dot is not None:
            self.screen.targets.show_dot(dot)
            self._source.virtual.look_at(self._geometry.px_to_camera((dot.x_px, dot.y_px)))
            return
        self._end_sitting(self._sitting, self._estimator, self._geometry)

    def _end_sitting(self, sitting: Sitting, estimator: CalibrationEstimator, geometry: ScreenGeometry) -> None:
        from gaze_demo.calibration.sample import Session

        self._clock.stop()
        self._engine.listen(None)
        self._engine.wishes.held = True  # until `cancel`: the person waits, and the models are timed
        if self._camera is None or self.screen is None:
            self.cancel()
            self._warn("The camera gave no picture during the calibration.")
            return
        self.screen.wait()
        created = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self._session = Session(geometry, self._camera, created, tuple(sitting.fixations), margin=self._margin)
        self._sitting = None
        estimator.finish(self._session, sitting.skipped)

    def _finish(self, result: Calibration | Exception) -> None:
        screen, session = self.screen, self._session
        if screen is None:
            return
        name = screen.checks.name.text().strip() or _NOBODY
        self.cancel()
        if isinstance(result, Exception) or session is None:
            error = result if isinstance(result, Exception) else RuntimeError("it ended before its time")
            self._window.notice.show_notice(sentence(error, "The calibration failed"), Level.TROUBLE)
            return
        if result.report.validation_targets == 0:  # the camera went away, or the eyes: what was kept before stays
            text = "The calibration was not finished: too few dots were seen. Nothing was changed; calibrate again."
            self._warn(text)
            return
        from gaze_demo.calibration.kept_profile import keep, profile_of

        profile = profile_of(name, session, result)
        self._gaze.use(profile)
        self._background.run(lambda: keep(profile, session), lambda _: None, self._not_kept)
        self.show_results()
        self.calibrated.emit(profile)

    def _use_again(self, made: tuple[Profile, list[str]]) -> None:
        profile, problems = made
        self._gaze.use(profile)
        self.show_results()
        if problems:
            self._warn(f"Left out: {' '.join(problems)}")

    def _show_profile(self, profile: Profile | None) -> None:
        for name in ("report", "add_models"):
            self._window.menus.actions[name].setEnabled(profile is not None)

    def _source_changed(self) -> None:
        if self.screen is not None:
            self.cancel()
            self._warn("The source has changed: the calibration was stopped.")

    def _watch_source(self) -> None:
        """A lost camera ends the dots, a silent one has them repeated; before them either is waited for."""
        state = self._source.state
        if self.screen is None or state.state in ("opening", "streaming"):
            return
        if self._sitting is not None:
            if state.state == "silent":
                return
            self.cancel()
            self._warn(f"The calibration was stopped, nothing was changed. {state.text}")
        elif self._session is None:
            self.screen.checks.show_checks([])

    def _not_kept(self, error: Exception) -> None:
        self._window.notice.show_notice(sentence(error, "The profile could not be made"), Level.TROUBLE)

    def _warn(self, text: str) -> None:
        self._window.notice.show_notice(text, Level.WARNING)
