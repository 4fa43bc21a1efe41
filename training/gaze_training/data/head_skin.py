"""What a whole head is made of: skin around the eyes as in the patches, plain skin elsewhere, lips, hair, a room."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.synthesis.light import Lights
from gaze_demo.synthesis.noise import iris_fibres, sample
from gaze_training.data.aperture import front_light
from gaze_training.data.skin import HALF_MM, Skin, draw_skin

Image = NDArray[np.float32]

_EYE_X_MM = 30.95
_RAMP_MM = 6.0
# Rows of the skin's maps that show neither brow nor lids: what the rest of the face is covered with.
_CHEEK_MM = (22.0, 31.0)


@dataclass(frozen=True, eq=False)
class HeadLook:
    """`lips`, `shirt`, `wall`: (3,) linear RGB. `hair_mm`: thickness of the hair. `hairline_mm`: its height above the
    eyes at the forehead. `sides_mm`: how far behind the eyes the hair of the sides begins. `seed`: of the room."""

    skin: Skin
    lips: Array
    shirt: Array
    wall: Array
    hair_mm: float
    hairline_mm: float
    sides_mm: float
    seed: int

    def hair_cover(self, neutral: Image) -> Image:
        """0..1 (n,): how much hair there is at vertices (n, 3) of the neutral head, mm about the middle of the eyes."""
        x, y, z = neutral.T
        front = -y - self.hairline_mm - 0.0015 * x**2 + 1.2 * np.maximum(z - 25, 0)
        side = np.minimum(z - self.sides_mm - 0.25 * np.maximum(y, 0), 45.0 - y)
        ear = (np.abs(x) > 80.5) & (z < 115) & (y > -24)
        return np.asarray(np.clip(np.maximum(front, side) / 8.0 + 0.5, 0, 1) * ~ear, np.float32)


def draw_look(rng: np.random.Generator) -> HeadLook:
    skin = draw_skin(rng)
    base = skin.albedo.reshape(-1, 3).mean(0).astype(float)
    return HeadLook(
        skin=skin,
        lips=base * [0.85, 0.52, 0.55] * rng.uniform(0.75, 1.05),
        shirt=np.exp(rng.uniform(np.log(0.03), np.log(0.6))) * np.exp(rng.normal(0, 0.25, 3)),
        wall=np.exp(rng.uniform(np.log(0.08), np.log(0.6))) * np.exp(rng.normal(0, 0.12, 3)),
        hair_mm=float(rng.uniform(4, 16)),
        hairline_mm=float(rng.uniform(58, 74)),
        sides_mm=float(rng.uniform(60, 78)),
        seed=int(rng.integers(1 << 30)),
    )


def albedo_of_head(look: HeadLook, at_mm: Image, tissue: Image) -> tuple[Image, Image, Image]:
    """Albedo (n, 3), slopes (n, 2) and share of bare skin (n, 1) at points (n, 3) of the head at rest.

    `at_mm`: about the middle of the eyes. `tissue`: (n, 3), shares 0..1 of hair, lips and insides.
    """
    skin = look.skin
    x, y, z = at_mm.T
    across = np.abs(x) - np.float32(_EYE_X_MM)
    near = np.minimum(HALF_MM - across, HALF_MM - np.abs(y)) / np.float32(_RAMP_MM)
    near = np.clip(near, 0, 1) * (z < 60)
    low, high = _CHEEK_MM
    plain_y = low + np.abs((y - low) % (2 * (high - low)) - (high - low))
    plain_x = across + np.float32(0.7) * z
    maps = []
    for map_ in (skin.albedo, skin.slopes):
        around, plain = skin.at(map_, across, y), skin.at(map_, plain_x, plain_y)
        maps.append(plain + (around - plain) * near[:, None])
    albedo, slopes = maps
    slopes[:, 0] *= np.sign(x)  # the maps are of the left side
    cloth = np.clip((y - 178 + 0.0006 * np.square(x) * (y > 100)) / 2 + np.float32(0.5), 0, 1)[:, None]
    hair, lips, inside = (tissue[:, k, None] for k in range(3))
    albedo = albedo + (look.lips.astype(np.float32) - albedo) * np.float32(0.8) * lips
    strand = sample(iris_fibres(), np.arctan2(x, z - 60) * np.float32(300), y * np.float32(0.5))
    colour = skin.hair.astype(np.float32) * (0.6 + 0.8 * strand[:, None])
    albedo = albedo + (colour - albedo) * hair
    albedo = albedo * (1 - np.float32(0.93) * inside)
    albedo = albedo + (look.shirt.astype(np.float32) - albedo) * cloth
    bare = 1 - np.maximum(np.maximum(hair, cloth), inside)
    return np.asarray(albedo, np.float32), np.asarray(slopes * bare, np.float32), np.asarray(bare, np.float32)


def room(look: HeadLook, lights: Lights, vertices: Array, camera: Intrinsics) -> Image:
    """Linear RGB (h, w, 3) of an unsharp room, and of shoulders below the neck of `vertices` (n, 3), camera frame."""
    rng = np.random.default_rng(look.seed)
    light = front_light(lights)
    size = (camera.width, camera.height)
    small = (camera.width // 4, camera.height // 4)
    noise = np.zeros((*small[::-1], 1), np.float32)
    for k in (2, 4, 9):
        grid = rng.standard_normal((k, k, 3), np.float32) * np.float32(0.06) + rng.standard_normal((k, k, 1)) * 0.25
        noise = noise + cv2.resize(grid.astype(np.float32), small, interpolation=cv2.INTER_CUBIC)
    picture = cv2.resize(np.exp(noise) * (look.wall * light).astype(np.float32), size)
    neck = vertices[np.argsort(-vertices[:, 1])[:60]].mean(0)
    scale = camera.fx / neck[2]
    middle = camera.project(neck)
    colour = (look.shirt * light * 0.8).tolist()
    centre = (int(middle[0]), int(middle[1] + 110 * scale))
    cv2.ellipse(picture, centre, (int(225 * scale), int(175 * scale)), 0, 180, 360, colour, -1, cv2.LINE_AA)
    cv2.rectangle(
        picture, (centre[0] - int(225 * scale), centre[1]), (centre[0] + int(225 * scale), size[1]), colour, -1
    )
    return picture
