from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.calibration.fakes import CAMERA, SCREEN, FakeModel, Person
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.ellipse import Residuals, held, held_when_left_out, with_ellipse
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.on_screen import ProfileMap
from gaze_demo.calibration.profile import Profile
from gaze_demo.calibration.readings import label, read
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import Array
from gaze_demo.observation import Observation


class Honest(FakeModel):
    """Knows how uncertain it is: every third frame is five times as noisy, and the model says so."""

    def estimate(self, seen: Observation) -> GazeEstimate:
        noisy = seen.frame.index % 3 == 0
        own, self.noise_deg = self.noise_deg, self.noise_deg * (5.0 if noisy else 1.0)
        estimate = super().estimate(seen)
        said = np.radians(self.noise_deg)
        self.noise_deg = own
        return replace(estimate, covariance=np.eye(2) * said**2 / 4)  # half of the true spread: scaled later


def told(missing: Array, spread: Array | None = None, frames: int = 10) -> Residuals:
    unknown = np.full((len(missing), 2, 2), np.nan)
    return Residuals(missing, unknown if spread is None else spread, np.arange(len(missing)) // frames)


def test_an_ellipse_holds_ninety_in_a_hundred_of_the_frames_it_was_scaled_to() -> None:
    rng = np.random.default_rng(0)
    missing = rng.multivariate_normal([0, 0], [[4e-4, 2e-4], [2e-4, 9e-4]], 400)
    mapping = with_ellipse(Mapping(), told(missing))
    assert held(mapping, told(missing)) == pytest.approx(0.9, abs=0.02)
    fresh = told(rng.multivariate_normal([0, 0], [[4e-4, 2e-4], [2e-4, 9e-4]], 4000))
    assert held(mapping, fresh) == pytest.approx(0.9, abs=0.04)


def test_scaled_to_few_targets_it_holds_ninety_in_a_hundred_at_others() -> None:
    rng = np.random.default_rng(3)
    shares = []
    for _ in range(200):
        misses = rng.normal(0, 0.02, (25, 1, 2)) + rng.normal(0, 0.02, (25, 10, 2))  # of a target, of its frames
        mapping = with_ellipse(Mapping(), told(misses[:5].reshape(-1, 2)))
        shares.append(held(mapping, told(misses[5:].reshape(-1, 2))))
    assert 0.85 < np.mean(shares) < 0.95


def test_a_model_that_knows_which_frames_are_uncertain_gets_ellipses_of_their_size() -> None:
    rng = np.random.default_rng(1)
    sd = np.where(np.arange(600) % 3 == 0, 0.05, 0.01)
    spread = sd[:, None, None] ** 2 * np.eye(2)
    missing = rng.normal(0, 1, (600, 2)) * sd[:, None]
    mapping = with_ellipse(Mapping(), told(missing, spread))
    uncertain = np.arange(600) % 3 == 0
    shares = [held(mapping, told(missing[one], spread[one])) for one in (uncertain, ~uncertain)]
    assert min(shares) > 0.75
    assert held(mapping, told(missing, spread)) == pytest.approx(0.9, abs=0.01)
    assert mapping.spread_scale > 0


def test_without_anything_to_judge_by_the_ellipse_is_a_wide_one() -> None:
    mapping = with_ellipse(Mapping(), None)
    assert mapping.spread_floor[0] ** 0.5 == pytest.approx(np.tan(np.radians(4.0)))


def test_a_mapping_that_was_never_judged_has_no_ellipse() -> None:
    assert np.isnan(held(Mapping(), told(np.zeros((5, 2)))))


def test_what_is_reported_was_measured_without_the_target_itself() -> None:
    # One target is far off: an ellipse that was scaled to it holds it, one that was not does not.
    missing = np.concatenate([np.random.default_rng(2).normal(0, 0.01, (40, 2)), np.full((10, 2), 0.2)])
    seen = told(missing)
    far = seen.take(seen.target == 4)
    assert held(with_ellipse(Mapping(), seen), far) == 1.0
    assert held(with_ellipse(Mapping(), seen.take(seen.target != 4)), far) == 0.0
    assert held_when_left_out(Mapping(), None, seen) < 0.81


@pytest.mark.parametrize("model", [FakeModel(gain=(0.7, 0.8), noise_deg=1.5), Honest(gain=(0.8, 0.8), noise_deg=1.0)])
@pytest.mark.parametrize("points", [3, 9])
def test_after_a_calibration_the_ellipse_holds_about_ninety_in_a_hundred(model: FakeModel, points: int) -> None:
    shares = []
    for seed in range(2):
        report = calibrate(Person(seed=seed).sitting(points), [Estimates(model)]).report
        assert report.models["fake"].ellipse_held is not None
        shares.append(report.models["fake"].ellipse_held)
    assert 0.78 < np.mean(shares) < 0.99


def test_certain_frames_count_for_more_in_a_fit() -> None:
    session = Person().sitting(5)
    labelled = label(session.of_kind("fit"), session.screen, Estimates(Honest(noise_deg=0.5)).of)
    assert labelled is not None
    assert 0.25 <= labelled.weight.min() < 0.5
    assert 1.0 <= labelled.weight.max() < 2.0
    plain = label(session.of_kind("fit"), session.screen, Estimates(FakeModel(noise_deg=0.5)).of)
    assert plain is not None
    assert (plain.weight == 1.0).all()


def test_the_point_of_gaze_has_a_covariance_in_pixels() -> None:
    session = Person().sitting(9)
    model = Honest(noise_deg=0.5)
    result = calibrate(session, [Estimates(model)])
    profile = Profile(
        name="Ada",
        created="",
        camera=CAMERA,
        screen=SCREEN,
        mappings=result.mappings,
        hull=result.hull,
        report=result.report,
    )
    person, middle = Person(seed=3), np.array([960.0, 540.0])
    seen = [person.observe(middle, i / 30) for i in range(30)]
    points = [ProfileMap(profile).point(one, model.estimate(one)) for one in seen]
    inside = 0
    for point in points:
        assert point is not None
        assert point.covariance is not None
        away = point.px - middle
        inside += bool(away @ np.linalg.inv(point.covariance) @ away < 4.605)
    assert inside >= 22
    areas = [np.linalg.det(point.covariance) ** 0.25 for point in points if point is not None]  # type: ignore[arg-type]
    assert max(areas) > 1.5 * min(areas)  # uncertain frames have larger ellipses
    assert 5 < min(areas) < 200


def test_the_jacobian_is_what_small_changes_of_the_gaze_do() -> None:
    seen = Person().observe(np.array([300.0, 900.0]), 0.0)
    row = read(seen, FakeModel().estimate(seen))
    assert row is not None
    mapping = Mapping(gain=((1.2, 0.1), (0.0, 1.4)))
    moved = mapping.model_copy(update={"shift": (0.01, -0.02)})
    step = (moved.point_mm(row) - mapping.point_mm(row))[0, :2]
    assert mapping.jacobian_mm(row)[0] @ [0.01, -0.02] == pytest.approx(step, rel=0.05)
