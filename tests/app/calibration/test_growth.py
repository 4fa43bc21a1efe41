from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.calibration.fakes import FakeModel, Person
from gaze_demo.calibration import kept_profile
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.growth import MOST_SAMPLES, as_fit, belongs, clicks, thinned, together, unseen_accuracy_deg
from gaze_demo.calibration.kept_profile import delete_profile, grown, keep, load_sittings, profile_of, undone
from gaze_demo.calibration.profile import MOST_SITTINGS, Profile, load_profile, profile_path, sitting_path
from gaze_demo.calibration.sample import SittingData
from gaze_demo.errors import UserError

ERRORS: dict[str, Any] = {"gain": (0.7, 0.8), "bias_deg": (2.0, -3.0), "noise_deg": 2.5}


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every entry is loaded as a fake model that errs as `ERRORS` says."""
    monkeypatch.setattr(kept_profile, "load_model", lambda entry: FakeModel(entry.name, **ERRORS, seed=7))


def sitting(seed: int, points: int = 5) -> SittingData:
    return Person(seed=seed, sway_mm=(15.0, 10.0, 25.0), sway_rad=0.03).sitting(points)


def first(folder: Path, seed: int = 0) -> Profile:
    data = sitting(seed)
    profile = profile_of("Ada", data, calibrate(data, [Estimates(FakeModel(**ERRORS))]))
    keep(profile, data, folder)
    return profile


ENTRIES = [FakeModel().entry]


def test_later_sittings_make_a_profile_better(tmp_path: Path) -> None:
    profile = start = first(tmp_path)
    for seed in (1, 2, 3):
        profile, problems = grown(profile, sitting(seed), "calibration", ENTRIES, tmp_path)
        assert problems == []
    models = [Estimates(FakeModel(**ERRORS, seed=8))]
    before, after = (unseen_accuracy_deg(sitting(99, 16), models, one.mappings)["fake"] for one in (start, profile))
    assert after < 0.8 * before
    assert len(load_sittings(profile, tmp_path)) == 4
    assert load_profile(profile_path(profile, tmp_path)) == profile


def test_the_curve_tells_accuracy_on_frames_that_took_no_part(tmp_path: Path) -> None:
    profile = first(tmp_path)
    data = sitting(1)
    expected = unseen_accuracy_deg(data, [Estimates(FakeModel(**ERRORS, seed=7))], profile.mappings)["fake"]
    after, _ = grown(profile, data, "validation", ENTRIES, tmp_path)
    assert [kept.purpose for kept in after.sittings] == ["calibration", "validation"]
    assert after.sittings[-1].accuracy_deg["fake"] == pytest.approx(expected)
    assert after.mappings != profile.mappings  # now they have been added
    assert after.report.models["fake"].accuracy_deg != profile.report.models["fake"].accuracy_deg


def test_clicks_and_recentring_add_looks_and_leave_the_report(tmp_path: Path) -> None:
    profile = first(tmp_path)
    looks = [fixation.samples[:3] for fixation in sitting(1).fixations[:4]]
    taught = clicks(looks, sitting(1))
    after, _ = grown(profile, taught, "clicks", ENTRIES, tmp_path)
    assert after.report == profile.report
    assert after.sittings[-1].purpose == "clicks"
    assert len(after.sittings[-1].accuracy_deg) == 1
    assert load_sittings(after, tmp_path)[-1].identity == taught.identity


def test_the_last_step_is_undone_and_only_that(tmp_path: Path) -> None:
    profile = first(tmp_path)
    second, _ = grown(profile, sitting(1), "calibration", ENTRIES, tmp_path)
    third, _ = grown(second, sitting(2), "calibration", ENTRIES, tmp_path)
    back = undone(third, tmp_path)
    assert back == second
    assert load_profile(profile_path(back, tmp_path)) == second
    assert not sitting_path(third, third.sittings[-1].identity, tmp_path).is_file()
    assert len(load_sittings(back, tmp_path)) == 2
    with pytest.raises(UserError, match="no calibration to undo"):
        undone(back, tmp_path)


@pytest.mark.fault("the disk is full while a profile grows", "the profile stays as it was, with its samples")
@pytest.mark.parametrize("fails", ["save_sitting", "write_whole", "save_profile"])
def test_a_full_disk_leaves_the_profile_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    profile = first(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise UserError("No space left on device.")

    monkeypatch.setattr(kept_profile, fails, full)
    with pytest.raises(UserError, match="No space"):
        grown(profile, sitting(1), "calibration", ENTRIES, tmp_path)
    found = load_profile(profile_path(profile, tmp_path))
    assert found == profile
    assert len(load_sittings(found, tmp_path)) == 1


def test_deleting_a_grown_profile_leaves_nothing(tmp_path: Path) -> None:
    profile, _ = grown(first(tmp_path), sitting(1), "calibration", ENTRIES, tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    delete_profile(profile, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_older_looks_weigh_less_and_targets_stay_apart() -> None:
    merged = together([sitting(0), sitting(1)], sitting(2))
    weights = sorted({round(fixation.weight, 3) for fixation in merged.of_kind("fit")})
    assert weights == [round(0.5 ** (2 / 4), 3), round(0.5 ** (1 / 4), 3), 1.0]
    targets = [fixation.target for fixation in merged.of_kind("fit")]
    assert len(targets) == len(set(targets)) == 5 + 2 * (5 + 5)
    assert len(merged.of_kind("validation")) == 5
    assert merged.of_kind("validation")[0].samples[0] is not None


def test_a_validation_that_joins_a_fit_leaves_no_validation() -> None:
    joined = as_fit(sitting(0))
    assert joined.of_kind("validation") == []
    assert sum(len(f.samples) for f in joined.fixations) == sum(len(f.samples) for f in sitting(0).fixations)


def test_sittings_of_another_lens_or_screen_are_left_out() -> None:
    data = sitting(0)
    other_lens = replace(data, camera=data.camera.model_copy(update={"hfov_deg": 70.0}))
    other_screen = replace(data, screen=data.screen.with_card(300.0))
    assert belongs(data, sitting(1))
    assert not belongs(other_lens, data)
    assert not belongs(other_screen, data)
    assert together([other_lens, other_screen], data).fixations == data.fixations


def test_what_is_kept_is_bounded_spread_and_the_newest_of_each_place() -> None:
    past = [sitting(seed, 9) for seed in range(4)]
    total = sum(len(f.samples) for data in past for f in data.fixations)
    few = thinned(past, total // 3)
    counts = [sum(len(f.samples) for f in data.fixations) for data in few]
    assert sum(counts) <= total // 3
    assert counts[-1] > counts[0]  # the newest stay
    points = {tuple(np.round(s.point_px)) for one in few for f in one.fixations for s in f.samples}
    assert len(points) == 14  # no place of the screen is lost
    assert thinned(past, MOST_SAMPLES)[0].fixations[0].samples == past[0].fixations[0].samples
    assert thinned(past, 0)[0].fixations[0].samples == ()


def test_the_number_of_sittings_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_profile, "MOST_SITTINGS", 2)
    profile = first(tmp_path)
    for seed in (1, 2):
        profile, _ = grown(profile, sitting(seed), "calibration", ENTRIES, tmp_path)
    assert len(profile.sittings) == 2
    assert len(list(tmp_path.glob("*.npz"))) == 2
    assert MOST_SITTINGS >= 12


def test_models_added_later_are_fitted_to_all_sittings(tmp_path: Path) -> None:
    profile, _ = grown(first(tmp_path), sitting(1), "calibration", ENTRIES, tmp_path)
    again, _ = kept_profile.recalibrated(profile, [FakeModel("later").entry], tmp_path)
    assert set(again.mappings) == {"fake", "later"}
    assert again.report.models["later"].fit_targets == 5 + 10
    assert again.sittings == profile.sittings
