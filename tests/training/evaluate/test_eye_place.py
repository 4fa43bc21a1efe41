"""Where eye pictures come to lie in a portrait, and what a webcam makes of it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_training.evaluate.eye_place import (
    PICTURE_WIDTH,
    EyePlaces,
    Webcam,
    choose_portraits,
    eye_width_px,
    lay_in,
    webcam_picture,
)

EYE_PX = eye_width_px(100)
LEFT = np.array([[190.0, 120.0], [190.0 + EYE_PX, 120.0]])
TILT = np.radians(8)
RIGHT = np.array([[60.0, 110.0], [60.0 + EYE_PX * np.cos(TILT), 110.0 + EYE_PX * np.sin(TILT)]])


def places(skin: float = 180.0) -> EyePlaces:
    return EyePlaces("even.png", np.full((240, 360), skin, np.float32), np.stack([LEFT, RIGHT]))


def eye_with_marks() -> NDArray[np.uint8]:
    """Skin of level 120 with dark marks where the corners of an eye are, and a white one in the middle."""
    eye = np.full((50, 100), 120, np.uint8)
    for x, level in ((50 - EYE_PX / 2, 0), (50 + EYE_PX / 2, 0), (50, 255)):
        cv2.circle(eye, (round((x - 0.5) * 16), round(24.5 * 16)), 2 * 16, level, -1, cv2.LINE_AA, 4)
    return eye


def middle_of(weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Middle (2,) of an image, pixel edges at whole coordinates."""
    y, x = np.indices(weights.shape)
    return np.array([(weights * x).sum(), (weights * y).sum()]) / weights.sum() + 0.5


def test_the_corners_of_the_picture_lie_on_the_corners_of_both_eyes() -> None:
    shown = lay_in(places(), eye_with_marks())
    dark = np.clip(110 - shown, 0, None)
    light = np.clip(shown - 130, 0, None)
    for eye in (LEFT, RIGHT):
        for corner in eye:
            x, y = (corner - 8).astype(int)
            near = dark[y : y + 16, x : x + 16]
            np.testing.assert_allclose(middle_of(near) + [x, y], corner, atol=0.3)
        x, y = (eye.mean(0) - 8).astype(int)
        np.testing.assert_allclose(middle_of(light[y : y + 16, x : x + 16]) + [x, y], eye.mean(0), atol=0.3)


def test_the_skin_of_the_portrait_gets_the_brightness_of_the_eyes() -> None:
    for skin in (60.0, 220.0):
        shown = lay_in(places(skin), np.full((50, 100), 120, np.uint8))
        np.testing.assert_allclose(shown, 120, atol=1.5)


def test_a_webcam_shows_eyes_of_the_given_width_moved_by_a_part_of_a_pixel() -> None:
    image = np.full((240, 360), 200, np.float32)
    image[100:120, 100:177] = 20
    rng, lefts = np.random.default_rng(3), []
    for _ in range(20):
        shown = webcam_picture(image, 77.0, Webcam(eye_px=28.0), rng)
        assert shown.shape == (round(240 * 28 / 77), round(360 * 28 / 77), 3)
        dark = np.clip(200 - shown[..., 0].astype(np.float32) - 20, 0, None)
        assert dark.sum(1).max() / 160 == pytest.approx(28, abs=0.7)
        lefts.append(middle_of(dark)[0])
    assert 0.6 < np.ptp(lefts) < 1.2
    assert np.mean(lefts) == pytest.approx(138.5 * 28 / 77, abs=0.25)


def test_the_noise_has_the_given_strength() -> None:
    shown = webcam_picture(
        np.full((400, 400), 128, np.float32), 28.0, Webcam(noise=4.0, jpeg=100), np.random.default_rng(1)
    )
    assert shown.std() == pytest.approx(4.0, rel=0.1)


def test_a_picture_is_wider_than_the_eye_so_that_irises_have_their_size() -> None:
    assert 0.31 * PICTURE_WIDTH == pytest.approx(11.7 / 27.5, abs=0.03)


def test_a_folder_without_a_suitable_portrait_is_one_sentence(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((64, 64, 3), 128, np.uint8))
    with pytest.raises(UserError, match="no photograph of a frontal face with open eyes 77 px wide"):
        choose_portraits(tmp_path, [], 3, EYE_PX)
    with pytest.raises(UserError, match=r"--face grey\.png: no face is found"):
        choose_portraits(tmp_path, ["grey.png"], 3, EYE_PX)
    with pytest.raises(UserError, match=r"--face absent\.png: .* has no photograph of this name"):
        choose_portraits(tmp_path, ["absent.png"], 3, EYE_PX)
