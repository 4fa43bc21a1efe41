"""Light on skin: soft shading with a little light that passes below the surface, relief, and an oily gloss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.synthesis.light import Lights, LocalLights
from gaze_training.data.skin import Skin

Image = NDArray[np.float32]
# How far light reaches around the terminator: red light furthest, since it travels furthest inside skin.
_WRAP = (0.38, 0.18, 0.15)


def shade_skin(skin: Skin, at_mm: Image, normals: Image, head: Array, lights: Lights) -> Image:
    """Linear RGB (n, 3) of skin points.

    `at_mm`: (n, 2) where they lie on the skin's maps. `normals`: (n, 3) towards the viewer, camera frame. `head`: (3,
    3) head to camera.
    """
    x, y = at_mm.T
    light, gloss = light_skin(skin.at(skin.slopes, x, y), skin.gloss, normals, head, lights)
    return np.asarray(skin.at(skin.albedo, x, y) * light + gloss, np.float32)


def light_skin(slopes: Image, oiliness: float, normals: Image, head: Array, lights: Lights) -> tuple[Image, Image]:
    """Light (n, 3) that white skin with such `slopes` (n, 2) of its relief returns, and what its oil mirrors (n, 3)."""
    slope_x, slope_y = slopes.T
    axes = head.astype(np.float32)
    bent = normals.T - axes[:, :1] * slope_x - axes[:, 1:2] * slope_y
    bent /= np.sqrt((bent * bent).sum(0))
    light = LocalLights(lights, np.eye(3)).diffuse(bent, _WRAP)
    gloss = np.zeros_like(light)
    halves = np.asarray(lights.half_sizes)
    for direction, half, colour in zip(np.asarray(lights.directions), halves, np.asarray(lights.colours), strict=True):
        half_way = direction + [0.0, 0.0, -1.0]
        half_way /= np.linalg.norm(half_way)
        cosine = np.clip(half_way.astype(np.float32) @ bent, 0, None)
        squared = cosine * cosine
        twelfth = squared * squared * squared
        twelfth *= twelfth
        lobe = np.clip(direction.astype(np.float32) @ bent, 0, None) * (
            np.float32(0.10) * twelfth + np.float32(0.12) * twelfth * twelfth * twelfth * squared * squared
        )
        power = colour * (4 * half[0] * half[1] / np.pi * oiliness)
        gloss += power.astype(np.float32)[:, None] * lobe
    return light.T, gloss.T
