"""Gaze angles of the last seconds, ready to plot."""

from __future__ import annotations

import numpy as np

from gaze_demo.geometry import Array, vector_to_pitch_yaw

_CAPACITY = 1024


class GazeTrace:
    """Yaw and pitch in degrees over time; a missing gaze leaves a gap."""

    def __init__(self) -> None:
        self._rows = np.empty((2 * _CAPACITY, 3))
        self._start = self._end = 0

    def add(self, time_s: float, gaze: Array | None) -> None:
        """`gaze`: unit vector (3,), camera frame."""
        if self._end == len(self._rows):
            self._rows[:_CAPACITY] = self._rows[-_CAPACITY:]
            self._start, self._end = 0, _CAPACITY
        pitch, yaw = (np.nan, np.nan) if gaze is None else np.degrees(vector_to_pitch_yaw(gaze))
        self._rows[self._end] = time_s, yaw, pitch
        self._end += 1

    def clear(self) -> None:
        self._start = self._end = 0

    def since(self, time_s: float) -> Array:
        """Rows (n, 3) of time in s, yaw and pitch in degrees, from `time_s` on, oldest first."""
        rows = self._rows[self._start : self._end]
        self._start += int(np.searchsorted(rows[:, 0], time_s))
        return self._rows[self._start : self._end]
