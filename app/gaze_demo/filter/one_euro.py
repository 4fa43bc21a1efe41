"""The One Euro filter for gaze: calm while the eye rests, quick while it moves.

Casiez, Roussel, Vogel, "1 Euro Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems"
(CHI 2012), on unit vectors, with one speed for both axes.
"""

from __future__ import annotations

import numpy as np

from gaze_demo.geometry import Array, normalised

_WEAKEST_HZ, _STRONGEST_HZ = 12.0, 0.3
"""Cutoff for an eye at rest, at strength 0 and 1."""
_WEAKEST_BETA, _STRONGEST_BETA = 6.0, 2.0
"""How many Hz the cutoff rises with each rad/s of speed: a saccade of 5 rad/s passes at every strength."""
_SPEED_CUTOFF_HZ = 1.0
_GAP_S = 0.5


class OneEuroFilter:
    """Smooths the gaze of one eye, or of both.

    `strength` runs from 0, which passes every gaze as it is, to 1; it may be changed at any time.
    """

    def __init__(self, strength: float = 0.5) -> None:
        self.strength = strength
        self.reset()

    def reset(self) -> None:
        """Forget what came before."""
        self._time_s = float("-inf")
        self._gaze: Array | None = None
        self._velocity = np.zeros(3)
        self._lag_s = 0.0

    @property
    def lag_s(self) -> float:
        """By how much the last smoothed gaze trails an eye that moves steadily."""
        return self._lag_s

    def apply(self, gaze: Array | None, time_s: float) -> Array | None:
        """The smoothed gaze, a unit vector (3,), for one measured at `time_s`; None where there is none.

        After half a second without a gaze, or where time does not advance, it starts anew.
        """
        if gaze is None:
            return None
        step_s, before = time_s - self._time_s, self._gaze
        if before is None or not 0.0 < step_s <= _GAP_S or self.strength <= 0.0:
            self.reset()
            smooth = gaze
        else:
            velocity = (gaze - before) / step_s
            self._velocity = self._velocity + _weight(_SPEED_CUTOFF_HZ, step_s) * (velocity - self._velocity)
            cutoff_hz = self._rest_hz + self._beta * float(np.linalg.norm(self._velocity))
            smooth = normalised(before + _weight(cutoff_hz, step_s) * (gaze - before))
            self._lag_s = 1.0 / (2.0 * np.pi * cutoff_hz)
        self._gaze, self._time_s = smooth, time_s
        return smooth

    @property
    def _rest_hz(self) -> float:
        return float(_WEAKEST_HZ * (_STRONGEST_HZ / _WEAKEST_HZ) ** min(self.strength, 1.0))

    @property
    def _beta(self) -> float:
        return _WEAKEST_BETA + (_STRONGEST_BETA - _WEAKEST_BETA) * min(self.strength, 1.0)


def _weight(cutoff_hz: float, step_s: float) -> float:
    """Of the new value against the old, for a first-order low-pass; a ramp trails by 1 / (2 pi cutoff)."""
    return 1.0 / (1.0 + 1.0 / (2.0 * np.pi * cutoff_hz * step_s))
