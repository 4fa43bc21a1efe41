"""Light on skin: soft shading with a little light that passes below the surface, relief, and an oily gloss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.synthesis.light import Lights, LocalLights
from gaze_training.data.skin import PX_PER_MM, Skin

Image = NDArray[np.float32]
_WRAP = (0.38, 0.18, 0.15)
"""How far light reaches round the terminator: red most, since it travels furthest inside skin."""


def shade_skin(skin: Skin, at_mm: Array, normals: Array, head: Array, lights: Lights) -> Image:
    """Linear RGB (n, 3) of skin points.

    `at_mm`: (n, 2) where they lie on the skin's maps. `normals`: (n, 3) towards the viewer, camera frame. `head`: (3,
    3) head to camera.
    """
    x, y = at_mm.T
    albedo = skin.at(skin.albedo, x, y)
    step = 1 / PX_PER_MM
    slope_x = (skin.at(skin.relief, x + step, y) - skin.at(skin.relief, x - step, y)) / (2 * step)
    slope_y = (skin.at(skin.relief, x, y + step) - skin.at(skin.relief, x, y - step)) / (2 * step)
    bent = normals - np.outer(slope_x, head[:, 0]) - np.outer(slope_y, head[:, 1])
    bent /= np.linalg.norm(bent, axis=1, keepdims=True)
    light = LocalLights(lights, np.eye(3)).diffuse(bent.T.astype(np.float32), _WRAP).T
    gloss = np.zeros_like(light)
    halves = np.asarray(lights.half_sizes)
    for direction, half, colour in zip(np.asarray(lights.directions), halves, np.asarray(lights.colours), strict=True):
        power = colour * (4 * half[0] * half[1] / np.pi)
        facing = bent @ direction
        half_way = direction + [0.0, 0.0, -1.0]
        cosine = np.clip(bent @ (half_way / np.linalg.norm(half_way)), 0, None)
        lobe = 0.10 * cosine**12 + 0.12 * cosine**40
        gloss += (skin.gloss * np.clip(facing, 0, None) * lobe)[:, None] * power
    return np.asarray(albedo * light + gloss, np.float32)
