"""A frame as the panes show it: mirrored for a camera, as in a video call, and scaled once for both."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def preview_image(image: NDArray[np.uint8], box: tuple[int, int], *, mirrored: bool = True) -> NDArray[np.uint8]:
    """A BGR image (h, w, 3), mirrored or not, fitted into `box` (width, height in device px), as BGRA (h', w', 4).

    The layout is that of QImage.Format_RGB32, so the window draws it without a conversion.
    """
    height, width = image.shape[:2]
    scale = min(max(box[0], 1) / width, max(box[1], 1) / height)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    halvings = max(int(np.log2(min(1 / scale, width, height))), 0)
    if halvings:  # area averaging is fast only for whole factors; linear scaling alone would alias
        parts = 2**halvings
        small = (width // parts, height // parts)
        image = np.asarray(
            cv2.resize(image[: small[1] * parts, : small[0] * parts], small, interpolation=cv2.INTER_AREA), np.uint8
        )
    if scale > 1:  # mirror the smaller image
        drawn = cv2.resize(cv2.flip(image, 1) if mirrored else image, size, interpolation=cv2.INTER_LINEAR)
    else:
        drawn = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        drawn = cv2.flip(drawn, 1) if mirrored else drawn
    return np.asarray(cv2.cvtColor(drawn, cv2.COLOR_BGR2BGRA), np.uint8)
