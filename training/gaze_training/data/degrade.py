"""What a webcam does to a clean picture: blur, shading, veil, noise, denoising, sharpening, contrast, JPEG.

Real webcam eyes have very little contrast, a sclera that is hardly brighter than skin and a width of about 26 px; a
network that never saw such images does not work on real people.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
_PIXEL_VARIANCE = 1 / 12  # of a square pixel, px


@dataclass(frozen=True)
class CameraDraw:
    """One webcam, drawn once per face.

    `eye_px`: width of an eye, corner to corner, in camera pixels. `hard`: low light, strong blur and veil.
    `defocus_px`: sigma of the lens's blur in camera pixels. `source_px`: that of the clean picture, likewise.
    """

    eye_px: float
    hard: bool
    defocus_px: float
    source_px: float = 0.0


def draw_camera(rng: np.random.Generator, native_eye_px: float) -> CameraDraw:
    """A camera that never shows more detail than the source image has (`native_eye_px` wide eyes)."""
    hard = bool(rng.random() < 0.4)
    width = float(np.exp(rng.normal(np.log(27.0 if hard else 33.0), 0.40)))
    width = float(np.clip(width, 14.0, min(110.0, 1.15 * native_eye_px)))
    return CameraDraw(width, hard, draw_defocus(rng, width, hard), 0.6 * width / native_eye_px)


def draw_defocus(rng: np.random.Generator, eye_px: float, hard: bool) -> float:
    """Sigma in camera pixels; one picture in twenty is out of focus by up to an eighth of the eye's width."""
    if rng.random() < 0.05:
        return float(rng.uniform(0.03, 0.13)) * eye_px
    return float(rng.uniform(0.4, 1.2) if hard else rng.uniform(0.3, 0.8))


def degrade(
    rng: np.random.Generator, linear: Image, scale: float, camera: CameraDraw
) -> tuple[NDArray[np.uint8], float]:
    """A linear RGB picture (h, w, 3) as an 8-bit BGR webcam image of `scale` times its size, and the sigma of all its
    blur in the image's px."""
    h, w = linear.shape[:2]
    image = linear * np.float32(rng.uniform(0.10, 0.34) / max(float(linear.mean()), 1e-4))
    image = _shade(rng, image)
    image = _veil(rng, image, 0.5 if camera.hard else 0.4)
    variance = camera.defocus_px**2 + camera.source_px**2 + _PIXEL_VARIANCE
    image = cv2.GaussianBlur(image, (0, 0), max(0.3, camera.defocus_px / scale))
    size = (max(8, round(w * scale)), max(8, round(h * scale)))
    image = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    if rng.random() < 0.15:
        image, moved = _motion_blur(rng, image)
        variance += moved
    encoded = _expose(rng, image)
    encoded = _denoise(rng, encoded)
    values = encoded.astype(np.float32) / 255
    if rng.random() < 0.4:
        values += np.float32(rng.uniform(0.3, 1.2)) * (values - cv2.GaussianBlur(values, (0, 0), 1.0))
    contrast, lift = rng.uniform(0.5 if camera.hard else 0.6, 1.15), rng.normal(0, 0.05)
    values = np.clip((values - 0.5) * np.float32(contrast) + np.float32(0.5 + lift), 0, 1)
    bgr = np.ascontiguousarray((values[..., ::-1] * 255).astype(np.uint8))
    if rng.random() < 0.8:
        quality = int(rng.integers(35, 96))
        bgr = cv2.imdecode(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    if rng.random() < 0.2:  # a camera that scales its own picture up, or a softening video codec
        soft = float(rng.uniform(0.3, 0.8))
        bgr = cv2.GaussianBlur(bgr, (0, 0), soft)
        variance += soft**2
    return np.asarray(bgr, np.uint8), float(np.sqrt(variance))


def _shade(rng: np.random.Generator, image: Image) -> Image:
    """Light that falls off across the face, more often from above."""
    h, w = image.shape[:2]
    gx, gy = rng.normal(0, 0.35), rng.normal(0.1, 0.35)
    x = np.linspace(-0.5, 0.5, w, dtype=np.float32)[None]
    y = np.linspace(-0.5, 0.5, h, dtype=np.float32)[:, None]
    return np.asarray(image * np.exp(gx * x - gy * y, dtype=np.float32)[..., None], np.float32)


def _veil(rng: np.random.Generator, image: Image, most: float) -> Image:
    """Stray light in the lens."""
    if rng.random() > 0.65:
        return image
    amount = rng.uniform(0, most)
    colour = image.reshape(-1, 3).mean(0) * np.exp(rng.normal(0, 0.2, 3))
    return image * np.float32(1 - amount) + (amount * colour).astype(np.float32)


def _motion_blur(rng: np.random.Generator, image: Image) -> tuple[Image, float]:
    """The image and the blur's variance in px, the mean of both directions."""
    n = int(rng.integers(2, 4))
    kernel = np.zeros((n, n), np.float32)
    cv2.line(kernel, (int(rng.integers(0, n)), 0), (int(rng.integers(0, n)), n - 1), 1.0)
    kernel /= max(float(kernel.sum()), 1e-3)
    places = np.arange(n)
    variance = sum(float(side @ places**2 - (side @ places) ** 2) for side in (kernel.sum(0), kernel.sum(1))) / 2
    return np.asarray(cv2.filter2D(image, -1, kernel), np.float32), variance


def _expose(rng: np.random.Generator, image: Image) -> NDArray[np.uint8]:
    """Gain, white balance, shot noise (sometimes correlated by demosaicing), gamma."""
    balance = np.exp(rng.normal(0, 0.25) + rng.normal(0, 0.07, 3)).astype(np.float32)
    image = np.clip(image * balance, 0, None)
    level = abs(rng.normal(0, 0.02))
    noise = rng.standard_normal(image.shape, np.float32)
    if rng.random() < 0.5:
        noise = cv2.GaussianBlur(noise, (0, 0), 0.8) * 1.8
    image = image + noise * np.sqrt(np.float32(level**2) * (0.3 + image))
    return np.asarray(np.clip(image, 0, 1) ** np.float32(1 / rng.uniform(1.8, 2.4)) * 255, np.uint8)


def _denoise(rng: np.random.Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    choice = rng.random()
    if choice < 0.2:
        image = cv2.medianBlur(image, 3)
    elif choice < 0.45:
        image = cv2.bilateralFilter(image, 5, float(rng.uniform(10, 40)), 2)
    return np.asarray(image, np.uint8)
