"""How well a crop shows an eye, measured on its pixels: blur, a white spot, and contrast. This holds for every model,
whatever a model reports itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.model.crops import USUAL_GEOMETRY, normalised_eye_crop
from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_demo.observation import Observation

# Sigma in px of the crop of the smoothings whose gradients are compared: the first with the third, and the second with
# the fourth. The second pair is disturbed less by a camera's noise, but it does not measure a blur below 1 px.
_SMOOTHINGS = (0.7, 1.2, 2.0, 3.0)
_TAPS_PER_SIGMA = 6  # size of a smoothing's kernel
_MOST_SIGMA = 20.0  # px; a crop without edges has no sigma
# The part of a crop in which edges are looked for, away from its rim: rows, columns.
_INSIDE = (slice(6, 30), slice(8, 52))
_WHITE = 230  # grey level from which a pixel is white
# A spot stands out if enough of the ring around it (from, to: px from the spot's edge) is darker than white by so many
# grey levels. Skin and the white of the eye in too bright a picture do not: their surroundings are bright too. A spot
# of more than `_LARGE` px in diameter needs less of its ring, because it reaches bright skin.
_RING, _DARKER = (1.5, 4.5), 15
_ENOUGH, _ENOUGH_IF_LARGE, _LARGE = 0.85, 0.6, 13.0
# Half axes in px of the ellipse around the crop's middle that an open eye fills. The distance of the corners is 44 px.
_BALL = (20, 9)
CORNERS_PX = 44.0


@dataclass(frozen=True)
class EyePicture:
    """`fine_blur`, `coarse_blur`: sigma of the blur in px of a crop of 60 x 36 px, measured by two pairs of smoothings.
    Noise makes both too small, the second one less. Above 3 px both are too small, because the edges of an eye run into
    each other. `scale`: px of the camera's image for a px of the crop. `spot`: diameter of the largest white disc on
    the eye that stands out from its surroundings, as a share of the distance of the eye's corners. `contrast`: standard
    deviation of the eye's grey levels after the strongest smoothing, which removes a camera's noise.
    """

    fine_blur: float
    coarse_blur: float
    scale: float
    spot: float
    contrast: float


def eye_pictures(seen: Observation) -> tuple[EyePicture, EyePicture] | None:
    """The left and the right eye of an observation; measured once for all models. None without a face."""
    pose = seen.pose
    if pose is None:
        return None

    def pictures() -> tuple[EyePicture, EyePicture]:
        left, right = seen.eye_crops or (
            cv2.cvtColor(normalised_eye_crop(seen, eye), cv2.COLOR_BGR2GRAY) for eye in (0, 1)
        )
        return (
            measure(np.asarray(left, np.uint8), _scale(seen, pose.left_eye_mm)),
            measure(np.asarray(right, np.uint8), _scale(seen, pose.right_eye_mm)),
        )

    return seen.prepared.once("eye pictures", pictures)


def _scale(seen: Observation, centre_mm: Array) -> float:
    """Px of the camera's image for a px of the usual crop around a point (3,)."""
    distance_mm = math.hypot(*centre_mm.tolist())
    return seen.camera.fx / distance_mm * USUAL_GEOMETRY.distance_mm / USUAL_GEOMETRY.focal_px


def measure(crop: NDArray[np.uint8], scale: float) -> EyePicture:
    """The picture of an eye from its usual crop, grey (36, 60); `scale`: px of the camera's image for a px of the
    crop.

    An edge that is blurred by s has a gradient energy in proportion to 1 / s. Two further smoothings, by a and b, make
    it 1 / sqrt(s^2 + a^2) and 1 / sqrt(s^2 + b^2), so the ratio gives s. Zhuo and Sim, "Defocus map estimation from a
    single image" (Pattern Recognition 2011), do this for every edge; here it is done for the whole eye.
    """
    smooth, done, energies = crop.astype(np.float32), 0.0, []
    for sigma in _SMOOTHINGS:
        step = math.sqrt(sigma**2 - done**2)  # smoothing by two Gaussians adds their variances
        taps = round(_TAPS_PER_SIGMA * step) | 1
        smooth, done = cv2.GaussianBlur(smooth, (taps, taps), step, borderType=cv2.BORDER_REPLICATE), sigma
        energies.append(_energy(smooth[_INSIDE]))
    return EyePicture(
        fine_blur=_sigma(*_SMOOTHINGS[0::2], *energies[0::2]),
        coarse_blur=_sigma(*_SMOOTHINGS[1::2], *energies[1::2]),
        scale=scale,
        spot=_white_spot(crop) / CORNERS_PX,
        contrast=float(cv2.meanStdDev(smooth, mask=_ball())[1][0, 0]),
    )


def _sigma(less: float, more: float, energy_less: float, energy_more: float) -> float:
    """The blur before two smoothings `less` and `more`, from the energies after them."""
    square = (energy_less / max(energy_more, 1e-6)) ** 2
    if square <= 1.0:  # no edges
        return _MOST_SIGMA
    return min(math.sqrt(max(more**2 - square * less**2, 0.0) / (square - 1.0)), _MOST_SIGMA)


def _energy(values: NDArray[np.floating[Any]]) -> float:
    """Sum of the squared differences of neighbours. By NumPy, because a signal that arrives inside OpenCV's `norm`
    ends the process."""
    across, down = values[:, 1:] - values[:, :-1], values[1:] - values[:-1]
    return float(np.vdot(across, across) + np.vdot(down, down))


@cache
def _ball() -> NDArray[np.uint8]:
    """Mask (36, 60) of the eye: 1 and 0."""
    rows, columns = np.mgrid[:HEIGHT_PX, :WIDTH_PX]
    x, y = (columns + 0.5 - WIDTH_PX / 2) / _BALL[0], (rows + 0.5 - HEIGHT_PX / 2) / _BALL[1]
    return (x**2 + y**2 < 1).astype(np.uint8)


def _white_spot(crop: NDArray[np.uint8]) -> float:
    """Diameter in px of the largest disc of white pixels on the eye, 0 if it does not stand out from its ring."""
    if cv2.minMaxLoc(crop, _ball())[1] < _WHITE:
        return 0.0
    white = (crop >= _WHITE).astype(np.uint8)
    _, radius, _, (x, y) = cv2.minMaxLoc(cv2.distanceTransform(white, cv2.DIST_L2, 5), _ball())
    rows, columns = np.indices(crop.shape)
    beyond = np.hypot(rows - y, columns - x) - radius
    ring = crop[(beyond > _RING[0]) & (beyond <= _RING[1])]
    enough = _ENOUGH_IF_LARGE if 2.0 * radius > _LARGE else _ENOUGH
    return 2.0 * radius if np.count_nonzero(ring < _WHITE - _DARKER) > enough * len(ring) else 0.0
