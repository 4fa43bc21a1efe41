import json
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from app.drawn_face import head_pose, noise_image, observation
from app.tiny_models import (
    face_box_contract,
    level_eyes_contract,
    merged,
    normalised_eyes_contract,
    normalised_face_contract,
)
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS
from gaze_demo.model.contract import Contract, Pixels, parse_contract
from gaze_demo.model.crops import make_views, to_tensor
from gaze_demo.observation import Observation

BLUE, GREEN, RED = (200, 30, 20), (30, 190, 40), (20, 40, 210)


def parsed(contract: dict[str, Any]) -> Contract:
    return parse_contract(json.dumps(contract), "model.json")


def coloured(degrees: tuple[float, float, float] = (0, 0, 0)) -> Observation:
    """An observation whose left eye has a red disc, its right eye a blue one, and its forehead a green one."""
    seen = observation(head_pose(*degrees))
    assert seen.landmarks is not None
    image = np.full_like(seen.frame.image, 90)
    for landmarks, colour in ((LEFT_CORNERS, RED), (RIGHT_CORNERS, BLUE), ((10,), GREEN)):
        x, y = seen.landmarks.points_px[list(landmarks)].mean(0)
        cv2.circle(image, (round(x), round(y)), 8, colour, -1)
    return replace(seen, frame=replace(seen.frame, image=image))


def middle(crop: np.ndarray) -> tuple[int, ...]:
    height, width = crop.shape[:2]
    return tuple(int(value) for value in crop[height // 2, width // 2])


@pytest.mark.parametrize("degrees", [(0, 0, 0), (5, 20, 30), (-10, -15, -25)])
@pytest.mark.parametrize("contract", [level_eyes_contract(), normalised_eyes_contract()], ids=["level", "normalised"])
def test_each_eye_is_in_the_middle_of_its_own_crop(
    contract: dict[str, Any], degrees: tuple[float, float, float]
) -> None:
    views = make_views(parsed(contract), coloured(degrees))
    crops = [crop for view in views for crop in view.crops]
    assert [middle(crop) for crop in crops] == [RED, BLUE]  # the person's left first


def test_open_model_zoos_left_eye_is_at_the_left_of_the_image() -> None:
    form = parsed(level_eyes_contract()).input
    assert form.form == "level_eyes"
    assert form.eyes.arrangement == "pair"
    assert (form.eyes.left, form.eyes.right) == ("right_eye_image", "left_eye_image")


@pytest.mark.parametrize("roll_deg", [0.0, 20.0, -35.0])
def test_level_crops_are_so_many_eye_widths_wide_with_both_corners_at_one_height(roll_deg: float) -> None:
    seen = observation(head_pose(0, 10, roll_deg))
    assert seen.landmarks is not None
    image = np.zeros_like(seen.frame.image)
    for x, y in seen.landmarks.points_px[list(LEFT_CORNERS)]:
        cv2.circle(image, (round((x - 0.5) * 16), round((y - 0.5) * 16)), 24, (255, 255, 255), -1, cv2.LINE_AA, 4)
    (view,) = make_views(parsed(level_eyes_contract()), replace(seen, frame=replace(seen.frame, image=image)))
    rows, columns = np.nonzero(view.crops[0][..., 0] > 80)
    inner, outer = columns[columns < 30].mean() + 0.5, columns[columns > 30].mean() + 0.5
    assert outer - inner == pytest.approx(60 / 1.6, abs=0.7)
    assert (outer + inner) / 2 == pytest.approx(30.0, abs=0.5)
    assert rows[columns < 30].mean() == pytest.approx(rows[columns > 30].mean(), abs=1.6)  # eyes may slant a little


def test_only_the_right_eye_is_mirrored_and_only_where_the_contract_says_so() -> None:
    seen = observation()
    plain = make_views(parsed(normalised_eyes_contract(input__mirror_right=False)), seen)
    turned = make_views(parsed(normalised_eyes_contract()), seen)
    assert [view.mirrored for view in turned] == [False, True]
    assert np.array_equal(plain[0].crops[0], turned[0].crops[0])
    assert np.array_equal(plain[1].crops[0][:, ::-1], turned[1].crops[0])


def test_a_face_box_holds_the_landmarks_and_grows_with_its_scale() -> None:
    seen = coloured()
    assert seen.landmarks is not None
    share = []
    for scale in (1.0, 2.0):
        contract = merged(face_box_contract(90, 4, -180), {"input__scale": scale})
        (view,) = make_views(parsed(contract), seen)
        assert view.crops[0].shape == (64, 64, 3)
        share.append((np.abs(view.crops[0].astype(int) - RED).max(-1) < 30).mean())
    assert share[0] == pytest.approx(4 * share[1], rel=0.25)


def test_a_square_face_box_does_not_stretch_the_face() -> None:
    seen = coloured()
    (view,) = make_views(parsed(merged(face_box_contract(90, 4, -180), {"input__square": True})), seen)
    red = np.abs(view.crops[0].astype(int) - RED).max(-1) < 30
    rows, columns = np.nonzero(red)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=1)


@pytest.mark.parametrize("centre", ["eyes", "eyes_and_nose", "eyes_and_mouth"])
def test_a_normalised_face_shows_both_eyes_level_and_on_either_side(centre: str) -> None:
    contract = merged(normalised_face_contract(), {"input__centre": centre})
    (view,) = make_views(parsed(contract), coloured((5, 10, 25)))
    places = []
    for colour in (BLUE, RED):
        rows, columns = np.nonzero(np.abs(view.crops[0].astype(int) - colour).max(-1) < 30)
        places.append((columns.mean(), rows.mean()))
    (right_x, right_y), (left_x, left_y) = places
    assert right_x < 112 < left_x
    assert right_y == pytest.approx(left_y, abs=3.0)
    # The lower the point that is looked at, the higher the eyes are in the crop.
    assert right_y == pytest.approx({"eyes": 112, "eyes_and_nose": 90, "eyes_and_mouth": 84}[centre], abs=12)


# How pixels become numbers; the image's one pixel is B 51, G 102, R 204.
@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        pytest.param({"colour": "bgr"}, [51, 102, 204], id="BGR as it is"),
        pytest.param({"colour": "rgb"}, [204, 102, 51], id="RGB"),
        pytest.param({"colour": "grey"}, [127], id="grey"),
        pytest.param({"colour": "rgb", "value_range": (0, 1)}, [0.8, 0.4, 0.2], id="0 to 1"),
        pytest.param({"colour": "rgb", "value_range": (-1, 1)}, [0.6, -0.2, -0.6], id="-1 to 1"),
        pytest.param(
            {"colour": "rgb", "value_range": (0, 1), "mean": (0.5, 0.4, 0.1), "std": (0.1, 0.2, 0.5)},
            [3.0, 0.0, 0.2],
            id="a mean and a deviation for each channel, in its order",
        ),
        pytest.param({"colour": "bgr", "mean": (51,), "std": (51,)}, [0, 1, 3], id="one for all"),
    ],
)
def test_pixels_become_numbers_as_the_contract_says(pixels: dict[str, Any], expected: list[float]) -> None:
    crop = np.tile(np.array([51, 102, 204], np.uint8), (8, 10, 1))
    for layout in ("nchw", "nhwc"):
        tensor = to_tensor(crop, Pixels(width=10, height=8, layout=layout, **pixels))
        assert tensor.dtype == np.float32
        channels_last = tensor.transpose(1, 2, 0) if layout == "nchw" else tensor
        assert channels_last.shape == (8, 10, len(expected))
        assert channels_last[3, 4] == pytest.approx(expected, abs=0.51 if pixels["colour"] == "grey" else 1e-5)


@pytest.mark.parametrize("colour", ["grey", "bgr"])
def test_equalising_spreads_the_brightness(colour: Any) -> None:
    crop = (noise_image()[:36, :60] // 8 + 100).astype(np.uint8)
    plain, even = (
        to_tensor(crop, Pixels(width=60, height=36, colour=colour, equalise=equalise)) for equalise in (False, True)
    )
    assert plain.std() < 15
    assert even.std() > 50
