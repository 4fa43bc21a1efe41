"""Skin around an eye as a texture: colour from dark to light in equal shares, mottling, pores, brow, make-up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]

HALF_MM = 32.0
PX_PER_MM = 8.0
SIZE_PX = round(2 * HALF_MM * PX_PER_MM)
_ROW = 1024


@dataclass(frozen=True, eq=False)
class Skin:
    """Frontal maps of 64 x 64 mm about the eye's centre, nose at the left, y down.

    `albedo`: (512, 512, 3) linear RGB. `relief`: (512, 512) mm towards the viewer. `hair`: (3,) linear RGB of brow and
    lashes. `gloss`: 0 dull to 2 oily.
    """

    albedo: Image
    relief: Image
    hair: NDArray[np.float64]
    gloss: float

    @cached_property
    def slopes(self) -> Image:
        """How steeply the relief rises along x and y (512, 512, 2), without a unit."""
        step = 2 / np.float32(PX_PER_MM)
        rise_x = np.roll(self.relief, -1, 1) - np.roll(self.relief, 1, 1)
        rise_y = np.roll(self.relief, -1, 0) - np.roll(self.relief, 1, 0)
        return np.ascontiguousarray(np.stack([rise_x, rise_y], -1) / step, np.float32)

    def at(self, map_: Image, x_mm: NDArray[np.floating], y_mm: NDArray[np.floating]) -> Image:
        """A map's values (n, ...) at points (n,), in mm about the eye's centre."""
        n = len(x_mm)
        rows = -(-n // _ROW)  # OpenCV takes maps of fewer than 32768 rows
        where = np.zeros((2, rows * _ROW), np.float32)
        where[:, :n] = (np.stack([x_mm, y_mm]) + HALF_MM) * PX_PER_MM - 0.5
        u, v = where.reshape(2, rows, _ROW)
        taken = cv2.remap(map_, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(taken.reshape(rows * _ROW, -1)[:n].reshape(n, *map_.shape[2:]), np.float32)


def draw_skin(rng: np.random.Generator) -> Skin:
    """One person's skin; tones spread evenly from dark to light."""
    melanin = rng.beta(1.1, 1.3)
    light, dark = np.array([0.62, 0.42, 0.33]), np.array([0.11, 0.055, 0.035])
    base = (light * (1 - melanin) + dark * melanin) * np.exp(rng.normal(0, 0.08, 3))
    mottle = _noise(rng, (6, 14, 30, 70), 0.75)
    fine = _noise(rng, (120, 240), 0.9)
    red = _noise(rng, (5, 9, 20), 0.5)
    y, x = np.mgrid[0:SIZE_PX, 0:SIZE_PX].astype(np.float32) / np.float32(PX_PER_MM) - np.float32(HALF_MM)
    around = np.exp(-(((x / 19) ** 2 + ((y - 1) / 10) ** 2) ** 2))
    ring = np.float32(rng.uniform(0, 0.35)) * around * (0.6 + 0.4 * (y > 0))
    tone = np.exp(rng.uniform(0.02, 0.07) * mottle + rng.uniform(0.02, 0.06) * fine)
    flush = rng.uniform(0.04, 0.09)
    shares = ((0.35, 1.0), (1.0, 1.15), (0.9, 1.05))
    albedo = np.stack(
        [c * tone * np.exp(-flush * r * red) * (1 - ring * d) for c, (r, d) in zip(base, shares, strict=True)], -1
    )
    relief = 0.03 * fine + 0.05 * mottle * rng.uniform(0.3, 1.0)
    _wrinkles(rng, relief, albedo)
    hair = base * rng.uniform(0.1, 0.6) if rng.random() < 0.6 else np.array([0.02, 0.014, 0.01])
    if rng.random() < 0.08:
        hair = np.array([0.3, 0.22, 0.13])
    if rng.random() < 0.2:  # eye shadow above the lid
        paint = np.clip(base * rng.uniform(0.2, 1.6) * np.exp(rng.normal(0, 0.35, 3)), 0, 0.8)
        amount = rng.uniform(0.2, 0.7) * np.exp(-(((y + 6.5) / 4.5) ** 2) - (x / 16) ** 4)[..., None]
        albedo = albedo * (1 - amount) + paint * amount
    brow = _brow(rng)[..., None] * np.float32(rng.uniform(0.5, 1.0))
    albedo = albedo * (1 - brow) + hair * brow
    return Skin(
        np.ascontiguousarray(albedo, np.float32), np.asarray(relief, np.float32), hair, float(rng.uniform(0.2, 1.6))
    )


def _noise(rng: np.random.Generator, octaves: tuple[int, ...], persistence: float) -> Image:
    """Smooth noise of unit deviation: random grids of the given sizes, enlarged and added up."""
    total = np.zeros((SIZE_PX, SIZE_PX), np.float32)
    for k, cells in enumerate(octaves):
        grid = rng.standard_normal((cells, cells), np.float32) * np.float32(persistence**k)
        total += cv2.resize(grid, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_CUBIC)
    return np.asarray(total / total.std(), np.float32)


def _to_px(points_mm: NDArray[np.float64]) -> NDArray[np.int32]:
    """Millimetres as OpenCV's fixed-point pixels (three fractional bits)."""
    return np.asarray((points_mm + HALF_MM) * PX_PER_MM * 8, np.int32)


def _wrinkles(rng: np.random.Generator, relief: Image, albedo: Image) -> None:
    """Lines under the eye and crow's feet at its outer corner, drawn into both maps."""
    for _ in range(int(rng.integers(0, 12))):
        below = rng.random() < 0.6
        start = (rng.uniform(-16, 20), rng.uniform(6, 16)) if below else (rng.uniform(15, 22), rng.uniform(-3, 6))
        t = np.linspace(0, 1, 12)
        bend = rng.normal(0, 2) * t + rng.normal(0, 3) * t * (1 - t)
        line = np.stack([start[0] + rng.uniform(4, 14) * t, start[1] + bend], 1)
        stroke = np.zeros((SIZE_PX, SIZE_PX), np.float32)
        cv2.polylines(stroke, [_to_px(line)], False, 1.0, 2, cv2.LINE_AA, 3)
        stroke = cv2.GaussianBlur(stroke, (0, 0), 1.5)
        relief -= stroke * np.float32(rng.uniform(0.1, 0.5))
        albedo *= (1 - 0.25 * rng.random() * stroke)[..., None]


def _brow(rng: np.random.Generator) -> Image:
    """Coverage 0..1 by brow hair: short strokes that fan out from the nose."""
    cover = np.zeros((SIZE_PX, SIZE_PX), np.float32)
    height, arch, width = rng.uniform(-23, -14), rng.uniform(1, 6), rng.uniform(2, 5)
    n = int(rng.integers(60, 420))
    t = rng.random(n)
    y = height + rng.normal(0, 0.35, n) * width * (1 - 0.6 * t) + arch * ((t - 0.6) ** 2 * 3 - 0.5)
    root = np.stack([-24 + 50 * t, y], 1)
    angle, length = rng.normal(np.radians(-60 + 55 * t), 0.25), rng.uniform(3, 7, n)
    tip = root + np.stack([np.cos(angle), 0.5 * np.sin(angle)], 1) * length[:, None]
    for a, b, shade in zip(_to_px(root), _to_px(tip), rng.uniform(0.5, 1, n), strict=True):
        cv2.line(cover, a.tolist(), b.tolist(), float(shade), int(rng.integers(1, 3)), cv2.LINE_AA, 3)
    return np.clip(cv2.GaussianBlur(cover, (0, 0), 0.8), 0, 1)
