from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.calibration.fakes import SCREEN, FakeModel, Person
from gaze_demo.calibration.calibrate import Estimates
from gaze_demo.calibration.corrections import Components, fit_affine, fit_offset, fit_ridges
from gaze_demo.calibration.fit import FREE_FRAMES, Choice, angular_errors, fit
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.readings import Labelled, label
from gaze_demo.calibration.sample import SittingData
from gaze_demo.geometry import Intrinsics, normalised

MOVING = {"sway_mm": (50.0, 25.0, 50.0), "sway_rad": 0.12}
REAL = {"gain": (0.6, 0.75), "bias_deg": (3.0, -4.0)}  # A typical model: compressed, and off by a few degrees


def labelled(sitting: SittingData, kind: str, **errors: object) -> Labelled:
    found = label(sitting.of_kind(kind), sitting.screen, Estimates(FakeModel(**errors)).of)
    assert found is not None
    return found


def fit_and_judge(sitting: SittingData, **errors: object) -> tuple[Choice, float]:
    """The choice, and the mean error in degrees at other targets, seen from where the eyes really are."""
    choice = fit(labelled(sitting, "fit", **errors))
    other = labelled(sitting, "validation", **errors)
    mapped = choice.mapping.point_mm(other.readings)
    px = sitting.screen.camera_to_px(mapped) - other.point_px
    return choice, float(np.degrees(np.arctan(np.linalg.norm(px * SCREEN.pitch_mm, axis=1) / 600)).mean())


def test_a_perfect_model_needs_no_calibration() -> None:
    other = labelled(Person(**MOVING).sitting(1), "validation")
    assert np.degrees(angular_errors(Mapping(), other)).max() < 1e-6


@pytest.mark.parametrize("head", [{}, MOVING], ids=["still", "moving"])
@pytest.mark.parametrize(("points", "left_deg"), [(1, 1.6), (2, 0.7), (3, 0.4), (9, 0.1)])
def test_a_constant_error_goes_the_further_the_more_points_say_so(head: dict, points: int, left_deg: float) -> None:
    choice, error = fit_and_judge(Person(**head).sitting(points), bias_deg=(2.0, -5.0))
    assert choice.mapping.correction != "none"
    assert error < left_deg


@pytest.mark.parametrize("head", [{}, MOVING], ids=["still", "moving"])
@pytest.mark.parametrize("points", [1, 2, 3, 5, 9, 16])
def test_a_good_model_does_not_become_worse(head: dict, points: int) -> None:
    """Its only error is different for each look, as if the head was in another place."""
    before, after = [], []
    for seed in range(6):
        sitting = Person(seed=seed, **head).sitting(points)
        fitting, other = (labelled(sitting, kind) for kind in ("fit", "validation"))
        rng = np.random.default_rng(seed)
        for one in (fitting, other):
            by_look = rng.normal(0, np.radians(1.0), (one.fixation.max() + 1, 3))[one.fixation]
            one.readings.gaze[:] = normalised(one.readings.gaze + by_look)
        before.append(np.degrees(angular_errors(Mapping(), other)).mean())
        after.append(np.degrees(angular_errors(fit(fitting).mapping, other)).mean())
    assert np.mean(after) < np.mean(before) + 0.15


def test_without_proof_on_left_out_targets_the_plain_geometry_stays() -> None:
    """Opposite errors along the two diagonals, which no offset, no gain and no cross-talk can correct."""
    some = labelled(Person().sitting(5), "fit")
    signs = np.array([0.0, 1.0, -1.0, -1.0, 1.0])[some.target]
    some.readings.gaze[:] = normalised(some.readings.gaze + np.radians(4.0) * signs[:, None] * [1.0, 0.0, 0.0])
    assert fit(some).mapping.correction == "none"


def test_a_feature_that_was_silent_at_the_targets_does_not_shout_later() -> None:
    sitting = Person().sitting(16)
    many, other = (labelled(sitting, kind, noise_deg=0.5, embedding=True, **REAL) for kind in ("fit", "validation"))
    rng = np.random.default_rng(1)
    silent = rng.normal(0, 1e-5, (len(many), 1)), rng.normal(0, 0.3, (len(other), 1))
    many, other = (
        replace(one, readings=replace(one.readings, features=np.concatenate([one.readings.features, extra], 1)))
        for one, extra in zip((many, other), silent, strict=True)
    )
    base = fit_affine(many, fit_offset(many))
    plain = np.degrees(angular_errors(base, other)).max()
    for ridge in fit_ridges(many, base, Components.of(many)):
        assert np.degrees(angular_errors(ridge, other)).max() < plain + 3.0


@pytest.mark.parametrize("head", [{}, MOVING], ids=["still", "moving"])
@pytest.mark.parametrize("points", [5, 9, 13, 16])
def test_a_compressed_model_is_corrected_also_where_the_head_moves(head: dict, points: int) -> None:
    choice, error = fit_and_judge(Person(**head).sitting(points), **REAL)
    assert choice.mapping.correction != "offset"
    assert error < 0.5


@pytest.mark.parametrize("head", [{}, MOVING], ids=["still", "moving"])
@pytest.mark.parametrize("hfov_deg", [45.0, 80.0])
def test_a_wrong_field_of_view_is_absorbed(head: dict, hfov_deg: float) -> None:
    wrong = Intrinsics.from_hfov(640, 480, hfov_deg)
    _, right_error = fit_and_judge(Person(**head).sitting(13), noise_deg=0.3, **REAL)
    _, wrong_error = fit_and_judge(Person(**head, camera=wrong).sitting(13), noise_deg=0.3, **REAL)
    assert wrong_error < right_error + 0.3


@pytest.mark.parametrize("head", [{}, MOVING], ids=["still", "moving"])
def test_a_camera_off_centre_is_absorbed(head: dict) -> None:
    moved = SCREEN.with_lens(SCREEN.lens_x_mm + 100, SCREEN.lens_y_mm)
    _, right_error = fit_and_judge(Person(**head).sitting(13), noise_deg=0.3)
    _, wrong_error = fit_and_judge(Person(**head, screen=moved).sitting(13), noise_deg=0.3)
    assert wrong_error < right_error + 0.3


def test_outliers_hardly_move_the_fit() -> None:
    clean = labelled(Person().sitting(9), "fit", noise_deg=0.5, **REAL)
    spoilt = labelled(Person().sitting(9), "fit", noise_deg=0.5, **REAL)
    spoilt.readings.gaze[::7] = normalised([0.3, 0.3, -0.9])
    other = labelled(Person().sitting(9), "validation", **REAL)
    errors = [np.degrees(angular_errors(fit_affine(x, fit_offset(x)), other)).mean() for x in (clean, spoilt)]
    assert errors[1] < errors[0] + 0.6


def test_below_a_hundred_frames_the_affine_map_wins() -> None:
    few = labelled(Person(**MOVING).sitting(9), "fit", noise_deg=1.0, embedding=True, **REAL)
    assert len(few) < FREE_FRAMES
    choice = fit(few)
    assert choice.mapping.correction == "affine"
    assert set(choice.left_out_deg) == {"none", "offset", "affine"}


def test_the_correction_is_chosen_by_targets_left_out() -> None:
    many = labelled(Person().sitting(16), "fit", noise_deg=0.5, **REAL)
    choice = fit(many)
    assert set(choice.left_out_deg) == {"none", "offset", "affine", "affine and head", "ridge"}
    assert choice.left_out_deg["affine"] < choice.left_out_deg["offset"]


def test_an_embedding_is_used_where_it_helps_clearly() -> None:
    """The embedding holds the true angles, the gaze itself hardly anything."""
    sitting = Person().sitting(16)
    noisy = {"noise_deg": 4.0, "embedding": True}
    choice, error = fit_and_judge(sitting, **noisy)
    _, without = fit_and_judge(sitting, noise_deg=4.0)
    assert choice.mapping.correction == "ridge"
    assert error < 0.85 * without


def test_more_points_do_not_make_it_worse() -> None:
    errors = [
        np.mean([fit_and_judge(Person(seed=seed).sitting(points), noise_deg=1.0, **REAL)[1] for seed in range(3)])
        for points in (1, 5, 16)
    ]
    assert errors[0] > errors[1] > errors[2] - 0.05


def test_other_features_than_those_fitted_are_refused() -> None:
    sitting = Person().sitting(16)
    with_embedding = labelled(sitting, "fit", noise_deg=4.0, embedding=True)
    without = labelled(sitting, "validation")
    with pytest.raises(ValueError, match="features"):
        fit(with_embedding).mapping.point_mm(without.readings)


def test_nothing_to_fit_to_is_an_error() -> None:
    some = labelled(Person().sitting(1), "fit")
    with pytest.raises(ValueError, match="nothing"):
        fit(some.take(np.zeros(len(some), bool)))
