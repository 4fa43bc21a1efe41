"""What a run delivered: frames, rates, latencies, memory; written as JSON for `--stats`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gaze_demo import __version__, clock
from gaze_demo.view.heartbeat import Heartbeat
from gaze_demo.view.process import resident_mb, seconds_since_start
from gaze_demo.view.workers.shot import Sight
from gaze_demo.whole_file import write_whole


class PaneStats:
    """Counts what one pane painted of one source."""

    def __init__(self) -> None:
        self.frames = 0
        self.dropped = 0
        self._model = ""
        self._source = self._index = -1
        self._painted_s: list[float] = []
        self._capture_to_paint_ms: list[float] = []
        self._landmarks_ms: list[float] = []
        self._normalisation_ms: list[float] = []
        self._model_ms: list[float] = []
        self._draw_ms: list[float] = []

    def add(self, sight: Sight, draw_ms: float) -> None:
        now = clock.now_s()
        shot, seen, estimate = sight.shot, sight.shot.observation, sight.estimate
        if shot.source == self._source and seen.frame.index == self._index:
            return  # the same frame seen anew, as after a change of the lens
        if shot.source == self._source:
            self.dropped += max(seen.frame.index - self._index - 1, 0)
        self._source, self._index = shot.source, seen.frame.index
        self.frames += 1
        self._painted_s.append(now)
        self._capture_to_paint_ms.append((now - shot.captured_s) * 1000)
        self._landmarks_ms.append(seen.landmarks_ms)
        self._draw_ms.append(draw_ms)
        if estimate is not None and estimate.gaze is not None:
            self._model = estimate.model
            self._normalisation_ms.append(estimate.normalisation_ms)
            self._model_ms.append(estimate.model_ms)

    def summary(self) -> dict[str, Any]:
        elapsed = self._painted_s[-1] - self._painted_s[0] if self.frames > 1 else 0.0
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
    """Collects what the panes paint, from the first vector on.

    For the blocks of the GUI thread normal use begins with `settle`; what came before was the start.
    """

    def __init__(self, heartbeat: Heartbeat, sides: Sequence[str]) -> None:
        self._heartbeat = heartbeat
        self._panes = {side: PaneStats() for side in sides}
        self._first_vector_s: float | None = None
        self._start_block_ms = 0.0

    @property
    def first_vector_s(self) -> float | None:
        """From the start of the command to the first gaze on the screen."""
        return self._first_vector_s

    def add(self, side: str, sight: Sight, draw_ms: float) -> None:
        if self._first_vector_s is None:
            if sight.filtered.mean is None:
                return
            self._first_vector_s = seconds_since_start()
        if side in self._panes:
            self._panes[side].add(sight, draw_ms)

    def settle(self) -> None:
        """All parts of the window are loaded."""
        self._start_block_ms = self._heartbeat.worst_ms
        self._heartbeat.reset()

    def summary(self, source: str) -> dict[str, Any]:
        """`gui_block_max_ms`: of normal use; `gui_block_start_ms`: before that."""
        return {
            "version": __version__,
            "source": source,
            "panes": [pane.summary() for pane in self._panes.values()],
            "first_vector_s": _rounded(self._first_vector_s),
            "rss_mb": round(resident_mb(), 1),
            "gui_block_max_ms": _rounded(self._heartbeat.worst_ms),
            "gui_block_over_16_ms": sum(late > 16 for late in self._heartbeat.late_ms),
            "gui_block_start_ms": _rounded(self._start_block_ms),
        }

    def write(self, path: Path, source: str) -> None:
        """Raises UserError where the file cannot be written."""
        write_whole(path, json.dumps(self.summary(source), indent=2) + "\n")


def _spread(values: list[float]) -> dict[str, float] | None:
    if not values:
        return None
    median, p95 = np.percentile(values, [50, 95])
    return {"median": round(float(median), 2), "p95": round(float(p95), 2)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
