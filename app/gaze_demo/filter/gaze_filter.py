"""One filter for the mean gaze and one for each eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.filter.wariness import Wariness
from gaze_demo.geometry import Array

if TYPE_CHECKING:
    from gaze_demo.estimate import GazeEstimate


@dataclass(frozen=True, eq=False)
class Gazes:
    """Unit vectors (3,) in the camera frame, of both eyes together and of each; None if there is none."""

    mean: Array | None = None
    left: Array | None = None
    right: Array | None = None


class GazeFilter:
    """Smooths what is drawn; the raw gazes stay in the estimate.

    `choice`: which filter, the same for all three gazes.
    """

    def __init__(self, choice: FilterChoice | None = None) -> None:
        self.choice = choice or FilterChoice()
        self._mean, self._left, self._right = (self.choice.make() for _ in range(3))
        self._wary = {side: Wariness() for side in ("mean", "left", "right")}
        self._last = Gazes()

    @property
    def lag_s(self) -> float:
        """The current lag of the mean gaze."""
        return self._mean.lag_s

    def apply(self, raw: Gazes, time_s: float, estimate: GazeEstimate | None = None) -> Gazes:
        """The smoothed gazes for those measured at `time_s`.

        Where `estimate` tells how uncertain its gazes are, gazes that are less certain than usual move the smoothed
        ones less.
        """
        if estimate is not None and self.choice.kind.name != "none":
            raw = Gazes(
                self._wary["mean"].apply(raw.mean, self._last.mean, estimate.covariance),
                self._wary["left"].apply(raw.left, self._last.left, estimate.left_covariance),
                self._wary["right"].apply(raw.right, self._last.right, estimate.right_covariance),
            )
        self._last = Gazes(
            self._mean.apply(raw.mean, time_s),
            self._left.apply(raw.left, time_s),
            self._right.apply(raw.right, time_s),
        )
        return self._last
