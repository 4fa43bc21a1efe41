from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.drawn_face import head_pose, observation
from gaze_demo.model.crops import normalised_eye_crop
from gaze_demo.model.eye_picture import EyePicture, eye_pictures, measure
from gaze_demo.model.verdict import hidden_in
from gaze_demo.observation import Observation, Reason

CLEAR = EyePicture(fine_blur=0.3, coarse_blur=0.0, scale=1.0, spot=0.0, contrast=40.0)


def eye(blur: float = 0.0, noise: float = 0.0) -> NDArray[np.uint8]:
    """A drawn eye as a crop (36, 60) shows it: skin, white, iris and pupil, softened a little as by a lens."""
    large = np.full((360, 600), 150, np.uint8)
    cv2.ellipse(large, (300, 180), (220, 75), 0, 0, 360, 200, -1)
    cv2.circle(large, (290, 175), 94, 60, -1)
    cv2.circle(large, (290, 175), 35, 15, -1)
    outside = cv2.ellipse(np.zeros_like(large), (300, 180), (220, 75), 0, 0, 360, 255, -1) == 0
    large[outside] = 150
    crop = cv2.resize(cv2.GaussianBlur(large, (0, 0), 6), (60, 36), interpolation=cv2.INTER_AREA).astype(float)
    crop = cv2.GaussianBlur(crop, (0, 0), blur) if blur else crop
    grain = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1, crop.shape), (0, 0), 0.8)
    return np.clip(crop + grain / grain.std() * noise, 0, 255).astype(np.uint8)


def with_spot(diameter: float) -> NDArray[np.uint8]:
    """The eye with a white disc of this diameter, as a share of the distance of its corners."""
    crop = cv2.resize(eye(), (600, 360), interpolation=cv2.INTER_LINEAR)
    cv2.circle(crop, (310, 175), round(diameter * 440 / 2), 255, -1)
    return np.asarray(cv2.resize(crop, (60, 36), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("sigma", [1.5, 2.0, 3.0])
def test_the_blur_of_an_eye_is_known_within_a_third(sigma: float) -> None:
    assert measure(eye(sigma), 1.0).fine_blur == pytest.approx(sigma, rel=0.33)


@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_an_eye_in_focus_is_read_and_a_blurred_one_is_not(noise: float) -> None:
    assert hidden_in(measure(eye(noise=noise), 1.0)) is Reason.NONE
    assert hidden_in(measure(eye(4.0, noise), 1.0)) is Reason.TOO_BLURRED


def test_the_same_blur_matters_less_where_the_camera_shows_few_px_of_an_eye() -> None:
    blurred = measure(eye(2.5), 1.0)
    assert hidden_in(blurred) is Reason.TOO_BLURRED
    assert hidden_in(replace(blurred, scale=0.4)) is Reason.NONE


def test_a_large_eye_may_be_blurred_by_more_px() -> None:
    assert hidden_in(replace(CLEAR, fine_blur=1.2, scale=3.0)) is Reason.NONE
    assert hidden_in(replace(CLEAR, fine_blur=1.6, scale=3.0)) is Reason.TOO_BLURRED


@pytest.mark.parametrize(("diameter", "reason"), [(0.08, Reason.NONE), (0.3, Reason.GLARE), (0.4, Reason.GLARE)])
def test_a_white_disc_that_hides_the_iris_is_glare_and_a_glint_is_not(diameter: float, reason: Reason) -> None:
    picture = measure(with_spot(diameter), 1.0)
    assert picture.spot == pytest.approx(diameter, abs=0.08)
    assert hidden_in(picture) is reason


@pytest.mark.parametrize("gain", [1.3, 1.6, 2.0])
def test_too_bright_a_picture_of_an_eye_is_not_glare(gain: float) -> None:
    bright = np.clip(eye() * gain, 0, 255).astype(np.uint8)
    assert (bright >= 230).any()
    assert hidden_in(measure(bright, 1.0)) is Reason.NONE


@pytest.mark.parametrize("noise", [0.0, 3.0])
@pytest.mark.parametrize("level", [15, 128, 240])
def test_an_eye_under_a_plain_patch_is_covered(level: int, noise: float) -> None:
    grain = cv2.GaussianBlur(np.random.default_rng(1).normal(0, 1, (36, 60)), (0, 0), 0.8)
    patch = np.clip(level + grain / grain.std() * noise, 0, 255).astype(np.uint8)
    assert hidden_in(measure(patch, 1.0)) is Reason.COVERED


def test_the_pictures_of_a_frame_are_those_of_the_crops_that_a_recording_keeps() -> None:
    seen = observation(head_pose(at_mm=(20, -10, 500)))
    live = eye_pictures(seen)
    kept = eye_pictures(kept_crops(seen))
    assert live == kept
    assert live is not None
    assert seen.left is not None
    distance_mm = float(np.linalg.norm(seen.left.centre_mm))
    assert live[0].scale == pytest.approx(seen.camera.fx / distance_mm * 600 / 960)
    assert eye_pictures(seen) is live


def test_without_a_face_there_are_no_pictures() -> None:
    assert eye_pictures(replace(observation(), pose=None)) is None


def kept_crops(seen: Observation) -> Observation:
    """The observation as a recording with eye crops gives it back: without its frame."""
    crops = [cv2.cvtColor(normalised_eye_crop(seen, side), cv2.COLOR_BGR2GRAY) for side in (0, 1)]
    blank = replace(seen.frame, image=np.zeros_like(seen.frame.image))
    return replace(seen, frame=blank, eye_crops=(crops[0], crops[1]))
