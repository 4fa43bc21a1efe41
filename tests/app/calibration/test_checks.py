from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.calibration.fakes import Person
from gaze_demo.calibration.checks import check
from gaze_demo.geometry import rotation_from_angles
from gaze_demo.observation import Observation, Reason

MIDDLE = np.array([960.0, 540.0])


def person(distance_mm: float = 600.0, yaw_deg: float = 0.0) -> Person:
    one = Person(sway_mm=(0.0, 0.0, 0.0), sway_rad=0.0)
    one.middle_mm = np.array([0.0, 30.0, distance_mm])
    one.rotation = rotation_from_angles(0.0, np.radians(yaw_deg))
    return one


def lit(seen: Observation, level: float) -> Observation:
    assert seen.left is not None
    assert seen.right is not None
    return replace(seen, left=replace(seen.left, brightness=level), right=replace(seen.right, brightness=level))


def failing(seen: Observation | None) -> list[str]:
    return [one.name for one in check(seen) if not one.ok]


def test_a_person_who_sits_well_passes_every_check() -> None:
    checks = check(person().observe(MIDDLE, 0.0))
    assert [one.name for one in checks] == ["Face", "Distance", "Head", "Light", "Reflections"]
    assert all(one.ok for one in checks)


@pytest.mark.parametrize(("distance_mm", "hint"), [(350.0, "back"), (950.0, "nearer")])
def test_the_distance_is_from_40_to_90_cm(distance_mm: float, hint: str) -> None:
    wrong = next(one for one in check(person(distance_mm).observe(MIDDLE, 0.0)) if not one.ok)
    assert wrong.name == "Distance"
    assert hint in wrong.hint


@pytest.mark.parametrize("level", [20.0, 240.0])
def test_too_little_and_too_much_light_is_told(level: float) -> None:
    assert failing(lit(person().observe(MIDDLE, 0.0), level)) == ["Light"]


def test_a_turned_head_is_told() -> None:
    assert failing(person(yaw_deg=35.0).observe(MIDDLE, 0.0)) == ["Head"]


def test_a_reflection_in_glasses_is_told() -> None:
    seen = person().observe(MIDDLE, 0.0)
    assert seen.landmarks is not None
    image = seen.frame.image.copy()
    x, y = seen.landmarks.points_px[[33, 133]].mean(0).astype(int)
    image[y - 8 : y + 3, x - 12 : x + 4] = 255
    assert failing(replace(seen, frame=replace(seen.frame, image=image))) == ["Reflections"]


def test_without_a_face_there_is_one_hint() -> None:
    assert failing(None) == ["Face"]
    dark = replace(person().observe(MIDDLE, 0.0), pose=None, reason=Reason.TOO_DARK)
    assert "too dark" in check(dark)[0].hint
