"""Runs a session through what its panes choose, in a thread: first around the position shown, then the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze_demo.calibration.profile import Profile
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array
from gaze_demo.log import logger
from gaze_demo.pipeline import GazeSample, ModelGaze
from gaze_demo.rerun import Choice, Models, rerun
from gaze_demo.session.arrow import numpy_of
from gaze_demo.session.columns import rows_of
from gaze_demo.session.folder import Session
from gaze_demo.session.trace import GazeTrace

# A filter and the watch for blinks know the past: this much of it is run before the first frame that is kept.
_LEAD_S = 2.0
# A run that reaches frames of an earlier one goes on until it agrees with them to the last bit for so many frames, or
# for this time: then both have the same past.
_AGREED_FRAMES, _MOST_AGREEING_S = 30, 20.0
_AHEAD_S = 1.0  # a run that reaches the position within this time is not left for it
NOT_YET = "not computed yet"


class Rerun:
    """What a choice makes of a session's n frames, filled in by and by.

    Attributes: `choice`; `trace`, whose frames that are not `done` (n,) have no gaze; `shown` (n, 3), the filtered
    gaze; `problem`, a sentence if it cannot be computed; `prepared`, once that is known; `running`, while frames may
    still change; `version`, which rises with each change.
    """

    def __init__(self, choice: Choice, frame: NDArray[np.int64], time_s: Array, *, fitted: bool = False) -> None:
        n = len(frame)
        self.choice, self.fitted = choice, fitted
        self.done = np.zeros(n, bool)
        self.shown: Array = np.full((n, 3), np.nan)
        self.problem = ""
        self.prepared = False
        self.running = False
        self.version = 0
        columns = {name: np.full((n, 3), np.nan) for name in ("gaze", "left", "right", "eye_mm", "covariance")}
        pairs = {name: np.full((n, 2), np.nan) for name in ("openness", "point_px", "shown_px")}
        self.trace = GazeTrace(
            model=choice.model,
            frame=frame,
            time_s=time_s,
            face=np.zeros(n, bool),
            reason=np.full(n, NOT_YET, "<U40"),
            head_rotation=np.full((n, 3, 3), np.nan),
            closed=np.full((n, 2), -1),
            **columns,
            **pairs,
        )

    @property
    def share(self) -> float:
        """How much is done, 0 to 1; below 1 as long as frames may still change."""
        done = float(self.done.mean()) if len(self.done) else 1.0
        return min(done, 0.99) if self.running else done

    def keep(self, i: int, sample: GazeSample, gaze: ModelGaze | None) -> bool:
        """Keep frame `i`; whether the same was there already, to the last bit."""
        (row,) = rows_of(replace(sample, gazes=() if gaze is None else (gaze,)))
        filtered = None if gaze is None else gaze.filtered.mean
        shown = np.full(3, np.nan) if filtered is None else filtered
        values = _values(row)
        trace = self.trace
        same = bool(
            self.done[i]
            and np.array_equal(self.shown[i], shown, equal_nan=True)
            and np.array_equal(trace.gaze[i], values["gaze"], equal_nan=True)
            and np.array_equal(trace.shown_px[i], values["shown_px"], equal_nan=True)
        )
        for name, value in values.items():
            getattr(trace, name)[i] = value
        self.shown[i] = shown
        self.done[i] = True
        return same


def _values(row: dict[str, Any]) -> dict[str, Any]:
    """The parts of a trace's row from a row of the table."""
    vectors = {name: [row[f"{name}_{axis}"] for axis in "xyz"] for name in ("gaze", "left", "right")}
    return {
        **{name: np.array(value) for name, value in vectors.items()},
        "face": row["face"],
        "reason": row["reason"],
        "eye_mm": [row["eye_x_mm"], row["eye_y_mm"], row["eye_z_mm"]],
        "head_rotation": np.reshape(row["head_rotation"], (3, 3)),
        "openness": [row["openness_left"], row["openness_right"]],
        "closed": [row["closed_left"], row["closed_right"]],
        "point_px": np.array([row["point_x_px"], row["point_y_px"]]),
        "shown_px": np.array([row["shown_x_px"], row["shown_y_px"]]),
        "covariance": [row["var_pitch"], row["var_yaw"], row["cov_pitch_yaw"]],
    }


class Rerunner:
    """The thread that fills reruns of one session; all methods return at once.

    `fit` makes a profile from the targets marked in a session, for a rerun that is `fitted`.

    Attributes: `position_s`, what is shown, from the session's clock; frames around it come first.
    """

    def __init__(self, session: Session, fit: Callable[[Session, Choice], Profile]) -> None:
        self._session, self._fit = session, fit
        times = numpy_of(session.table.column("time_s"))
        self.frame, first = np.unique(numpy_of(session.table.column("frame")).astype(np.int64), return_index=True)
        self.time_s: Array = times[first].astype(float)
        self.position_s = float(self.time_s[0]) if len(self.time_s) else 0.0
        self._wanted: tuple[Rerun, ...] = ()
        self._models: Models = {}
        self._closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def make(self, choice: Choice, *, fitted: bool = False) -> Rerun:
        """An empty rerun of this session."""
        return Rerun(choice, self.frame, self.time_s, fitted=fitted)

    def want(self, reruns: Sequence[Rerun]) -> None:
        """Fill these from now on, instead of those before. Models that none of these runs are let go of."""
        with self._changed:
            self._wanted = tuple(dict.fromkeys(reruns))
            used = {one.choice.entry.name for one in reruns if one.choice.entry is not None}
            self._models = {name: model for name, model in list(self._models.items()) if name in used}
            if self._wanted and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="rerun", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self) -> None:
        """Ask it to end, and let go of the models."""
        with self._changed:
            self._closed = True
            self._models = {}
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or bool(self._open()))
                if self._closed:
                    return
                wanted = self._wanted
            for one in self._open():
                if not one.prepared:
                    self._prepare(one)
            if open_ := self._open():
                for one in open_:
                    one.running = True
                self._fill(open_, wanted)
                for one in open_:
                    one.running = False
                    one.version += 1

    def _open(self) -> list[Rerun]:
        return [one for one in self._wanted if not one.problem and not one.done.all()]

    def _prepare(self, one: Rerun) -> None:
        """Find out whether it can be computed at all, before the others wait for it."""
        try:
            if one.fitted and one.choice.profile is None:
                one.choice = replace(one.choice, profile=self._fit(self._session, one.choice))
            next(iter(rerun(self._session, [one.choice], models=self._models)), None)
        except Exception as error:
            self._failed(one, error)
        one.prepared = True

    def _failed(self, one: Rerun, error: Exception) -> None:
        if not isinstance(error, UserError):
            logger.exception("A session cannot be run again")
        one.problem = str(error) if isinstance(error, UserError) else f"It cannot be computed: {error}"
        one.version += 1

    def _fill(self, reruns: list[Rerun], wanted: tuple[Rerun, ...]) -> None:
        """Compute frames in order until something else is wanted, or all frames of an earlier run agree."""
        start = self._next_missing(reruns, self._row())
        lead = int(np.searchsorted(self.time_s, self.time_s[start] - _LEAD_S))
        agreed, agreeing_s = 0, 0.0
        i = start
        whole = reruns

        def failed(which: int, error: Exception) -> None:
            self._failed(whole[which], error)

        try:
            choices = [one.choice for one in whole]
            frames = rerun(self._session, choices, int(self.frame[lead]), self._models, failed)
            for seen, gazes in frames:
                i = int(np.searchsorted(self.frame, seen.frame.index))
                reruns = [one for one in whole if not one.problem]
                if not reruns:
                    return
                stopped = self._closed or self._wanted is not wanted
                if stopped:
                    self._compute_again(reruns, max(i, start))
                    return
                if i < start:
                    continue
                sample = GazeSample.of(seen)
                known = all(one.done[i] for one in reruns)
                pairs = [(one, gaze) for one, gaze in zip(whole, gazes, strict=True) if not one.problem]
                same = [one.keep(i, sample, gaze) for one, gaze in pairs]
                for one in reruns:
                    one.version += 1
                agreed = agreed + 1 if all(same) else 0
                agreeing_s = agreeing_s + self.time_s[i] - self.time_s[max(i - 1, 0)] if known else 0.0
                if agreed >= _AGREED_FRAMES or agreeing_s > _MOST_AGREEING_S:
                    return
                if self._left_behind(reruns, i):
                    self._compute_again(reruns, i + 1)
                    return
            for one in reruns:  # a video may end before its recording
                one.done[start:] = True
                one.version += 1
        except Exception as error:
            for one in reruns:
                self._failed(one, error)

    def _compute_again(self, reruns: list[Rerun], i: int) -> None:
        """Frame `i` counts as missing: a run that ends before frames behind it agree must go on from there."""
        for one in reruns:
            one.done[i : i + 1] = False

    def _row(self) -> int:
        row = int(np.searchsorted(self.time_s, self.position_s + 1e-9, side="right")) - 1
        return min(max(row, 0), len(self.time_s) - 1)

    def _next_missing(self, reruns: list[Rerun], row: int) -> int:
        missing = ~np.all([one.done for one in reruns], axis=0)
        after = np.flatnonzero(missing[row:])
        return row + int(after[0]) if len(after) else int(np.flatnonzero(missing)[0])

    def _left_behind(self, reruns: list[Rerun], i: int) -> bool:
        """Whether the frame that is shown is missing and this run will not reach it soon."""
        row = self._row()
        if all(one.done[row] for one in reruns):
            return False
        return not 0 <= self.time_s[row] - self.time_s[i] <= _AHEAD_S
