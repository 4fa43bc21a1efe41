"""Real webcam eyes of one person who looked at known points of a screen. Only for measuring.

The file (npz): `image` (n, h, w) uint8 grey, the right eye, unmirrored; `point_px` (n, 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array

_LEAST_WIDTH_PX = 20
_MOST_HEIGHT = 0.8  # widths of the picture; a higher one shows more than an eye


@dataclass(frozen=True, eq=False)
class WebcamEyes:
    """`image`: (n, h, w) grey, the person's right eye, unmirrored. `point_px`: (n, 2) x to the right, y down."""

    image: NDArray[np.uint8]
    point_px: Array

    def __len__(self) -> int:
        return len(self.image)

    def every(self, step: int) -> WebcamEyes:
        """The first eye and every `step`-th after it."""
        return WebcamEyes(self.image[::step], self.point_px[::step])


def load_webcam_eyes(file: Path) -> WebcamEyes:
    """The eyes of a file. Raises UserError."""
    try:
        with np.load(file, allow_pickle=False) as arrays:
            images, points = arrays["image"], arrays["point_px"].astype(float)
    except Exception as error:  # a damaged file raises whatever numpy's and zip's readers stumble over
        raise UserError(f"{file} is not a file of webcam eyes: it needs the arrays image and point_px.") from error
    if images.ndim != 3 or images.dtype != np.uint8 or points.shape != (len(images), 2) or len(images) == 0:
        raise UserError(f"{file} is not a file of webcam eyes: image is (n, h, w) uint8 and point_px is (n, 2).")
    if not np.isfinite(points).all():
        raise UserError(f"{file} is not a file of webcam eyes: point_px has a number that is not finite.")
    height, width = images.shape[1:]
    if width < _LEAST_WIDTH_PX or not 0 < height <= _MOST_HEIGHT * width:
        raise UserError(f"{file}: webcam eyes of {width} x {height} px are not cropped from corner to corner.")
    return WebcamEyes(images, points)
