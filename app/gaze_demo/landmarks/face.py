"""The landmarks of one face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gaze_demo.geometry import Array

COUNT = 478
# From coordinates with pixel centres at whole numbers, as OpenCV and MediaPipe have them, to those with pixel edges
# there, as the crops have them. Half a px is 0.9 px of an eye crop at 60 cm from a webcam.
HALF_PX = 0.5
_NAN = float("nan")


@dataclass(frozen=True)
class EyeScores:
    """MediaPipe's scores of the person's own eyes; NaN if unknown.

    `blink_left`, `blink_right`: 0 open to 1 closed. `down_left`, `down_right`: whether the eye looks down, 0 to 1.
    """

    blink_left: float = _NAN
    blink_right: float = _NAN
    down_left: float = _NAN
    down_right: float = _NAN


@dataclass(frozen=True, eq=False)
class FaceLandmarks:
    """The landmarks of one face.

    `points_px`: (478, 2), pixels of the unmirrored image, pixel edges at whole coordinates. `depth_px`: (478,),
    relative depth in the image's pixels, smaller is nearer to the camera. `scores`: gives the scores of the eyes, from
    any thread; an engine may run a network for it, the first time that it is called.
    """

    points_px: Array
    depth_px: Array
    scores: Callable[[], EyeScores] = EyeScores

    @property
    def box_px(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of the landmarks."""
        low, high = self.points_px.min(0), self.points_px.max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])
