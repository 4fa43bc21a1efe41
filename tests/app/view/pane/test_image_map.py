from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from gaze_demo.view.pane.image_map import ImageMap


def test_the_picture_lies_in_the_middle_as_large_as_fits() -> None:
    image_map = ImageMap.fitting(640, 480, QRectF(0, 0, 1000, 480))
    assert image_map.rect == QRectF(180, 0, 640, 480)


def test_a_point_on_the_left_of_the_image_is_drawn_on_the_right() -> None:
    image_map = ImageMap.fitting(640, 480, QRectF(0, 0, 320, 240))
    point = image_map.point(np.array([40.0, 100.0]))
    assert (point.x(), point.y()) == (300.0, 50.0)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_a_scaled_picture_lies_on_whole_pixels_of_the_screen(ratio: float) -> None:
    image_map = ImageMap.pixel_exact(640, 480, QRectF(0, 0, 401, 333), (500, 375), ratio)
    assert image_map.left * ratio == pytest.approx(round(image_map.left * ratio))
    assert image_map.top * ratio == pytest.approx(round(image_map.top * ratio))
    assert image_map.rect.width() * ratio == pytest.approx(500)


def test_a_point_of_a_picture_that_is_not_mirrored_stays_on_its_side() -> None:
    point = ImageMap.fitting(640, 480, QRectF(0, 0, 320, 240), mirrored=False).point(np.array([40.0, 100.0]))
    assert (point.x(), point.y()) == (20.0, 50.0)
