"""Plays a recorded session: the position, each model's gaze there, and the events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.desk.observed import Observed
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, vector_to_pitch_yaw
from gaze_demo.live.rerunner import Rerun
from gaze_demo.screen import ScreenGeometry
from gaze_demo.session.folder import Session
from gaze_demo.session.trace import GazeTrace

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
_LONGEST_FRAME_S = 0.5  # a frame is shown for at most this long; then there is a gap


@dataclass(frozen=True)
class Mark:
    """A marker or a note; `time_s` from the start of the recording."""

    time_s: float
    text: str
    kind: str


class Track:
    """One model's gaze over the recording.

    Attributes: `trace`, with the session's clock; `time_s` (n,) from the start of the recording; `gaze` (n, 3), as it
    is shown; `yaw_deg`, `pitch_deg` (n,), NaN if there is no gaze; `point_px` (n, 2), as it is shown; `screen`, of the
    points, if there is one; `version`, which rises if more of it is known; `problem`, why nothing is, else empty;
    `share` that is known, 0 to 1.
    """

    problem, share, version = "", 1.0, 0

    def __init__(self, trace: GazeTrace, start_s: float, screen: ScreenGeometry | None = None) -> None:
        self.trace, self.screen = trace, screen
        self.time_s = trace.time_s - start_s
        self._show(trace.gaze)

    def _show(self, gaze: Array) -> None:
        trace = self.trace
        pitch_yaw: Array = np.degrees(vector_to_pitch_yaw(gaze))
        self.gaze = gaze
        self.pitch_deg: Array = pitch_yaw[:, 0]
        self.yaw_deg: Array = pitch_yaw[:, 1]
        shown = np.isfinite(trace.shown_px).all(1, keepdims=True)
        self.point_px: Array = np.where(shown, trace.shown_px, trace.point_px)

    def refresh(self) -> bool:
        """Take over what has become known since the last call; whether there was anything."""
        return False

    @property
    def has_points(self) -> bool:
        return self.screen is not None and bool(np.isfinite(self.point_px).any())

    def row_at(self, time_s: float) -> int | None:
        """The frame that is shown at a time; None before the first one and in a gap."""
        row = int(np.searchsorted(self.time_s, time_s + 1e-9, side="right")) - 1
        return row if row >= 0 and time_s - self.time_s[row] <= _LONGEST_FRAME_S else None


class RerunTrack(Track):
    """What another model, calibration or filter makes of the recording, while it is computed."""

    def __init__(self, rerun: Rerun, start_s: float) -> None:
        self.rerun = rerun
        super().__init__(rerun.trace, start_s)
        self.version = -1

    def refresh(self) -> bool:
        rerun = self.rerun
        if rerun.version == self.version:
            return False
        self.version, self.problem, self.share = rerun.version, rerun.problem, rerun.share
        profile = rerun.choice.profile
        self.screen = None if profile is None else profile.screen
        self._show(rerun.shown)
        return True


@dataclass
class ReplayState(Observed):
    """`position_s` from the start of the recording."""

    position_s: float = 0.0
    playing: bool = False
    speed: float = 1.0


class Replay:
    """Plays a session; `tick` advances the time.

    `against`: what 'gaze-demo replay' made of the same session, to be compared with it. Raises UserError if it was made
    from another one.

    Attributes: `state`; `tracks`, by the model's name, those of `against` with its folder's name as well; `marks`, in
    order; `duration_s`; `start_s`, of the session's clock.
    """

    def __init__(self, session: Session, against: Session | None = None) -> None:
        if against is not None and against.about.clock != session.about.clock:
            raise UserError(
                f"{against.folder} was not made from {session.folder}: make one from it with 'gaze-demo replay'."
            )
        self.session = session
        self.state = ReplayState()
        traces = [session.trace(name) for name in session.models] or [session.trace()]
        times = [trace.time_s for trace in traces if len(trace)]
        self.start_s = min((float(time[0]) for time in times), default=0.0)
        self.duration_s = max((float(time[-1]) for time in times), default=0.0) - self.start_s
        screen = session.about.screen
        self.tracks = {trace.model: Track(trace, self.start_s, screen) for trace in traces}
        for name in against.models if against is not None else ():
            assert against is not None
            track = Track(against.trace(name), self.start_s, against.about.screen)
            self.tracks[f"{name} ({against.folder.absolute().name})"] = track
        self.marks = tuple(
            Mark(event.time_s - self.start_s, event.text, event.kind)
            for event in session.events
            if event.kind in ("marker", "note")
        )
        self._ticked_s: float | None = None

    @property
    def ended(self) -> bool:
        return self.state.position_s >= self.duration_s

    def play(self) -> None:
        """Play or pause; after the end, play from the beginning."""
        if not self.state.playing and self.ended:
            self.state.position_s = 0.0
        self._ticked_s = None
        self.state.playing = not self.state.playing

    def tick(self, now_s: float) -> None:
        """Move on by the time since the last call, and stop at the end."""
        before, self._ticked_s = self._ticked_s, now_s
        if not self.state.playing or before is None:
            return
        self.state.position_s = min(self.state.position_s + (now_s - before) * self.state.speed, self.duration_s)
        if self.ended:
            self.state.playing = False

    def seek(self, time_s: float) -> None:
        self.state.position_s = min(max(time_s, 0.0), self.duration_s)

    def step(self, frames: int) -> None:
        """Go to the next frame of the recording, or the one before, and pause."""
        self.state.playing = False
        times = next(iter(self.tracks.values())).time_s
        if not len(times):
            return
        row = int(np.searchsorted(times, self.state.position_s + 1e-9, side="right")) - 1
        self.seek(float(times[min(max(row + frames, 0), len(times) - 1)]))

    def jump(self, marks: int) -> Mark | None:
        """To the next marker or note (1), or the one before (-1); returns it, None if there is none."""
        now = self.state.position_s
        others = [mark for mark in self.marks if (mark.time_s > now + 1e-3 if marks > 0 else mark.time_s < now - 1e-3)]
        if not others:
            return None
        mark = others[0] if marks > 0 else others[-1]
        self.seek(mark.time_s)
        return mark

    def change_speed(self, steps: int) -> None:
        """To the next speed, faster or slower."""
        now = SPEEDS.index(self.state.speed)
        self.state.speed = SPEEDS[min(max(now + steps, 0), len(SPEEDS) - 1)]


def envelope(time_s: Array, values: Array, start_s: float, end_s: float, columns: int) -> Array:
    """Rows (m, 3) of time, lowest and highest value in each of `columns` equal parts; NaN if there is none.

    Where there are fewer values than parts, each value has its own row. `time_s` rises.
    """
    first, last = np.searchsorted(time_s, (start_s, end_s))
    first, last = max(first - 1, 0), min(last + 1, len(time_s))
    time_s, values = time_s[first:last], values[first:last]
    if len(time_s) <= columns:
        return np.stack([time_s, values, values], -1)
    edges = np.linspace(time_s[0], time_s[-1], columns + 1)[:-1]
    starts = np.unique(np.searchsorted(time_s, edges))
    return np.stack([time_s[starts], np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)], -1)
