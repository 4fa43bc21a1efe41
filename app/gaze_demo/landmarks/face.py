"""The landmarks of one face."""

from __future__ import annotations

from dataclasses import dataclass

from gaze_demo.geometry import Array

COUNT = 478
# From coordinates with pixel centres at whole numbers, as OpenCV and MediaPipe have them, to those with pixel edges
# there, as the crops have them. Half a px is 0.9 px of an eye crop at 60 cm from a webcam.
HALF_PX = 0.5
_NAN = float("nan")


@dataclass(frozen=True, eq=False)
class FaceLandmarks:
    """The landmarks of one face.

    `points_px`: (478, 2), pixels of the unmirrored image, pixel edges at whole coordinates. `depth_px`: (478,),
    relative depth in the image's pixels, smaller is nearer to the camera. `blink_left`, `blink_right`: MediaPipe's
    blink scores of the person's own eyes, 0 open to 1 closed. `down_left`, `down_right`: its scores for eyes that look
    down, 0 to 1. NaN if unknown.
    """

    points_px: Array
    depth_px: Array
    blink_left: float = _NAN
    blink_right: float = _NAN
    down_left: float = _NAN
    down_right: float = _NAN

    @property
    def box_px(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of the landmarks."""
        low, high = self.points_px.min(0), self.points_px.max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])
