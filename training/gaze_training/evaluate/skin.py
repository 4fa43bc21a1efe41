"""How light a face's skin is in a photograph, to measure whether a model works for everybody."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.landmarks.face import FaceLandmarks

_CHEEKS = (50, 280)
_SIDES = (234, 454)
_REACH = 0.04  # half the side of the measured square, relative to the face's width

# Bounds of the individual typology angle in degrees: the six classes of Del Bino and Bernerd (2013), two by two.
TONES: dict[str, tuple[float, float]] = {
    "dark and brown": (-90.0, 10.0),
    "tan and intermediate": (10.0, 41.0),
    "light": (41.0, 90.0),
}


def typology_angle_deg(image: NDArray[np.uint8], landmarks: FaceLandmarks) -> float:
    """Individual typology angle of the cheeks, -90 (dark) to 90 (light); NaN if they lie outside the image.

    Chardon, Cretois, Hourseau, "Skin colour typology and suntanning pathways" (1991). It depends on the light and the
    white balance of a photograph: it is good for groups, not for a single face.
    """
    points = landmarks.points_px
    reach = max(2, round(_REACH * float(np.linalg.norm(points[_SIDES[0]] - points[_SIDES[1]]))))
    angles = [_angle_deg(image, points[cheek], reach) for cheek in _CHEEKS]
    return float(np.mean(angles))


def _angle_deg(image: NDArray[np.uint8], at: Array, reach: int) -> float:
    x, y = (int(v) for v in at)
    patch = image[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1].reshape(-1, 3)
    if not len(patch):
        return float("nan")
    colour = np.median(patch, axis=0).astype(np.float32)[None, None] / 255
    lightness, _, yellow = cv2.cvtColor(colour, cv2.COLOR_BGR2LAB)[0, 0].tolist()
    return float(np.degrees(np.arctan2(lightness - 50, yellow)))
