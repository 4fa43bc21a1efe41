"""One filter for the gaze of both eyes together and one for each eye, of one model."""

from __future__ import annotations

from dataclasses import dataclass

from gaze_demo.filter.one_euro import OneEuroFilter
from gaze_demo.geometry import Array


@dataclass(frozen=True, eq=False)
class Gazes:
    """Unit vectors (3,) in the camera frame, of both eyes together and of each; None where there is none."""

    mean: Array | None = None
    left: Array | None = None
    right: Array | None = None


class GazeFilter:
    """Smooths what is drawn or streamed; the raw gazes stay in the estimate."""

    def __init__(self) -> None:
        self._mean, self._left, self._right = OneEuroFilter(), OneEuroFilter(), OneEuroFilter()

    @property
    def lag_s(self) -> float:
        """By how much the smoothed gaze of both eyes trails a steadily moving eye, just now."""
        return self._mean.lag_s

    def apply(self, raw: Gazes, time_s: float, strength: float) -> Gazes:
        """`strength` 0 passes everything as it is, 1 is the calmest."""
        for one in (self._mean, self._left, self._right):
            one.strength = strength
        return Gazes(
            self._mean.apply(raw.mean, time_s),
            self._left.apply(raw.left, time_s),
            self._right.apply(raw.right, time_s),
        )
