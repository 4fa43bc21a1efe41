from dataclasses import replace

import numpy as np
import pytest

from gaze_training.data.aperture import PATCH, PX_PER_MM
from gaze_training.data.glasses import Glasses, draw_glasses, paint_glasses

EYEBALL = np.array([0.0, 0.0, 612.0])
LIGHT = np.ones(3)


@pytest.fixture
def glasses() -> Glasses:
    plain = draw_glasses(np.random.default_rng(0))
    return replace(
        plain,
        half_mm=np.array([22.0, 16.0]),
        middle_mm=np.zeros(2),
        rim_mm=2.0,
        colour=np.zeros(3),
        tint=np.ones(3),
        power=1.0,
        shadow=0.0,
        mirrored=np.zeros((0, 7)),
    )


def picture() -> np.ndarray:
    return np.full((PATCH.height, PATCH.width, 3), 0.5, np.float32)


def test_the_rim_is_drawn_and_the_lens_is_clear(glasses: Glasses) -> None:
    seen, _ = paint_glasses(picture(), glasses, np.eye(3), EYEBALL, LIGHT)
    middle = PATCH.height // 2, PATCH.width // 2
    np.testing.assert_allclose(seen[middle], 0.5, atol=1e-6)
    column = seen[:, PATCH.width // 2, 0]
    rim = np.abs(np.flatnonzero(column < 0.1) + 0.5 - PATCH.height / 2) / PATCH.focal_px * (612 - glasses.before_mm)
    assert rim.min() == pytest.approx(15, abs=0.5)
    assert rim.max() == pytest.approx(17, abs=0.5)


def test_a_lens_for_the_short_sighted_shrinks_the_eye(glasses: Glasses) -> None:
    marked = picture()
    marked[:, PATCH.width // 2 - 30 : PATCH.width // 2 + 30] = 0.0
    widths = []
    for power in (1.0, 0.9):
        seen, _ = paint_glasses(marked.copy(), replace(glasses, power=power), np.eye(3), EYEBALL, LIGHT)
        widths.append((seen[PATCH.height // 2, 40:-40, 0] < 0.25).sum())
    assert widths[1] == pytest.approx(0.9 * widths[0], abs=1)


def test_reflections_stay_on_the_lens(glasses: Glasses) -> None:
    bright = np.array([[0.0, 0.0, 60.0, 60.0, 0.0, 0.3, 0.4]])
    seen, _ = paint_glasses(picture(), replace(glasses, mirrored=bright, rim_mm=0.0), np.eye(3), EYEBALL, LIGHT)
    assert seen[PATCH.height // 2, PATCH.width // 2, 0] == pytest.approx(0.9, abs=0.02)
    np.testing.assert_allclose(seen[2, 2], 0.5, atol=1e-6)


def test_glasses_turn_with_the_head(glasses: Glasses) -> None:
    turn = np.radians(30)
    head = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    row = PATCH.height // 2 + 20  # below bridge and arm
    turned, frontal = (
        paint_glasses(picture(), glasses, r, EYEBALL, LIGHT)[0][row, :, 0] < 0.2 for r in (head, np.eye(3))
    )
    assert np.flatnonzero(turned)[-1] < np.flatnonzero(frontal)[-1] - 30  # before the eye, they move as the nose does


def test_what_rim_and_reflections_hide_is_told(glasses: Glasses) -> None:
    bright = np.array([[0.0, 0.0, 6.0, 4.0, 0.0, 0.1, 2.0]])
    _, hidden = paint_glasses(picture(), replace(glasses, mirrored=bright), np.eye(3), EYEBALL, LIGHT)
    per_mm = PATCH.focal_px / (612 - glasses.before_mm)
    assert (hidden.glare > 0.5).sum() == pytest.approx(12 * 8 * per_mm**2, rel=0.12)
    middle = PATCH.height // 2, PATCH.width // 2
    assert hidden.glare[middle] == 1.0
    assert hidden.cover[middle] == 0.0
    column = np.flatnonzero(hidden.cover[:, PATCH.width // 2] > 0.5)
    assert len(column) == pytest.approx(2 * 2.0 * PX_PER_MM, abs=3)
