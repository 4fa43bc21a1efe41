"""The statistics of a run: frames, rates, latencies, memory; written as JSON for `--stats`."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gaze_demo import __version__, clock
from gaze_demo.desk.process import resident_mb, seconds_since_start
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.whole_file import write_whole

# Newest values of each stage that medians and percentiles are taken of: ten minutes at 30 frames per second.
_KEPT = 20_000


def _values() -> deque[float]:
    return deque(maxlen=_KEPT)


@dataclass
class Blocks:
    """How long the window's thread was blocked, ms: the longest, and how often for more than 16 ms.

    `work_ms`: the most processor time that it took itself between two ticks. Where that is short and a block is long,
    the thread waited: for a processor that other programs used, or for Python's lock.
    """

    worst_ms: float = 0.0
    over_16_ms: int = 0
    work_ms: float = 0.0


@dataclass
class PaneStats:
    """Counts what one pane painted of one source; of long runs the newest frames give the medians."""

    frames: int = 0
    dropped: int = 0
    _model: str = ""
    _source: int = -1
    _index: int = -1
    _first_s: float = 0.0
    _last_s: float = 0.0
    _capture_to_paint_ms: deque[float] = field(default_factory=_values)
    _landmarks_ms: deque[float] = field(default_factory=_values)
    _normalisation_ms: deque[float] = field(default_factory=_values)
    _model_ms: deque[float] = field(default_factory=_values)
    _draw_ms: deque[float] = field(default_factory=_values)

    def add(self, sight: Sight, draw_ms: float) -> None:
        now = clock.now_s()
        shot, seen, estimate = sight.shot, sight.shot.observation, sight.estimate
        if shot.source == self._source and seen.frame.index == self._index:
            return  # the same frame observed again, as after a change of the lens
        if shot.source == self._source:
            self.dropped += max(seen.frame.index - self._index - 1, 0)
        self._source, self._index = shot.source, seen.frame.index
        self._first_s = self._first_s if self.frames else now
        self._last_s = now
        self.frames += 1
        self._capture_to_paint_ms.append((now - shot.captured_s) * 1000)
        self._landmarks_ms.append(seen.landmarks_ms)
        self._draw_ms.append(draw_ms)
        if estimate is not None and estimate.gaze is not None:
            self._model = estimate.model
            self._normalisation_ms.append(estimate.normalisation_ms)
            self._model_ms.append(estimate.model_ms)

    def summary(self) -> dict[str, Any]:
        elapsed = self._last_s - self._first_s
        return {
            "model": self._model,
            "fps": round((self.frames - 1) / elapsed, 2) if elapsed > 0 else None,
            "frames": self.frames,
            "dropped": self.dropped,
            "capture_to_paint_ms": _spread(self._capture_to_paint_ms),
            "landmarks_ms": _spread(self._landmarks_ms),
            "normalisation_ms": _spread(self._normalisation_ms),
            "model_ms": _spread(self._model_ms),
            "draw_ms": _spread(self._draw_ms),
        }


class RunStats:
    """Collects what the panes paint, from the first vector on; of bounded size. For the blocks of the window's thread,
    normal use begins with `settle`; everything before belongs to the start.

    Attributes: `blocks`, written by the heartbeat.
    """

    def __init__(self) -> None:
        self.blocks = Blocks()
        self._panes = {pane: PaneStats() for pane in PaneId}
        self._first_vector_s: float | None = None
        self._start_block_ms = 0.0

    @property
    def first_vector_s(self) -> float | None:
        """From the start of the command to the first gaze on the screen."""
        return self._first_vector_s

    def add(self, pane: PaneId, sight: Sight, draw_ms: float) -> None:
        if self._first_vector_s is None:
            if sight.filtered.mean is None:
                return
            self._first_vector_s = seconds_since_start()
        self._panes[pane].add(sight, draw_ms)

    def settle(self) -> None:
        """All parts of the window are loaded."""
        self._start_block_ms = self.blocks.worst_ms
        self.blocks = Blocks()

    def summary(self, source: str) -> dict[str, Any]:
        """`gui_block_max_ms`: of normal use; `gui_block_start_ms`: before that; `gui_work_max_ms`: see Blocks."""
        return {
            "version": __version__,
            "source": source,
            "panes": [pane.summary() for pane in self._panes.values()],
            "first_vector_s": _rounded(self._first_vector_s),
            "rss_mb": round(resident_mb(), 1),
            "gui_block_max_ms": _rounded(self.blocks.worst_ms),
            "gui_block_over_16_ms": self.blocks.over_16_ms,
            "gui_work_max_ms": _rounded(self.blocks.work_ms),
            "gui_block_start_ms": _rounded(self._start_block_ms),
        }

    def write(self, path: Path, source: str) -> None:
        """Raises UserError if the file cannot be written."""
        write_whole(path, json.dumps(self.summary(source), indent=2) + "\n")


def _spread(values: Iterable[float]) -> dict[str, float] | None:
    known = list(values)
    if not known:
        return None
    median, p95 = np.percentile(known, [50, 95])
    return {"median": round(float(median), 2), "p95": round(float(p95), 2)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
