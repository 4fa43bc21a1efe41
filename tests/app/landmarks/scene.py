"""Pictures with the portrait somewhere in them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array

FACE = (222.0, 122.0)  # the middle of the portrait's face, px


def placing(at: tuple[float, float], scale: float, roll_deg: float = 0.0) -> Array:
    """The affine map (2, 3) that puts the portrait's face at a point, scaled, and rolled clockwise."""
    warp = np.array(cv2.getRotationMatrix2D(FACE, -roll_deg, scale), float)
    warp[:, 2] += np.subtract(at, FACE)
    return warp


def place(
    portrait: NDArray[np.uint8],
    at: tuple[float, float],
    scale: float = 1.0,
    roll_deg: float = 0.0,
    size: tuple[int, int] = (640, 480),
    onto: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """The portrait's head (a disc around the face) on grey, or on a picture that there is already."""
    warp = placing(at, scale, roll_deg)
    disc = np.zeros(portrait.shape[:2], np.uint8)
    cv2.circle(disc, (int(FACE[0]), int(FACE[1])), 110, 255, -1)
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    mask = cv2.warpAffine(disc, warp, size)
    soft = max(round(0.5 / scale), 0)
    source = cv2.blur(portrait, (2 * soft + 1, 2 * soft + 1)) if soft else portrait
    seen = cv2.warpAffine(source, warp, size, flags=flags)
    ground = np.full((size[1], size[0], 3), 127, np.uint8) if onto is None else onto
    return np.where(mask[..., None] > 127, seen, ground).astype(np.uint8)
