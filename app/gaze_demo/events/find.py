"""All events of a trace: fixations, saccades, blinks, closed eyes, and stretches without a gaze."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gaze_demo.events.angles import visual_angles
from gaze_demo.events.fixations import Pieces, find_pieces, longest_gap, typical_step
from gaze_demo.events.i2mc import find_pieces_i2mc
from gaze_demo.geometry import Array
from gaze_demo.screen import ScreenGeometry
from gaze_demo.session.trace import GazeTrace

Kind = Literal["fixation", "saccade", "blink", "eyes closed", "lost"]
Method = Literal["cut", "i2mc"]
# Longer than this the eyes are closed; blinks last 0.1 to 0.4 s (Stern, Walrath and Goldstein, 1984).
LONGEST_BLINK_S = 0.5
_LONGEST_SACCADE_S = 0.2
_NAN = float("nan")


@dataclass(frozen=True)
class GazeEvent:
    """One event from `start_s` to `end_s` of the session's clock.

    A fixation has its mean place: `azimuth_deg`, `elevation_deg`, and `x_px`, `y_px` where there are points of gaze;
    `spread_deg` is the standard deviation of its samples. A saccade has `amplitude_deg`; a webcam is too slow to
    measure its speed. A lost stretch has its `reason`. `samples`: frames with a gaze in it.
    """

    kind: Kind
    start_s: float
    end_s: float
    samples: int = 0
    azimuth_deg: float = _NAN
    elevation_deg: float = _NAN
    x_px: float = _NAN
    y_px: float = _NAN
    spread_deg: float = _NAN
    amplitude_deg: float = _NAN
    reason: str = ""

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


def find_events(trace: GazeTrace, screen: ScreenGeometry | None = None, method: Method = "cut") -> list[GazeEvent]:
    """The events of a trace, in order of their starts.

    `method`: "cut" is `gaze_demo.events.fixations`; "i2mc" needs the extra `analysis`. Raises UserError.
    """
    if len(trace) < 2:
        return []
    angles = visual_angles(trace, screen)
    step_s = typical_step(trace.time_s)
    variance = trace.covariance[:, :2].mean(1)
    pieces = (
        find_pieces_i2mc(trace.time_s, angles)
        if method == "i2mc"
        else find_pieces(trace.time_s, angles, variance if np.isfinite(variance).any() else None)
    )
    fixations = list(_fixations(trace, angles, pieces, step_s))
    events = [
        *fixations,
        *_saccades(fixations, step_s),
        *_blinks(trace, step_s),
        *_lost(trace, angles, step_s),
    ]
    return sorted(events, key=lambda event: (event.start_s, event.end_s))


def _fixations(trace: GazeTrace, angles: Array, pieces: Pieces, step_s: float) -> Iterator[GazeEvent]:
    for start, stop in zip(pieces.start, pieces.stop, strict=True):
        own = angles[start:stop]
        known = np.isfinite(own).all(1)
        if not known.any():
            continue
        points = trace.point_px[start:stop][known]
        place, (x, y) = own[known].mean(0), points.mean(0) if np.isfinite(points).all() else (_NAN, _NAN)
        yield GazeEvent(
            kind="fixation",
            start_s=float(trace.time_s[start] - step_s / 2),
            end_s=float(trace.time_s[stop - 1] + step_s / 2),
            samples=int(known.sum()),
            azimuth_deg=float(place[0]),
            elevation_deg=float(place[1]),
            x_px=float(x),
            y_px=float(y),
            spread_deg=float(np.hypot(*own[known].std(0))),
        )


def _saccades(fixations: list[GazeEvent], step_s: float) -> Iterator[GazeEvent]:
    """The saccade between two successive fixations."""
    for before, after in pairwise(fixations):
        if after.start_s - before.end_s > max(_LONGEST_SACCADE_S, 2 * step_s):
            continue
        apart = (after.azimuth_deg - before.azimuth_deg, after.elevation_deg - before.elevation_deg)
        end_s = max(after.start_s, before.end_s)
        yield GazeEvent("saccade", before.end_s, end_s, amplitude_deg=float(np.hypot(*apart)))


def _blinks(trace: GazeTrace, step_s: float) -> Iterator[GazeEvent]:
    """Both eyes are closed, or the only visible one."""
    closed: NDArray[np.bool_] = np.logical_and((trace.closed == 1).any(1), (trace.closed != 0).all(1))
    for first, last in _runs(closed, trace.time_s, longest_gap(step_s)):
        start_s, end_s = trace.time_s[first] - step_s / 2, trace.time_s[last] + step_s / 2
        yield GazeEvent("blink" if end_s - start_s <= LONGEST_BLINK_S else "eyes closed", float(start_s), float(end_s))


def _lost(trace: GazeTrace, angles: Array, step_s: float) -> Iterator[GazeEvent]:
    """Stretches without a gaze: of frames without one, and of time without frames."""
    known: NDArray[np.bool_] = np.asarray(np.isfinite(angles).all(1))
    gap_s = longest_gap(step_s)
    for first, last in _runs(~known, trace.time_s, gap_s):
        reason = Counter(text for text in trace.reason[first : last + 1] if text)
        told = str(reason.most_common(1)[0][0]) if reason else "off the screen's plane"
        start_s, end_s = trace.time_s[first] - step_s / 2, trace.time_s[last] + step_s / 2
        yield GazeEvent("lost", float(start_s), float(end_s), reason=told)
    for before in np.flatnonzero(np.diff(trace.time_s) > gap_s):
        start_s, end_s = trace.time_s[before] + step_s / 2, trace.time_s[before + 1] - step_s / 2
        yield GazeEvent("lost", float(start_s), float(end_s), reason="no frame")


def _runs(marked: NDArray[np.bool_], time_s: Array, gap_s: float) -> Iterator[tuple[int, int]]:
    """First and last sample of each run of marked ones without a longer gap in time."""
    index = np.flatnonzero(marked)
    if not len(index):
        return
    parted = (np.diff(index) > 1) | (np.diff(time_s[index]) > gap_s)
    starts = np.concatenate([[0], np.flatnonzero(parted) + 1])
    stops = np.concatenate([np.flatnonzero(parted), [len(index) - 1]])
    for start, stop in zip(starts, stops, strict=True):
        yield int(index[start]), int(index[stop])
