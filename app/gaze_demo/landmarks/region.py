"""The rotated square that is the landmark network's input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.geometry import Array
from gaze_demo.landmarks.face import HALF_PX

_OUTER_CORNERS = (33, 263)
# Side of the square by the longer side of the face's box, as in MediaPipe's face_landmarks_detector_graph.
_MARGIN = 1.5


@dataclass(frozen=True)
class FaceRegion:
    """A square around a face, in px of the image, pixel centres at whole coordinates.

    `side` in px. `angle` in radians: how far the face is rolled clockwise in the image; 0 is upright, pi upside down.
    """

    x: float
    y: float
    side: float
    angle: float

    @classmethod
    def around(cls, low: Array, high: Array, right_eye: Array, left_eye: Array) -> FaceRegion:
        """Around a box from `low` to `high` (2,), turned so that the line between the eyes (2,) is level."""
        middle, line = (low + high) / 2, left_eye - right_eye
        side = float(np.max(high - low)) * _MARGIN
        return cls(float(middle[0]), float(middle[1]), side, float(np.arctan2(line[1], line[0])))

    @classmethod
    def of_landmarks(cls, points_px: Array) -> FaceRegion:
        """Where to look for the landmarks (478, 2) in the next frame."""
        right, left = points_px[list(_OUTER_CORNERS)] - HALF_PX
        rows = np.ascontiguousarray(points_px.T)  # numpy finds extremes much faster along a row
        return cls.around(rows.min(1) - HALF_PX, rows.max(1) - HALF_PX, right, left)

    def to_image(self, size: int) -> Array:
        """The affine map (2, 3) from a cut-out of `size` px to the image."""
        scale = self.side / size
        cos, sin = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        half = size / 2
        return np.array([[cos, -sin, self.x - (cos - sin) * half], [sin, cos, self.y - (sin + cos) * half]])

    def distance_to(self, other: FaceRegion) -> float:
        """Between the centres, in sides of the larger."""
        return float(np.hypot(self.x - other.x, self.y - other.y)) / max(self.side, other.side, 1e-6)

    def ratio_to(self, other: FaceRegion) -> float:
        """Larger side by smaller side, 1 or more."""
        small, large = sorted((max(self.side, 1e-6), max(other.side, 1e-6)))
        return large / small

    def contains(self, x: float, y: float) -> bool:
        """Whether a point of the image lies in the face's box, which is the square without its margin."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        dx, dy = x - self.x, y - self.y
        half = self.side / _MARGIN / 2
        return abs(cos * dx + sin * dy) <= half and abs(cos * dy - sin * dx) <= half
