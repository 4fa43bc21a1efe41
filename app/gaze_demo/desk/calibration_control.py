"""The calibration: checks, dots, the fit in the background, the profile, the results.

What only a calibration needs is loaded when one begins: the window should not wait for it when it starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gaze_demo import clock
from gaze_demo.calibration.sample import SittingData
from gaze_demo.desk.calibration_phases import Checking, Fitting, Looking, Phase
from gaze_demo.desk.camera_key import camera_key
from gaze_demo.desk.gaze_control import GazeControl
from gaze_demo.desk.memory import Memory
from gaze_demo.desk.monitors import Monitor, keep_measured, known_geometry
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.observed import Told
from gaze_demo.desk.source_control import SourceControl
from gaze_demo.desk.state import SourceState, WindowState, is_virtual
from gaze_demo.desk.trouble import sentence
from gaze_demo.live.background import Background
from gaze_demo.live.engine import Engine
from gaze_demo.live.events import Outcome, Tell
from gaze_demo.live.shot import Shot
from gaze_demo.live.tools import Tools
from gaze_demo.log import logger
from gaze_demo.screen import ScreenGeometry

if TYPE_CHECKING:
    from gaze_demo.calibration.calibrate import Calibration
    from gaze_demo.calibration.profile import Profile
    from gaze_demo.calibration.sitting import Timing
    from gaze_demo.live.calibration_worker import CalibrationWorker

_NOTICE = "calibration"
_SILENT = "The camera sends no picture. The dots continue when it does."


@dataclass(frozen=True)
class Made:
    """A calibration that was made and is not kept yet."""

    profile: Profile
    data: SittingData


class CalibrationControl:
    """Attributes: `phase`, None while nothing is calibrated; `timing`, of the dots, None for the usual one.

    Signals: `phase_changed`, also when the content of a phase changes; `moved`, when the dot has; `results`,
    with the profile whose figures are to be shown; `calibrated`, with the new profile; `worse`, with a calibration that
    is less accurate than the one before and a question: it is only used after a call of `use`.
    """

    def __init__(
        self,
        state: WindowState,
        notices: Notices,
        engine: Engine,
        source: SourceControl,
        gaze: GazeControl,
        memory: Memory,
        background: Background,
        tools: Tools,
        tell: Tell,
    ) -> None:
        self.phase: Phase | None = None
        self.timing: Timing | None = None
        self.phase_changed: Told[Phase | None] = Told()
        self.moved: Told[Looking] = Told()
        self.results: Told[Profile] = Told()
        self.worse: Told[tuple[Made, str]] = Told()
        self.calibrated: Told[Profile] = Told()
        self._state, self._notices, self._engine = state, notices, engine
        self._source, self._gaze, self._memory = source, gaze, memory
        self._background, self._tools, self._tell = background, tools, tell
        source.opening.connect(lambda _: self._source_changed())
        state.on("source", self._watch_source)

    def begin(self) -> None:
        """Fill the profile's monitor, or the window's, with the checks."""
        state, source = self._state, self._engine.source
        if self.phase is not None:
            return
        if source is None or not source.live:
            self._notices.warn("To calibrate, choose a camera or the virtual participant as the source.", _NOTICE)
            return
        if not state.entries:
            self._notices.warn("To calibrate, add a model first.", _NOTICE)
            return
        self._notices.withdraw(_NOTICE)
        state.held = False
        state.sitting = True
        self.choose_monitor(self._gaze.monitor)
        self._engine.listen(self._add)

    def choose_monitor(self, monitor: Monitor) -> None:
        """Calibrate to this monitor."""
        geometry = known_geometry(monitor, self._memory)
        notes = []
        if geometry.size_source == "guessed":
            notes.append("The monitor does not report its size: measure it with a bank card first.")
        if is_virtual(self._source.spec):
            notes.append("The virtual participant will look at the dots.")
        self._enter(Checking(monitor, geometry, tuple(notes)))

    def start(self, points: int, name: str) -> None:
        """Show the dots of this layout, 0 for a path to follow; the profile will have this name."""
        from gaze_demo.calibration.sitting import Sitting
        from gaze_demo.calibration.targets import PursuitPath, layout_targets, validation_targets
        from gaze_demo.live.calibration_worker import CalibrationWorker
        from gaze_demo.model.reach import farthest

        phase = self.phase
        if not isinstance(phase, Checking):
            return
        geometry, seed = phase.geometry, clock.now_ns() % 10_000
        fit = layout_targets(points, geometry, seed) if points else PursuitPath(geometry)
        margin = farthest(self._state.entries)
        sitting = Sitting(fit, validation_targets(geometry, seed), self.timing, margin=margin)
        worker = CalibrationWorker(
            self._state.entries,
            self._tools.load_model,
            lambda result: self._tell(Outcome(lambda: self._finish(worker, result))),
        )
        self._engine.use_panes(())  # all cores are needed for the dots
        self._enter(Looking(phase.monitor, geometry, sitting, worker, name, margin))

    def tick(self) -> None:
        """Called about 60 times per second during a phase."""
        phase = self.phase
        if isinstance(phase, Checking) and phase.refresh():
            self.phase_changed.tell(phase)
        elif isinstance(phase, Looking):
            if not phase.advance(clock.now_s()):
                self._end_looking(phase)
                return
            if phase.dot is not None:
                point = phase.geometry.px_to_camera((phase.dot.x_px, phase.dot.y_px))
                self._source.virtual.look_at(point)
            self.moved.tell(phase)

    def cancel(self) -> None:
        """Cancel the calibration; the previous one stays."""
        phase = self.phase
        if phase is None:
            return
        self._engine.listen(None)
        self._engine.wishes.held = False
        if isinstance(phase, (Looking, Fitting)):
            phase.worker.cancel()
        self._enter(None)
        self._source.virtual.look_at(None)
        self._engine.use_panes(self._state.panes)
        self._state.sitting = False

    def show_results(self) -> None:
        """The figures of the profile in use."""
        if self._state.profile is not None:
            self.results.tell(self._state.profile)

    def add_models(self) -> None:
        """Calibrate all available models with the samples kept with the profile in use."""
        from gaze_demo.calibration.kept_profile import recalibrated

        profile, entries = self._state.profile, list(self._state.entries)
        if profile is None:
            return
        self._notices.info(f"Calibrating {len(entries)} models from the kept samples…", _NOTICE)
        self._background.run(lambda: recalibrated(profile, entries), self._use_again, self._not_kept)

    def known_geometry(self, monitor: Monitor) -> ScreenGeometry:
        """What is known of a monitor."""
        return known_geometry(monitor, self._memory)

    def keep_measured(self, measured: ScreenGeometry) -> None:
        """The user has measured a monitor, or said where the camera is."""
        keep_measured(measured, self._memory)
        self._gaze.look_again()
        phase = self.phase
        if isinstance(phase, Checking):
            self.choose_monitor(phase.monitor)

    def _add(self, shot: Shot) -> None:
        """From the feed's thread."""
        phase = self.phase
        if phase is not None:
            phase.add(shot)

    def _enter(self, phase: Phase | None) -> None:
        self.phase = phase
        self.phase_changed.tell(phase)

    def _end_looking(self, phase: Looking) -> None:
        self._engine.listen(None)
        if phase.shot is None:
            self.cancel()
            self._notices.warn("The camera gave no picture during the calibration.", _NOTICE)
            return
        self._engine.wishes.held = True  # until `cancel`: the person waits, and the speed of the models is measured
        self._enter(phase.finish(camera_key(self._engine, self._source.spec, phase.shot)))

    def _finish(self, worker: CalibrationWorker, result: Calibration | Exception) -> None:
        from gaze_demo.calibration.kept_profile import profile_of
        from gaze_demo.calibration.recommend import replacement

        phase = self.phase
        if not isinstance(phase, (Looking, Fitting)) or phase.worker is not worker:
            return
        self.cancel()
        if isinstance(result, Exception) or isinstance(phase, Looking):
            error = result if isinstance(result, Exception) else RuntimeError("it ended too early")
            self._notices.trouble(sentence(error, "The calibration failed"), _NOTICE)
            return
        if result.report.validation_targets == 0:  # the camera or the eyes were lost: the previous profile stays
            text = "The calibration was not finished: too few dots were seen. Nothing was changed; calibrate again."
            self._notices.warn(text, _NOTICE)
            return
        made = Made(profile_of(phase.name, phase.data, result), phase.data)
        before = self._state.profile
        if before is not None and before.name == phase.name and before.fits(made.profile.camera, made.profile.screen):
            choice = replacement(result.report, before.report)
            if choice.keep_old:
                self._notices.info("The previous calibration is still in use.", _NOTICE)
                self.worse.tell((made, choice.question))
                return
            self._grow(before, made)
        else:
            self.use(made)

    def use(self, made: Made) -> None:
        """Use a new calibration from now on, and save it."""
        from gaze_demo.calibration.kept_profile import keep

        self._gaze.use(made.profile)
        self._background.run(lambda: keep(made.profile, made.data), lambda _: None, self._not_kept)
        self.show_results()
        self.calibrated.tell(made.profile)

    def _grow(self, before: Profile, made: Made) -> None:
        """Fit to this sitting together with the earlier ones of the same person."""
        from gaze_demo.calibration.kept_profile import grown

        entries = list(self._state.entries)
        self._notices.info("Fitting to this calibration and the earlier ones together…", _NOTICE)

        def done(grew: tuple[Profile, list[str]]) -> None:
            self._use_again(grew)
            self.calibrated.tell(grew[0])

        def failed(error: Exception) -> None:  # an earlier sitting is missing: only this one is used
            logger.warning("The samples could not be added to the profile: %s", error)
            self.use(made)

        self._background.run(lambda: grown(before, made.data, "calibration", entries), done, failed)

    def undo(self) -> None:
        """Take back the last sitting that was added to the profile in use."""
        from gaze_demo.calibration.kept_profile import undone

        profile = self._state.profile
        if profile is not None:
            self._background.run(lambda: undone(profile), self._use_undone, self._not_kept)

    def _use_undone(self, profile: Profile) -> None:
        self._gaze.use(profile)
        self._notices.info(f"The last calibration was removed from the profile {profile.name}.", _NOTICE)

    def _use_again(self, made: tuple[Profile, list[str]]) -> None:
        profile, problems = made
        self._notices.withdraw(_NOTICE)
        self._gaze.use(profile)
        self.show_results()
        if problems:
            self._notices.warn(f"Left out: {' '.join(problems)}", _NOTICE)

    def _source_changed(self) -> None:
        if self.phase is not None:
            self.cancel()
            self._notices.warn("The source has changed: the calibration was stopped.", _NOTICE)

    def _watch_source(self, source: SourceState) -> None:
        """If the camera is lost the dots end, if it is silent they wait; before the dots, both are waited for."""
        phase, streams = self.phase, source.state == "streaming"
        if isinstance(phase, Looking):
            if streams or source.state == "silent":
                phase.paused = "" if streams else _SILENT
                self.moved.tell(phase)
            elif source.state != "opening":
                self.cancel()
                self._notices.warn(f"The calibration was stopped; nothing was changed. {source.text}", _NOTICE)
        elif isinstance(phase, Checking) and source.state not in ("opening", "streaming"):
            phase.forget()
            self.phase_changed.tell(phase)

    def _not_kept(self, error: Exception) -> None:
        self._notices.trouble(sentence(error, "The profile could not be made"), _NOTICE)
