"""How a person moves in front of a screen: the head sways and breathes, the eyes make saccades and follow targets, the
lids blink.

Everything is a function of time and a seed, or advances step by step with the time given, so a run can be repeated.
"""

from __future__ import annotations

import numpy as np

from gaze_demo.geometry import Array, angle_between
from gaze_demo.participant.warp import HeadMove

_SWAY_DEG = np.array([4.5, 8.0, 2.5])
_SWAY_MM = np.array([22.0, 7.0, 28.0])
_BREATH_S, _BREATH_MM, _BREATH_DEG = 4.1, 1.6, 0.5
_START_S = 1.2


class HeadSway:
    """Slow turns and shifts that never repeat within minutes, and breathing."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        self._periods_s = rng.uniform([[5.0], [11.0]], [[8.0], [19.0]], (2, 6))
        self._phases = rng.uniform(0, 2 * np.pi, (2, 6))

    def at(self, time_s: float) -> HeadMove:
        """The move after `time_s` of swaying; it starts from rest."""
        waves = np.sin(2 * np.pi * time_s / self._periods_s + self._phases)
        sway = 0.6 * waves[0] + 0.4 * waves[1]
        breath = np.sin(2 * np.pi * time_s / _BREATH_S)
        start = min(time_s / _START_S, 1.0) ** 2
        turn = np.radians(_SWAY_DEG * sway[:3] + [_BREATH_DEG * breath, 0.0, 0.0]) * start
        shift = (_SWAY_MM * sway[3:] + [0.0, -_BREATH_MM * breath, 0.0]) * start
        return HeadMove((turn[0], turn[1], turn[2]), (shift[0], shift[1], shift[2]))


_SACCADE_FROM_DEG = 1.2
# The main sequence: how long a saccade of some degrees takes (Bahill, Clark, Stark 1975).
_SACCADE_S, _SACCADE_S_PER_DEG = 0.021, 0.0022
_REST_S = 0.06
_PURSUIT_S = 0.035


class GazeFollower:
    """What the eyes look at while they follow a target: saccades where it jumps, smooth pursuit where it glides.

    Attributes: `point_mm`, camera frame.
    """

    def __init__(self, point_mm: Array) -> None:
        self.point_mm = np.asarray(point_mm, float)
        self._from, self._to = self.point_mm, self.point_mm
        self._passed_s, self._lasts_s = 0.0, 0.0

    def step(self, wanted_mm: Array, eyes_mm: Array, step_s: float) -> Array:
        """The point looked at `step_s` later, if the eyes should look at `wanted_mm`."""
        if self._passed_s < self._lasts_s:
            self._passed_s += step_s
            share = min(self._passed_s / self._lasts_s, 1.0)
            eased = share**3 * (10 - 15 * share + 6 * share**2)  # minimum jerk
            self.point_mm = self._from + (self._to - self._from) * eased
            return self.point_mm
        self._passed_s += step_s
        away = float(np.degrees(angle_between(wanted_mm - eyes_mm, self.point_mm - eyes_mm)))
        if away > _SACCADE_FROM_DEG and self._passed_s - self._lasts_s > _REST_S:
            self._from, self._to = self.point_mm, np.asarray(wanted_mm, float)
            self._passed_s, self._lasts_s = 0.0, _SACCADE_S + _SACCADE_S_PER_DEG * away
            return self.step(wanted_mm, eyes_mm, step_s)
        self.point_mm = self.point_mm + (wanted_mm - self.point_mm) * (1 - np.exp(-step_s / _PURSUIT_S))
        return self.point_mm


_CLOSE_S, _SHUT_S, _REOPEN_S = 0.075, 0.045, 0.14
_BETWEEN_S = (2.2, 6.5)


class Blinks:
    """Short blinks every few seconds."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 2])
        self._next_s = self._gap()

    def _gap(self) -> float:
        return float(self._rng.uniform(*_BETWEEN_S))

    def closure(self, time_s: float) -> float:
        """0 open to 1 shut, for times that do not fall."""
        while time_s > self._next_s + _CLOSE_S + _SHUT_S + _REOPEN_S:
            self._next_s += self._gap()
        into = time_s - self._next_s
        if into <= 0:
            return 0.0
        if into < _CLOSE_S:
            return float(np.sin(0.5 * np.pi * into / _CLOSE_S) ** 2)
        opening = np.clip((into - _CLOSE_S - _SHUT_S) / _REOPEN_S, 0, 1)
        return float(np.cos(0.5 * np.pi * opening) ** 2)
