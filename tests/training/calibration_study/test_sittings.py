from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.calibration.fakes import SCREEN, FakeModel, Person
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.intrinsics import Lens
from gaze_training.calibration_study.sittings import only_targets, seen_through


def test_fewer_targets_leave_the_validation_whole() -> None:
    session = Person().sitting(9)
    fewer = only_targets(session, {0, 3})
    assert {f.target for f in fewer.of_kind("fit")} == {0, 3}
    assert len(fewer.of_kind("validation")) == len(session.of_kind("validation")) == 5


@pytest.mark.parametrize("hfov_deg", [45.0, 80.0])
def test_another_lens_moves_the_head_nearer_or_farther_and_not_aside(hfov_deg: float) -> None:
    session = Person(sway_mm=(30.0, 30.0, 0.0)).sitting(1)
    stretch = np.tan(np.radians(30.0)) / np.tan(np.radians(hfov_deg / 2))
    wrong = seen_through(session, Lens(hfov_deg))
    assert wrong.distance_mm == pytest.approx(session.distance_mm * stretch, rel=0.03)
    assert wrong.camera.hfov_deg == pytest.approx(hfov_deg)
    for before, after in zip(session.fixations, wrong.fixations, strict=True):
        poses = before.samples[0].observation.pose, after.samples[0].observation.pose
        assert poses[0] is not None
        assert poses[1] is not None
        np.testing.assert_allclose(poses[1].eyes_middle_mm[:2], poses[0].eyes_middle_mm[:2], atol=8)


def test_a_screen_thought_to_be_elsewhere_is_absorbed_from_the_same_frames() -> None:
    session = Person().sitting(13)
    moved = SCREEN.with_lens(SCREEN.lens_x_mm + 100, SCREEN.lens_y_mm)
    right, wrong = (
        calibrate(one, [Estimates(FakeModel(gain=(0.7, 0.8), noise_deg=0.3))]).report.models["fake"]
        for one in (session, replace(session, screen=moved))
    )
    assert right.accuracy_true_deg is not None
    assert wrong.accuracy_true_deg is not None
    assert wrong.uncalibrated is not None
    assert wrong.uncalibrated.accuracy_deg > 8
    assert wrong.accuracy_true_deg < right.accuracy_true_deg + 0.3
