"""One filter for the mean gaze and one for each eye."""

from __future__ import annotations

from dataclasses import dataclass

from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.geometry import Array


@dataclass(frozen=True, eq=False)
class Gazes:
    """Unit vectors (3,) in the camera frame, of both eyes together and of each; None where there is none."""

    mean: Array | None = None
    left: Array | None = None
    right: Array | None = None


class GazeFilter:
    """Smooths what is drawn; the raw gazes stay in the estimate.

    `choice`: which filter, for all three gazes alike.
    """

    def __init__(self, choice: FilterChoice | None = None) -> None:
        self.choice = choice or FilterChoice()
        self._mean, self._left, self._right = (self.choice.make() for _ in range(3))

    @property
    def lag_s(self) -> float:
        """Of the mean gaze, just now."""
        return self._mean.lag_s

    def apply(self, raw: Gazes, time_s: float) -> Gazes:
        """The smoothed gazes for those measured at `time_s`."""
        return Gazes(
            self._mean.apply(raw.mean, time_s),
            self._left.apply(raw.left, time_s),
            self._right.apply(raw.right, time_s),
        )
