"""A frame of a real person with the point on a screen that the person looked at."""

from __future__ import annotations

from dataclasses import dataclass

from gaze_demo.geometry import Array
from gaze_demo.observation import Observation


@dataclass(frozen=True, eq=False)
class ScreenFrame:
    """`point`: (2,) x to the right as the person sees it, y down, in px or mm, the same unit throughout a data set.

    `series`: which frames belong together (a person, or a sitting of one): a map from gaze to screen is fitted to the
    first frames of each series and tested on its other frames. `look`: frames of one look at one point have its number;
    of each look the first frames come first then, so that the frames of the fit are of many points. None: every frame
    is a look of its own.
    """

    seen: Observation
    point: Array
    series: str
    look: int | None = None
