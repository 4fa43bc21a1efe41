import numpy as np
import pytest

from gaze_demo.geometry import Intrinsics, normalised
from gaze_training.data.renderers import renderer_name
from gaze_training.readers.measured import face_with_gaze, face_with_target, observe, person_number, sight_gaze
from training.readers.fake_observer import POSE, FakeObserver, eyes_mm, gaze_in_camera, picture

CAMERA = Intrinsics(1280, 720, 1100, 1100, 640, 360)


def test_both_eyes_look_at_the_target() -> None:
    target = np.array([80.0, 150.0, 0.0])
    face = face_with_target(observe(FakeObserver(), picture(CAMERA), CAMERA), target, 7)
    assert face is not None
    np.testing.assert_allclose(gaze_in_camera(face), normalised(target - eyes_mm()), atol=1e-6)
    assert face.person.tolist() == [7]
    assert renderer_name(face.renderer[0]) == "real"


def test_the_iris_is_where_the_crop_shows_it() -> None:
    face = face_with_target(observe(FakeObserver(), picture(CAMERA), CAMERA), np.zeros(3), 0)
    assert face is not None
    for side in (0, 1):
        x, y = face.iris_px[0, side]
        assert face.crops[0, side][int(y), int(x)] < 20
        assert face.crops[0, side].max() > 150


def test_an_eye_that_cannot_be_read_is_not_valid() -> None:
    face = face_with_target(observe(FakeObserver(), picture(CAMERA), CAMERA), np.zeros(3), 0)
    assert face is not None
    assert face.valid.tolist() == [[True, False]]
    np.testing.assert_allclose(face.openness, [[0.3, 0.2]])


def test_without_a_face_there_is_nothing() -> None:
    white = np.full((720, 1280, 3), 255, np.uint8)
    seen = observe(FakeObserver(), white, CAMERA)
    assert face_with_target(seen, np.zeros(3), 0) is None
    assert face_with_gaze(seen, np.zeros((2, 3)), 0) is None


@pytest.mark.parametrize("sign", [1, -1])
def test_angles_against_the_line_of_sight(sign: int) -> None:
    """Nothing is the look into the lens; yaw + turns to the left of the image, pitch + up."""
    middle = POSE.eyes_middle_mm
    np.testing.assert_allclose(sight_gaze(0, 0, middle), -normalised(middle), atol=1e-12)
    aside = sight_gaze(0, sign * 0.2, middle) - sight_gaze(0, 0, middle)
    up = sight_gaze(sign * 0.2, 0, middle) - sight_gaze(0, 0, middle)
    assert np.sign(aside[0]) == -sign
    assert np.sign(up[1]) == -sign


def test_people_of_different_sets_never_share_a_number() -> None:
    numbers = {person_number(name, f"p{k:02}") for name in ("mpiigaze", "mpiifacegaze", "columbia") for k in range(60)}
    assert len(numbers) == 180
    assert person_number("mpiigaze", "p00") == person_number("mpiigaze", "p00")
