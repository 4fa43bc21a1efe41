import cv2
import numpy as np
import pytest

from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS
from gaze_demo.participant.person import PEOPLE
from gaze_demo.participant.plate import Plate, set_portrait
from gaze_demo.participant.portrait import load_portrait

CAMERA = Intrinsics(1280, 720, 1000.0, 1000.0, 640.0, 360.0)
LIDS = {LEFT_CORNERS: (386, 374), RIGHT_CORNERS: (159, 145)}  # landmarks in the middle of the upper and the lower lid


def depth_mm(plate: Plate, points_px: Array) -> Array:
    x, y = ((points_px + plate.margin) / plate.cell - 0.5).astype(np.float32).T
    return cv2.remap(plate.tables.depth, x[None], y[None], cv2.INTER_LINEAR)[0]


@pytest.mark.parametrize("person", range(len(PEOPLE)))
def test_lids_cover_an_eyeball_that_stands_out_before_the_corners(person: int) -> None:
    plate = set_portrait(load_portrait(person), CAMERA, 600.0)
    for corners, lids in LIDS.items():
        behind = depth_mm(plate, plate.landmarks_px[list(corners)]).mean()
        for lid in depth_mm(plate, plate.landmarks_px[list(lids)]):
            assert 3 < behind - lid < 9
