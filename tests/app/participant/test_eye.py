"""One drawn eye: the label is the visual axis, the eyeball is turned away from it by kappa."""

from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.geometry import Intrinsics, angle_between, normalised, vector_to_pitch_yaw
from gaze_demo.participant.eye import EyePainter, EyeState
from gaze_demo.participant.lighting import studio_lights
from gaze_demo.participant.person import PEOPLE
from gaze_demo.participant.plate import Plate, set_portrait
from gaze_demo.participant.portrait import load_portrait
from gaze_demo.participant.warp import HeadMove, PoseWarp, Warped

CAMERA = Intrinsics.from_hfov(640, 480, 60)
PERSON = PEOPLE[0]


@pytest.fixture(scope="module")
def plate() -> Plate:
    return set_portrait(load_portrait(0), CAMERA, 600.0)


@pytest.fixture(scope="module")
def warped(plate: Plate) -> Warped:
    return PoseWarp(plate).look_up(np.eye(3), HeadMove())


def painter(plate: Plate, side: str) -> EyePainter:
    return EyePainter(plate, side, PERSON, studio_lights(mirrored=False))


@pytest.mark.parametrize(("side", "outward", "kappa"), [("left", -1, 5.0), ("right", 1, 4.6)])
def test_the_optical_axis_is_turned_towards_the_temple(plate: Plate, side: str, outward: float, kappa: float) -> None:
    gaze = normalised([0.1, 0.2, -1.0])
    optical = painter(plate, side).optical_axis(gaze, plate.pose)
    turned = np.degrees(vector_to_pitch_yaw(optical) - vector_to_pitch_yaw(gaze))
    assert turned[1] == pytest.approx(outward * kappa, abs=0.5)
    assert np.degrees(angle_between(optical, gaze)) == pytest.approx(kappa, abs=0.4)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_eyeball_lies_behind_the_eye_that_it_replaces(plate: Plate, side: str) -> None:
    eye = painter(plate, side)
    photographed = plate.landmarks_px[473 if side == "left" else 468]
    centre = eye.centre_mm(plate.pose)
    iris = CAMERA.project(centre + 10.4 * eye.optical_axis(normalised(-centre), plate.pose))
    assert np.linalg.norm(iris - photographed) / plate.px_per_mm < 2.0
    corners = plate.pose.left_eye_mm if side == "left" else plate.pose.right_eye_mm
    assert 6 < (centre - corners)[2] < 12


def test_painting_changes_the_eye_alone(plate: Plate, warped: Warped) -> None:
    before = np.full((480, 640, 3), 90, np.uint8)
    after = before.copy()
    eye = painter(plate, "left")
    eye.paint(after, warped, plate.pose, EyeState(normalised([0.0, 0.3, -1.0]), 0.0))
    row, column = np.nonzero((before != after).any(2))
    x, y = CAMERA.project(plate.pose.left_eye_mm)
    assert np.abs(column - x).max() < 25 * plate.px_per_mm
    assert np.abs(row - y).max() < 20 * plate.px_per_mm


def test_a_shut_eye_does_not_tell_where_it_looks(plate: Plate, warped: Warped) -> None:
    def difference(closure: float) -> float:
        pictures = []
        for x in (-0.3, 0.3):
            image = np.zeros((480, 640, 3), np.uint8)
            state = EyeState(normalised([x, 0.2, -1.0]), closure)
            painter(plate, "right").paint(image, warped, plate.pose, state)
            pictures.append(image.astype(int))
        return float(np.abs(pictures[0] - pictures[1]).mean())

    assert difference(1.0) < 0.15 * difference(0.0)  # the head leans a little, so the lids' height differs
