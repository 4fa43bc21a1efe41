"""One filter for the mean gaze and one for each eye, of one pane."""

from __future__ import annotations

from gaze_demo.filter.one_euro import OneEuroFilter
from gaze_demo.view.workers.shot import Gazes


class GazeFilter:
    """Smooths what is drawn; the raw gazes stay in the estimate."""

    def __init__(self) -> None:
        self._mean, self._left, self._right = OneEuroFilter(), OneEuroFilter(), OneEuroFilter()

    @property
    def lag_s(self) -> float:
        """Of the mean gaze, just now."""
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
