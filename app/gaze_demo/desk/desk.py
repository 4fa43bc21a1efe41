"""The logic of the window, without Qt."""

from __future__ import annotations

from pathlib import Path

from gaze_demo import clock
from gaze_demo.desk.calibration_control import CalibrationControl
from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.gaze_control import GazeControl
from gaze_demo.desk.memory import Memory
from gaze_demo.desk.model_control import ModelControl
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.people import People
from gaze_demo.desk.player_control import PlayerControl
from gaze_demo.desk.profile_control import ProfileControl
from gaze_demo.desk.recent import Recent
from gaze_demo.desk.record_control import RecordControl
from gaze_demo.desk.source_control import SourceControl
from gaze_demo.desk.state import SourceState, WindowState
from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.live.background import Background
from gaze_demo.live.engine import Engine
from gaze_demo.live.events import Tell
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.live.tools import Tools
from gaze_demo.options import WindowOptions
from gaze_demo.session.names import ABOUT

_HELD = "The picture is held. Press H to continue."


class Desk:
    """Owns the engine and the controls, and binds the commands that need no widget.

    `tell` passes events of worker threads to the window's thread; the window calls `see` with each sight that it shows,
    and `refresh` a few times per second.
    """

    def __init__(
        self,
        state: WindowState,
        commands: CommandBook,
        notices: Notices,
        memory: Memory,
        tools: Tools,
        tell: Tell,
        options: WindowOptions,
    ) -> None:
        self.state, self.commands, self.notices, self.memory = state, commands, notices, memory
        self.engine = Engine(tools, tell)
        background = Background(tell)
        self.source = SourceControl(state, notices, self.engine, memory, background, tools, options)
        self.models = ModelControl(state, notices, self.engine, memory, background, tools, options.models)
        self.gaze = GazeControl(state, notices, self.engine, self.source, memory)
        self.profiles = ProfileControl(state, notices, self.gaze, self.source, memory, background)
        self.calibration = CalibrationControl(
            state, notices, self.engine, self.source, self.gaze, memory, background, tools, tell
        )
        self.player = PlayerControl(state, commands)
        self.people = People(notices, self.engine)
        self.record = RecordControl(state, notices, self.engine, self.source, self.gaze, background)
        self._lag_s = Recent(1.0)
        self._calibration_wanted = options.calibrate
        self._wanted_source = options.source
        self._bind()

    def start(self) -> None:
        """Look for models, open the source and load the profile; all of it in the background."""
        self.models.look()
        self.source.start(self._wanted_source)
        self.profiles.start()

    def close(self) -> None:
        """Stop the workers within a second."""
        self.calibration.cancel()
        self.record.close()
        self.source.virtual.use(None)
        self.engine.close()

    def see(self, pane: PaneId, sight: Sight) -> None:
        """A sight that is shown; a late one for a pane that is hidden by now is left out."""
        state = self.state
        if pane not in state.panes:
            return
        if pane not in state.seen:
            frame = sight.shot.observation.frame
            state.picture_px = (frame.width, frame.height)
            state.seen = state.seen | {pane}
        if pane is PaneId.A and sight.filtered.mean is not None:
            self._lag_s.add(clock.now_s(), sight.lag_s)
        if pane is PaneId.A:
            self.people.see(sight.shot.observation)
        self.gaze.see(pane, sight)

    def fit_previews(self, width: int, height: int) -> None:
        """Set the size of the previews, in device px."""
        if (width, height) != self.engine.wishes.preview_box:
            self.engine.wishes.preview_box = (width, height)
            self.engine.refresh()

    def refresh(self) -> None:
        """Write what the source delivers and how late the filter is."""
        self._lag_s.forget(clock.now_s())
        self.state.lag_s = self._lag_s.median()
        self.source.refresh_status()
        self.player.refresh()
        self.record.refresh()

    def _bind(self) -> None:
        state, bind = self.state, self.commands.bind
        bind("open", self.source.open)
        bind("open-path", self._open_path)
        bind("try-virtual", self.source.try_virtual)
        bind("refresh-cameras", self.source.look_for_cameras)
        bind("restart", self.source.restart)
        bind("choose-model", self.models.choose)
        bind("add-model-file", self.models.add_file)
        bind("swap", self.models.swap)
        bind("choose-face", self.people.choose)
        bind("recentre", self.gaze.recentre)
        bind("undo-correction", self.gaze.undo)
        bind("undo-calibration", self.calibration.undo)
        bind("marker", self.record.mark)
        bind("calibrate", self._calibrate)
        bind("results", self.calibration.show_results)
        bind("add-to-profile", self.calibration.add_models)
        state.on("filter", self._use_filter, now=True)
        state.on("crops", self._show_crops, now=True)
        state.on("mirror", self._mirror, now=True)
        state.on("most_fps", self._limit, now=True)
        state.on_any(("minimised", "sitting"), self._rest)
        state.on("source", self._watch_source)
        state.on("held", self._hold)
        state.on_any(("two_panes", "narrow"), self._use_panes, now=True)
        self.source.opening.connect(lambda _: self.player.use(None))
        self.source.opening.connect(lambda _: self.people.forget())
        self.source.opened.connect(self.player.use)
        state.on_any(("seen", "models_known"), self._begin_calibrating)

    def _open_path(self, path: str) -> None:
        """Open what was chosen or dropped: a recorded session is replayed, anything else becomes the source."""
        if (Path(path) / ABOUT).is_file():
            self.record.read(Path(path))
        else:
            self.source.open_path(path)

    def _use_filter(self, choice: FilterChoice) -> None:
        self._lag_s.clear()
        self.engine.set_filter(choice)

    def _show_crops(self, on: bool) -> None:
        self.engine.wishes.crops = on
        self.engine.refresh()

    def _mirror(self, on: bool) -> None:
        self.engine.wishes.mirror = on
        self.engine.refresh()

    def _limit(self, most_fps: float) -> None:
        self.engine.wishes.most_fps = most_fps

    def _rest(self) -> None:
        """While the window is minimised, frames are still read, so that the source stays open, but not processed."""
        if not self.state.sitting:
            self.engine.wishes.held = self.state.minimised

    def _watch_source(self, source: SourceState) -> None:
        if source.gone:
            self.state.points = {}
            self.state.screen_words = "No picture"

    def _hold(self, on: bool) -> None:
        self.engine.wishes.paused = on
        if on:
            self.notices.warn(_HELD, "held")  # which stays
        else:
            self.notices.withdraw("held")

    def _use_panes(self) -> None:
        if not self.state.sitting:
            self.engine.use_panes(self.state.panes)
        if PaneId.B not in self.state.panes:
            self.gaze.show_point(PaneId.B, None)

    def _calibrate(self) -> None:
        """At once, or once the models are read."""
        if self.state.models_known:
            self.calibration.begin()
        else:
            self._calibration_wanted = True

    def _begin_calibrating(self) -> None:
        """Starts a calibration that the command line or the user requested while the models were still loading."""
        if self._calibration_wanted and self.state.seen and self.state.models_known:
            self._calibration_wanted = False
            self._calibrate()
