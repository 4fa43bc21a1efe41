from __future__ import annotations

import numpy as np
import pytest

from app.calibration.fakes import SCREEN, FakeModel, Person
from gaze_demo.calibration.calibrate import Estimates
from gaze_demo.calibration.drift import ClickTeacher, Hull, recentred
from gaze_demo.calibration.fit import fit
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.readings import Readings, label
from gaze_demo.geometry import Array

MIDDLE = np.array([960.0, 540.0])
DRIFT = {"bias_deg": (2.0, -3.0)}


def readings(point_px: Array = MIDDLE, person: Person | None = None, **errors: object) -> Readings:
    look = (person or Person()).look("validation", 0, point_px, 0.0)
    found = label([look], SCREEN, Estimates(FakeModel(**errors)).of)
    assert found is not None
    return found.readings


def error_px(mapping: Mapping, seen: Readings, point_px: Array) -> float:
    return float(np.linalg.norm(SCREEN.camera_to_px(mapping.point_mm(seen)) - point_px, axis=1).mean())


def test_recentring_at_one_dot_mends_the_whole_screen() -> None:
    mapping = recentred(Mapping(), readings(**DRIFT), SCREEN.px_to_camera(MIDDLE))
    corner = np.array([200.0, 150.0])
    assert error_px(Mapping(), readings(corner, **DRIFT), corner) > 120
    assert error_px(mapping, readings(corner, **DRIFT), corner) < 25


def test_recentring_keeps_what_a_calibration_learned() -> None:
    session = Person().sitting(9)
    labelled = label(session.of_kind("fit"), SCREEN, Estimates(FakeModel(gain=(0.7, 0.7))).of)
    assert labelled is not None
    mapping = fit(labelled).mapping
    again = recentred(mapping, readings(gain=(0.7, 0.7), **DRIFT), SCREEN.px_to_camera(MIDDLE))
    assert (again.correction, again.gain) == (mapping.correction, mapping.gain)
    assert error_px(again, readings(gain=(0.7, 0.7), **DRIFT), MIDDLE) < 5


def test_nothing_seen_is_nothing_to_recentre_by() -> None:
    seen = readings()
    with pytest.raises(ValueError, match="no gaze to recentre"):
        recentred(Mapping(), seen.take(np.zeros(len(seen), bool)), SCREEN.px_to_camera(MIDDLE))


def test_clicks_teach_step_by_step() -> None:
    teacher, rng, errors = ClickTeacher(Mapping()), np.random.default_rng(0), []
    for i in range(12):
        point = rng.uniform((100, 100), (1800, 1000))
        seen = readings(point, **DRIFT)
        errors.append(error_px(teacher.mapping, seen, point))
        teacher.see(i * 1.0, seen)
        assert teacher.click(i + 0.1, SCREEN.px_to_camera(point))
    assert errors[0] > 100
    assert errors[0] > errors[1] > errors[3]
    assert errors[-1] < 0.25 * errors[0]


def test_a_click_far_from_the_gaze_teaches_nothing() -> None:
    teacher = ClickTeacher(Mapping())
    teacher.see(0.0, readings())
    assert not teacher.click(0.1, SCREEN.px_to_camera((50.0, 1000.0)))
    assert teacher.mapping == Mapping()


def test_a_click_after_eyes_were_lost_teaches_nothing() -> None:
    teacher = ClickTeacher(Mapping())
    assert not teacher.click(0.1, SCREEN.px_to_camera(MIDDLE))
    teacher.see(0.0, readings(**DRIFT))
    assert not teacher.click(5.0, SCREEN.px_to_camera(MIDDLE))


def test_a_head_that_left_its_place_is_outside_the_hull() -> None:
    session = Person().sitting(9)
    labelled = label(session.of_kind("fit"), SCREEN, Estimates(FakeModel()).of)
    assert labelled is not None
    hull = Hull.around(labelled.readings)
    assert hull.distance(labelled.readings).max() < 0.2
    away = Person()
    away.move = lambda: None  # type: ignore[method-assign]
    away.middle_mm = np.array([90.0, 60.0, 600.0])
    assert hull.distance(readings(person=away)).min() > 2.0


def test_a_hull_comes_back_from_json() -> None:
    hull = Hull.around(readings())
    assert Hull.model_validate_json(hull.model_dump_json()) == hull
