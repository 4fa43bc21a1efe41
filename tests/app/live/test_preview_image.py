from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.live.preview_image import preview_image


@pytest.mark.parametrize("size", [(480, 640), (720, 1280), (60, 80), (1350, 1703)])
@pytest.mark.parametrize("box", [(500, 400), (1000, 300)])
def test_a_preview_fits_its_box_mirrored_and_keeps_its_shape(size: tuple[int, int], box: tuple[int, int]) -> None:
    image = np.zeros((*size, 3), np.uint8)
    image[:, : size[1] // 2] = (10, 20, 250)  # red on the left
    preview = preview_image(image, box)
    height, width = preview.shape[:2]
    assert (width == box[0]) or (height == box[1])
    assert width <= box[0]
    assert height <= box[1]
    assert width / height == pytest.approx(size[1] / size[0], rel=0.02)
    assert tuple(preview[height // 2, width * 3 // 4, :3]) == (10, 20, 250)
    assert tuple(preview[height // 2, width // 4, :3]) == (0, 0, 0)


def test_a_box_without_room_gives_a_picture_all_the_same() -> None:
    assert preview_image(np.zeros((48, 64, 3), np.uint8), (0, 0)).size > 0


def test_a_file_is_shown_as_it_is() -> None:
    image = np.zeros((40, 60, 3), np.uint8)
    image[:, :30, 2] = 200
    assert preview_image(image, (60, 40), mirrored=False)[20, 5, 2] == 200
    assert preview_image(image, (60, 40), mirrored=True)[20, 5, 2] == 0
