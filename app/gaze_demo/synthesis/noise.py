"""Tileable noise, made once: the grain of an iris, the veins of a sclera."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@cache
def iris_fibres() -> Floats:
    """(128, 1024) in 0..1: columns go round the iris, rows outwards; fibres run outwards, wavy and of uneven width."""
    rng = np.random.default_rng(20)
    shape = (128, 1024)
    layers = ((3, 24, 0.5), (4, 72, 0.9), (5, 150, 0.9), (14, 256, 0.4))
    total = sum((weight * _octave(rng, rows, columns, shape) for rows, columns, weight in layers), np.zeros(shape))
    wave = 14.0 * (_octave(rng, 3, 14, shape) - 0.5)
    column = (np.arange(shape[1]) + wave).astype(int) % shape[1]
    return _levelled(np.take_along_axis(total, column, 1))


@cache
def iris_crypts() -> Floats:
    """(128, 1024) in 0..1: dark hollows and light flecks, coarser than the fibres."""
    rng = np.random.default_rng(21)
    shape = (128, 1024)
    return _levelled(_octave(rng, 5, 18, shape) + 0.7 * _octave(rng, 9, 48, shape))


@cache
def sclera_veins() -> Floats:
    """(128, 1024) in 0..1: thin winding lines, mostly 0; columns go round the eye, rows from the limbus outwards."""
    rng = np.random.default_rng(22)
    canvas = np.zeros((128, 3 * 1024), np.float32)
    for _ in range(70):
        x, y, drift = float(rng.uniform(0, 1024)), 127.0, float(rng.normal(0, 0.5))
        points = []
        for _ in range(int(rng.integers(20, 60))):
            points.append((x, y))
            drift = 0.85 * drift + float(rng.normal(0, 0.9))
            x, y = x + 4 * drift, y - float(rng.uniform(1.0, 3.2))
        strength = float(rng.uniform(0.35, 1.0))
        for shift in (0, 1024, 2048):
            line = ((np.array(points) + [shift, 0]) * 8).astype(np.int32)
            cv2.polylines(canvas, [line], False, strength, 2, cv2.LINE_AA, 3)
    return np.ascontiguousarray(cv2.GaussianBlur(canvas, (0, 0), 1.0)[:, 1024:2048], np.float32)


@cache
def blotches() -> Floats:
    """(128, 128) in 0..1: soft patches."""
    rng = np.random.default_rng(23)
    shape = (128, 128)
    return _levelled(_octave(rng, 4, 4, shape) + 0.5 * _octave(rng, 9, 9, shape) + 0.3 * _octave(rng, 21, 21, shape))


def sample(texture: Floats, x: Floats, y: Floats) -> Floats:
    """The texture, endlessly repeated, nearest to columns x (n,) and rows y (n,); its sides are powers of two."""
    height, width = texture.shape
    row = np.floor(y).astype(np.int32) & (height - 1)
    column = np.floor(x).astype(np.int32) & (width - 1)
    return texture.ravel().take(row * width + column)


def _octave(rng: np.random.Generator, rows: int, columns: int, shape: tuple[int, int]) -> Floats:
    """Smooth noise (h, w) in 0..1 with this number of cells, the same at opposite sides."""
    cells = np.pad(rng.random((rows, columns)).astype(np.float32), 2, mode="wrap")
    y = (np.arange(shape[0], dtype=np.float32) * (rows / shape[0]) + 2)[:, None]
    x = (np.arange(shape[1], dtype=np.float32) * (columns / shape[1]) + 2)[None]
    maps = np.broadcast_arrays(x, y)
    return np.asarray(cv2.remap(cells, maps[0].copy(), maps[1].copy(), cv2.INTER_CUBIC), np.float32)


def _levelled(values: NDArray[np.floating]) -> Floats:
    """Stretched to fill 0..1, its mean near 0.5."""
    spread = (values - values.mean()) / (4 * values.std())
    return np.clip(spread + 0.5, 0, 1).astype(np.float32)
