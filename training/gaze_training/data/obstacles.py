"""Things that sometimes hide an eye from the camera: a hand, a sheet of paper, hair."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_training.data.aperture import PATCH, PX_PER_MM
from gaze_training.data.visibility import Hidden, PaintedEye

Image = NDArray[np.float32]

_SHARE = 0.05
_HAIR_SHARE = 0.4


def obstruct(rng: np.random.Generator, eye: PaintedEye) -> PaintedEye:
    """Puts something in front of one eye in twenty; the hidden share is added to the eye's labels."""
    if rng.random() > _SHARE:
        return eye
    if rng.random() < _HAIR_SHARE:
        mask, colour, grain = _hair(rng), rng.uniform(0.01, 0.5) * np.array([0.5, 0.36, 0.26]), 0.25
    else:
        paper = rng.random() < 0.3
        mask, grain = _sheet(rng), 0.03
        skin = eye.linear.mean((0, 1)) * np.exp(rng.normal(0, 0.35))
        colour = np.full(3, eye.linear.mean() / 0.35 * rng.uniform(0.1, 0.9)) if paper else skin
    noise = cv2.GaussianBlur(rng.standard_normal(mask.shape, np.float32), (0, 0), 2.0) * np.float32(grain * 7)
    shade = np.exp(noise + np.float32(rng.normal(0, 0.3)) * np.linspace(-1, 1, PATCH.height, dtype=np.float32)[:, None])
    cover = mask[..., None]
    linear = eye.linear * (1 - cover) + colour.astype(np.float32) * shade[..., None] * cover
    before = eye.hidden or Hidden(np.zeros_like(mask), np.zeros_like(mask))
    hidden = Hidden(1 - (1 - before.cover) * (1 - mask), before.glare * (1 - mask))
    return replace(eye, linear=np.asarray(linear, np.float32), hidden=hidden)


def _sheet(rng: np.random.Generator) -> Image:
    """Everything to one side of a soft, slightly bent edge that passes near the eye; three in ten hide it wholly."""
    angle = rng.uniform(-np.pi, np.pi)
    offset = (-20.0 if rng.random() < 0.3 else rng.uniform(-8.0, 9.0)) * PX_PER_MM
    x = np.arange(PATCH.width, dtype=np.float32) - PATCH.width / 2
    y = (np.arange(PATCH.height, dtype=np.float32) - PATCH.height / 2)[:, None]
    along = x * np.float32(-np.sin(angle)) + y * np.float32(np.cos(angle))
    away = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) - np.float32(offset)
    away = away + np.float32(rng.normal(0, 0.004)) * along * along
    return np.asarray(np.clip(away / np.float32(rng.uniform(1.0, 8.0)) + 0.5, 0, 1), np.float32)


def _hair(rng: np.random.Generator) -> Image:
    """Strands that hang across the eye from above."""
    mask = np.zeros((PATCH.height, PATCH.width), np.float32)
    root = rng.uniform(-0.2, 1.2) * PATCH.width
    lean, bend = rng.normal(0, 0.6), rng.normal(0, 0.3)
    t = np.linspace(0, 1, 8)
    for _ in range(int(rng.integers(6, 70))):
        start = root + rng.normal(0, 35)
        x = start + (lean + rng.normal(0, 0.08)) * PATCH.height * t + (bend + rng.normal(0, 0.08)) * PATCH.width * t**2
        strand = np.stack([x, t * PATCH.height * rng.uniform(0.6, 1.2)], -1)
        cv2.polylines(
            mask, [np.round(strand * 8).astype(np.int32)], False, 1.0, int(rng.integers(1, 4)), cv2.LINE_AA, 3
        )
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.7), np.float32)
