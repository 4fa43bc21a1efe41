"""The One Euro filter for gaze: strong smoothing while the eye rests, little while it moves.

Casiez, Roussel, Vogel, "1 Euro Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems"
(CHI 2012), on unit vectors, with one speed for both axes.
"""

from __future__ import annotations

import numpy as np

from gaze_demo.filter.kinds import FilterChoice, FilterKind, Parameter
from gaze_demo.geometry import Array, normalised

DEFAULT_CUTOFF_HZ, DEFAULT_BETA = 1.9, 4.0
_SPEED_CUTOFF_HZ = 1.0
_GAP_S = 0.5


class OneEuroFilter:
    """Smooths the gaze of one eye, or of both.

    `cutoff_hz`: of the low-pass while the eye rests; lower values are smoother and slower. `beta`: by how many Hz the
    cutoff rises with each rad/s of speed; from 2 on a saccade of 5 rad/s passes. Both may be changed at any time.
    """

    def __init__(self, cutoff_hz: float = DEFAULT_CUTOFF_HZ, beta: float = DEFAULT_BETA) -> None:
        self.cutoff_hz, self.beta = cutoff_hz, beta
        self.reset()

    def reset(self) -> None:
        """Forget what came before."""
        self._time_s = float("-inf")
        self._gaze: Array | None = None
        self._velocity = np.zeros(3)
        self._lag_s = 0.0

    @property
    def lag_s(self) -> float:
        """The lag of the last smoothed gaze behind an eye that moves steadily."""
        return self._lag_s

    def apply(self, gaze: Array | None, time_s: float) -> Array | None:
        """The smoothed gaze, a unit vector (3,), for one measured at `time_s`; None if there is none.

        After half a second without a gaze, or if time does not advance, the filter starts again.
        """
        if gaze is None:
            return None
        step_s, before = time_s - self._time_s, self._gaze
        if before is None or not 0.0 < step_s <= _GAP_S:
            self.reset()
            smooth = gaze
        else:
            velocity = (gaze - before) / step_s
            self._velocity = self._velocity + _weight(_SPEED_CUTOFF_HZ, step_s) * (velocity - self._velocity)
            cutoff_hz = self.cutoff_hz + self.beta * float(np.linalg.norm(self._velocity))
            smooth = normalised(before + _weight(cutoff_hz, step_s) * (gaze - before))
            self._lag_s = 1.0 / (2.0 * np.pi * cutoff_hz)
        self._gaze, self._time_s = smooth, time_s
        return smooth


def _weight(cutoff_hz: float, step_s: float) -> float:
    """The weight of the new value in a first-order low-pass; a ramp lags by 1 / (2 pi cutoff)."""
    return 1.0 / (1.0 + 1.0 / (2.0 * np.pi * cutoff_hz * step_s))


ONE_EURO = FilterKind(
    "one-euro",
    "One Euro",
    "Calm while the eye rests, quick while it moves.",
    OneEuroFilter,
    (
        Parameter(
            "cutoff_hz",
            "Cutoff at rest",
            "Hz",
            0.3,
            12.0,
            DEFAULT_CUTOFF_HZ,
            "Cutoff of the low-pass while the eye rests: lower values are smoother but slower",
            logarithmic=True,
        ),
        Parameter(
            "beta",
            "Speed gain",
            "Hz per rad/s",
            0.0,
            10.0,
            DEFAULT_BETA,
            "By how much the cutoff rises with the eye's speed: higher follows fast eye movements sooner",
        ),
    ),
)


def of_strength(strength: float) -> FilterChoice:
    """One number for both parameters: 0 is no filter, 1 the strongest."""
    if strength <= 0.0:
        return FilterChoice()
    share = min(strength, 1.0)
    cutoff, beta = ONE_EURO.parameters
    return FilterChoice(
        ONE_EURO.name,
        {cutoff.name: cutoff.high * (cutoff.low / cutoff.high) ** share, beta.name: 6.0 - 4.0 * share},
    )
