"""The point of gaze on the screen while the window runs: mapped with the profile in use and corrected for drift."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gaze_demo import clock
from gaze_demo.calibration.drift import ClickTeacher, recentred
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.readings import Readings, joined, read
from gaze_demo.calibration.sample import CameraKey
from gaze_demo.desk.camera_key import camera_key
from gaze_demo.desk.memory import Memory
from gaze_demo.desk.monitors import Monitor, known_geometry
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.observed import Told
from gaze_demo.desk.source_control import SourceControl
from gaze_demo.desk.state import GazePoint, WindowState
from gaze_demo.geometry import Array
from gaze_demo.live.engine import Engine
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.screen import ScreenGeometry

if TYPE_CHECKING:
    from gaze_demo.calibration.profile import Profile

RECENTRE_S = 1.7  # how long the recentring dot is shown
_LOOK_AFTER_S = 0.7  # of this time the eyes need this much to arrive
_MOST_UNDONE = 50
# The shortest time between two points of a pane: the screen map draws no more often. The overlay gets every point.
_POINT_EVERY_S = 0.05
_PLAIN = "Not calibrated: plain geometry"
_RECENTRED = "Not calibrated, but recentred"
_MOVED = "Your head has moved away from where you calibrated: move back, or recentre (R)."


@dataclass(frozen=True)
class Mismatch:
    """Why a profile may not fit this camera and screen."""

    profile: Profile
    sentences: tuple[str, ...]
    camera: CameraKey
    screen: ScreenGeometry


class GazeControl:
    """Puts the points of both panes into the state.

    Signals: `mismatched`, once for each source and profile that do not fit each other.
    """

    def __init__(
        self, state: WindowState, notices: Notices, engine: Engine, source: SourceControl, memory: Memory
    ) -> None:
        self.mismatched: Told[Mismatch] = Told()
        self._state, self._notices, self._engine = state, notices, engine
        self._source, self._memory = source, memory
        self._teachers: dict[str, ClickTeacher] = {}
        self._gathered: dict[str, list[Readings]] = {}
        self._gathering_since_s = 0.0
        self._target_mm: Array | None = None
        self._geometry: ScreenGeometry | None = None
        self._explained = False
        self._before: deque[dict[str, Mapping]] = deque(maxlen=_MOST_UNDONE)
        self._shown_s: dict[PaneId, float] = {}
        source.opening.connect(lambda _: self._forget())
        state.on("monitor", lambda _: self.look_again())

    def use(self, profile: Profile | None) -> None:
        """Use this profile from now on, or the plain geometry."""
        mappings = profile.mappings if profile else {}
        self._teachers = {name: ClickTeacher(mapping) for name, mapping in mappings.items()}
        self._before.clear()
        self._state.corrections = 0
        self._state.profile = profile
        self._forget()

    def undo(self) -> None:
        """Take back the last correction of the drift."""
        if not self._before:
            return
        mappings = self._before.pop()
        self._teachers = {name: ClickTeacher(mapping) for name, mapping in mappings.items()}
        self._state.corrections = len(self._before)
        self._notices.info("The last correction was undone.", "recentre")

    @property
    def monitor(self) -> Monitor:
        """The profile's where it is connected, else the one that the window is on."""
        profile = self._state.profile
        own = (each for each in self._state.monitors if profile is not None and each.name == profile.screen.name)
        found = next(own, None) or self._state.monitor
        assert found is not None
        return found

    @property
    def geometry(self) -> ScreenGeometry:
        """The screen that points refer to: the profile's, or the monitor that the window is on."""
        if self._state.profile is not None:
            return self._state.profile.screen
        if self._geometry is None:
            self._geometry = known_geometry(self.monitor, self._memory)
        return self._geometry

    def look_again(self) -> None:
        """Lens or monitor have changed: the profile in use may no longer fit."""
        self._explained, self._geometry = False, None

    def recentre(self) -> None:
        """Begin to collect looks at one dot in the middle of the screen; `finish_recentring` ends it."""
        if self._state.recentring:
            return
        geometry = self.geometry
        self._gathered, self._gathering_since_s = {}, clock.now_s() + _LOOK_AFTER_S
        self._target_mm = geometry.px_to_camera((geometry.width_px / 2, geometry.height_px / 2))
        self._source.virtual.look_at(self._target_mm)
        self._state.recentring = True

    def finish_recentring(self) -> None:
        """Correct the models in the panes by the looks since `recentre`."""
        if not self._state.recentring or self._target_mm is None:
            return
        self._state.recentring = False
        self._source.virtual.look_at(None)
        if self._gathered:
            self._keep_before()
        for model, rows in self._gathered.items():
            teacher = self._teachers.get(model)
            mapping = teacher.mapping if teacher else Mapping()
            self._teachers[model] = ClickTeacher(recentred(mapping, joined(rows), self._target_mm))
        if self._gathered:
            self._notices.info(f"Recentred {' and '.join(self._gathered)}. Ctrl+Z undoes it.", "recentre")
        else:
            self._notices.warn("No gaze was seen while the dot was there: nothing has changed.", "recentre")

    def teach(self, x: float, y: float) -> int:
        """A click at a place of the desktop, where the person looked; returns how many models were corrected."""
        monitor = self.monitor
        px = monitor.px(x, y)
        if not (0 <= px[0] < monitor.width_px and 0 <= px[1] < monitor.height_px):
            return 0  # the profile holds for one monitor only
        point = self.geometry.px_to_camera(px)
        before = {name: teacher.mapping for name, teacher in self._teachers.items()}
        taught = sum(teacher.click(clock.now_s(), point) for teacher in self._teachers.values())
        if taught:
            self._keep_before(before)
            self._notices.info(
                "This click corrected the calibration. To undo it, choose Calibrate, Undo the last correction.",
                "recentre",
            )
        return taught

    def _keep_before(self, mappings: dict[str, Mapping] | None = None) -> None:
        """Remember the mappings, so that a correction can be undone."""
        known = {name: teacher.mapping for name, teacher in self._teachers.items()}
        self._before.append(known if mappings is None else mappings)
        self._state.corrections = len(self._before)

    def see(self, pane: PaneId, sight: Sight) -> None:
        """A sight of a pane that is shown."""
        if sight.estimate is None or sight.filtered.mean is None:
            self._shown_s.pop(pane, None)
            self._show(pane, sight, None)
            return
        now, teacher = clock.now_s(), self._teachers.get(sight.estimate.model)
        due = self._state.overlay or now - self._shown_s.get(pane, -_POINT_EVERY_S) >= _POINT_EVERY_S
        if not due and teacher is None and not self._state.recentring:
            return
        row = read(sight.shot.observation, replace(sight.estimate, gaze=sight.filtered.mean))
        if row is not None:
            self._keep(sight.estimate.model, row, now)
        if due:
            self._shown_s[pane] = now
            self._show(pane, sight, None if row is None else self._point(teacher, row))

    def _show(self, pane: PaneId, sight: Sight, point: GazePoint | None) -> None:
        self.show_point(pane, point)
        if pane is PaneId.A:
            self._explain(sight, point)

    def _keep(self, model: str, row: Readings, now_s: float) -> None:
        """For recentring, and for a click that may follow."""
        if self._state.recentring and now_s >= self._gathering_since_s:
            self._gathered.setdefault(model, []).append(row)
        if model in self._teachers:
            self._teachers[model].see(now_s, row)

    def show_point(self, pane: PaneId, point: GazePoint | None) -> None:
        others = {other: known for other, known in self._state.points.items() if other is not pane}
        self._state.points = others if point is None else {**others, pane: point}

    def _point(self, teacher: ClickTeacher | None, row: Readings) -> GazePoint | None:
        geometry = self.geometry
        self._state.screen_px = (geometry.width_px, geometry.height_px)
        try:
            point_mm = (teacher.mapping if teacher else Mapping()).point_mm(row)
        except ValueError:  # another model under the same name
            return None
        x, y = geometry.camera_to_px(point_mm)[0]
        profile = self._state.profile
        outside = float(profile.hull.distance(row)[0]) if profile and profile.hull else 0.0
        ellipse = _ellipse(teacher.mapping, row, geometry) if teacher and profile else None
        certainty = float(np.clip(2.0 - outside, 0.0, 1.0))
        return GazePoint(float(x), float(y), certainty, ellipse)

    def _explain(self, sight: Sight, point: GazePoint | None) -> None:
        """One line that says what the points mean at present."""
        profile, model = self._state.profile, sight.estimate.model if sight.estimate else ""
        if profile is None:
            self._state.screen_words = _RECENTRED if model in self._teachers else _PLAIN
            return
        if not self._explained:
            self._explained = True
            here = known_geometry(self.monitor, self._memory)
            camera = camera_key(self._engine, self._source.spec, sight.shot)
            sentences = profile.mismatches(camera, here, [model] if model else [])
            if sentences:
                self.mismatched.tell(Mismatch(profile, tuple(sentences), camera, here))
        if model and model not in self._teachers:
            self._state.screen_words = f"{profile.name} has no calibration for {model}."
        elif point is None:
            self._state.screen_words = "No gaze"
        elif not profile.screen.contains((point.x_px, point.y_px)):
            self._state.screen_words = "Off the screen"
        else:
            self._state.screen_words = _MOVED if point.certainty < 1 else f"Calibrated for {profile.name}"

    def _forget(self) -> None:
        self._explained, self._geometry = False, None
        self._shown_s = {}
        self._state.points = {}


def _ellipse(mapping: Mapping, row: Readings, geometry: ScreenGeometry) -> tuple[float, float, float] | None:
    """Half axes in px and the angle of the first in degrees, of the ellipse that holds 90 % of the gazes; None if the
    calibration has not measured it."""
    # Loaded with the first profile: the window should not wait for them when it starts.
    from gaze_demo.calibration.ellipse import CHI_SQUARE_90
    from gaze_demo.calibration.on_screen import screen_covariance

    covariance = screen_covariance(mapping, row, geometry)
    if covariance is None:
        return None
    variances, axes = np.linalg.eigh(covariance)
    small, large = np.sqrt(np.maximum(variances, 0.0) * CHI_SQUARE_90)
    return float(large), float(small), float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])))
