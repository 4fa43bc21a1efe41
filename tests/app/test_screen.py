from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.screen import CARD_WIDTH_MM, ScreenGeometry

SCREEN = ScreenGeometry.of_monitor("Desk", 1920, 1080, 527.0, 296.0)


@pytest.mark.parametrize(
    ("point_px", "camera_mm"),
    [
        ((960, 0), (0, 10, 0)),  # the middle of the top edge is 10 mm below the lens
        ((0, 0), (263.5, 10, 0)),  # the person's left is to the right of the unmirrored image
        ((1920, 1080), (-263.5, 306, 0)),
    ],
)
def test_a_pixel_lies_where_the_camera_frame_says(point_px: tuple[int, int], camera_mm: tuple[float, ...]) -> None:
    np.testing.assert_allclose(SCREEN.px_to_camera(point_px), camera_mm)
    np.testing.assert_allclose(SCREEN.camera_to_px(camera_mm), point_px, atol=1e-9)


@pytest.mark.parametrize(
    ("size_px", "size_mm", "source"),
    [
        ((1920, 1080), (527.0, 296.0), "reported"),
        ((1920, 1080), (0.0, 0.0), "guessed"),  # no EDID
        ((1920, 1080), (508.0, 285.75), "guessed"),  # 96 dots an inch: what a display server says that knows nothing
        ((1920, 1080), (155.0, 87.0), "reported"),  # seven inches
        ((1920, 1080), (160.0, 90.0), "guessed"),  # an aspect ratio in centimetres, as televisions have it
        ((1920, 1080), (1600.0, 900.0), "guessed"),
        ((1920, 1080), (16.0, 9.0), "guessed"),  # an aspect ratio in place of a size
        ((1920, 1080), (527.0, 200.0), "guessed"),  # pixels that are not square
    ],
)
def test_a_size_that_cannot_be_true_counts_as_a_guess(
    size_px: tuple[int, int], size_mm: tuple[float, float], source: str
) -> None:
    screen = ScreenGeometry.of_monitor("Desk", *size_px, *size_mm)
    assert screen.size_source == source
    assert 0.05 < screen.pitch_mm[0] < 1.0


def test_a_bank_card_corrects_the_size_and_keeps_the_lens_in_the_middle() -> None:
    corrected = SCREEN.with_card(CARD_WIDTH_MM / 0.3)
    assert corrected.width_mm == pytest.approx(1920 * 0.3)
    assert corrected.height_mm == pytest.approx(1080 * 0.3)
    assert corrected.lens_x_mm == pytest.approx(corrected.width_mm / 2)
    assert corrected.size_source == "bank card"


@pytest.mark.parametrize("card_px", [0.0, -5.0, 3.0, 1e6, float("nan")])
def test_a_card_of_an_impossible_width_is_refused(card_px: float) -> None:
    with pytest.raises(UserError, match="bank card"):
        SCREEN.with_card(card_px)


def test_gaze_off_the_screen_is_told_from_gaze_on_it() -> None:
    assert SCREEN.contains((0, 0))
    assert SCREEN.contains((1919.9, 1079.9))
    assert not SCREEN.contains((-1, 500))
    assert not SCREEN.contains((500, 1080))
