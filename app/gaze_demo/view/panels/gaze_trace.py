"""Gaze angles of the last seconds, ready to plot."""

from __future__ import annotations

import numpy as np

from gaze_demo.geometry import Array, vector_to_pitch_yaw

_CAPACITY = 1024
_LONGEST_S = 0.3  # points that are further apart are not connected


class GazeTrace:
    """Yaw and pitch in degrees over time; a missing gaze leaves a gap."""

    def __init__(self) -> None:
        self._rows = np.empty((2 * _CAPACITY, 3))
        self._start = self._end = 0

    def add(self, time_s: float, gaze: Array | None) -> None:
        """`gaze`: unit vector (3,), camera frame."""
        if self._start < self._end and time_s - self._rows[self._end - 1, 0] > _LONGEST_S:
            self._append(time_s, np.nan, np.nan)
        pitch, yaw = (np.nan, np.nan) if gaze is None else np.degrees(vector_to_pitch_yaw(gaze))
        self._append(time_s, float(yaw), float(pitch))

    def _append(self, time_s: float, yaw_deg: float, pitch_deg: float) -> None:
        if self._end == len(self._rows):
            self._rows[:_CAPACITY] = self._rows[-_CAPACITY:]
            self._start, self._end = 0, _CAPACITY
        self._rows[self._end] = time_s, yaw_deg, pitch_deg
        self._end += 1

    def clear(self) -> None:
        self._start = self._end = 0

    def since(self, time_s: float) -> Array:
        """Rows (n, 3) of time in s, yaw and pitch in degrees, from `time_s` on, oldest first."""
        rows = self._rows[self._start : self._end]
        self._start += int(np.searchsorted(rows[:, 0], time_s))
        return self._rows[self._start : self._end]
