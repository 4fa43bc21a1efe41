"""A webcam's sensor: a little noise on every frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_SPARE_PX = 64
_NOISE = 1.6  # standard deviation in grey levels


class Sensor:
    """Noise from one large tile at changing places, which costs far less than new noise for every frame."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self._rng = np.random.default_rng([seed, 4])
        shape = (height + _SPARE_PX, width + _SPARE_PX, 3)
        shared = self._rng.standard_normal((*shape[:2], 1), np.float32)
        noise = _NOISE * (0.8 * shared + 0.6 * self._rng.standard_normal(shape, np.float32))
        self._brighter = np.clip(np.rint(noise), 0, 255).astype(np.uint8)
        self._darker = np.clip(np.rint(-noise), 0, 255).astype(np.uint8)
        self._size = (height, width)

    def expose(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The image with noise, in place."""
        y, x = self._rng.integers(0, _SPARE_PX, 2)
        window = np.s_[y : y + self._size[0], x : x + self._size[1]]
        cv2.add(image, self._brighter[window], image)
        cv2.subtract(image, self._darker[window], image)
        return image
