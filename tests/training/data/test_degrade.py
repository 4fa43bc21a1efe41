"""The webcam: size, determinism, and that it degrades at all."""

from __future__ import annotations

import numpy as np
import pytest

from gaze_training.data.degrade import degrade, draw_camera


def _picture() -> np.ndarray:
    y, x = np.mgrid[:80, :200]
    return np.repeat((0.2 + 0.15 * ((x // 10 + y // 10) % 2))[..., None], 3, 2).astype(np.float32)


@pytest.mark.parametrize("scale", [0.2, 0.5, 1.3])
def test_the_image_has_the_cameras_size(scale: float) -> None:
    rng = np.random.default_rng(0)
    image, _ = degrade(rng, _picture(), scale, draw_camera(rng, 100.0))
    assert image.shape == (round(80 * scale), round(200 * scale), 3)
    assert image.dtype == np.uint8


def test_the_same_seed_gives_the_same_image() -> None:
    images = [
        degrade(rng, _picture(), 0.4, draw_camera(rng, 100.0))[0] for rng in map(np.random.default_rng, (4, 4, 5))
    ]
    np.testing.assert_array_equal(images[0], images[1])
    assert (images[0] != images[2]).any()


def test_a_camera_shows_no_more_detail_than_the_source() -> None:
    rng = np.random.default_rng(0)
    widths = [draw_camera(rng, 25.0).eye_px for _ in range(300)]
    assert max(widths) <= 1.15 * 25.0
    assert min(widths) >= 14.0
