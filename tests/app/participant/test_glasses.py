from __future__ import annotations

import cv2
import numpy as np

from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS
from gaze_demo.participant.glasses import with_glasses
from gaze_demo.participant.person import PEOPLE
from gaze_demo.participant.portrait import load_portrait, restyled

NOOR = next(i for i, person in enumerate(PEOPLE) if person.name == "Noor")
LIDS = (33, 160, 158, 133, 153, 144)
OTHER_LIDS = (263, 387, 385, 362, 380, 373)


def test_frames_go_around_the_eyes_and_not_before_them() -> None:
    portrait = load_portrait(NOOR)
    bare = restyled(PEOPLE[NOOR])[0]
    changed = np.abs(portrait.image.astype(int) - bare).max(2) > 12
    inside = np.zeros(changed.shape, np.uint8)
    for lids in (LIDS, OTHER_LIDS):
        cv2.fillPoly(inside, [np.round(portrait.landmarks_px[list(lids)]).astype(np.int32)], 1)
    assert inside.sum() > 50
    assert not (changed & (inside == 1)).any()
    for corners in (LEFT_CORNERS, RIGHT_CORNERS):
        x, y = portrait.landmarks_px[list(corners)].mean(0)
        assert changed[round(y) : round(y) + 20, round(x)].any()  # the rim below the eye
        assert changed[round(y) - 20 : round(y), round(x)].any()


def test_frames_have_their_colour() -> None:
    portrait = load_portrait(0)
    red = with_glasses(portrait.image, portrait.landmarks_px, (1.0, 0.0, 0.0))
    changed = np.abs(red.astype(int) - portrait.image).max(2) > 100
    assert changed.sum() > 100
    assert (red[changed][:, 2] > red[changed][:, 0] + 80).mean() > 0.9


def test_some_people_wear_glasses_and_most_do_not() -> None:
    assert 1 <= sum(person.style.glasses is not None for person in PEOPLE) <= 2
