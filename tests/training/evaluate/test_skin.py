import itertools

import numpy as np
import pytest

from gaze_demo.landmarks.face import FaceLandmarks
from gaze_training.evaluate.skin import TONES, typology_angle_deg

BGR = {"dark and brown": (40, 55, 85), "tan and intermediate": (100, 135, 180), "light": (175, 195, 225)}


def face(bgr: tuple[int, int, int]) -> tuple[np.ndarray, FaceLandmarks]:
    """A face whose skin has one colour but for spots, and landmarks at sides and cheeks."""
    image = np.full((200, 200, 3), bgr, np.uint8)
    image[::7, ::7] = 0
    points = np.full((478, 2), 100.0)
    points[[234, 454]] = [[20, 100], [180, 100]]
    points[[50, 280]] = [[60, 120], [140, 120]]
    return image, FaceLandmarks(points, np.zeros(478))


@pytest.mark.parametrize("tone", TONES)
def test_skins_fall_into_their_class(tone: str) -> None:
    low, high = TONES[tone]
    assert low < typology_angle_deg(*face(BGR[tone])) <= high


def test_classes_leave_no_gap() -> None:
    bounds = list(TONES.values())
    assert all(before[1] == after[0] for before, after in itertools.pairwise(bounds))


def test_a_cheek_outside_the_picture_has_no_colour() -> None:
    image, landmarks = face(BGR["light"])
    assert np.isnan(typology_angle_deg(image[:60], landmarks))
