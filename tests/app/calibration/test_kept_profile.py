from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.calibration.fakes import FakeModel, Person
from app.tiny_models import binned, face_box_contract, merged
from gaze_demo.calibration import kept_profile
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.kept_profile import (
    delete_profile,
    keep,
    load_estimates,
    load_sittings,
    profile_of,
    recalibrated,
)
from gaze_demo.calibration.profile import Profile, list_profiles, load_profile, profile_path, samples_path
from gaze_demo.calibration.sample import SittingData
from gaze_demo.calibration.sitting_file import save_sitting
from gaze_demo.errors import UserError
from gaze_demo.model.registry import find_model


def sitting(seed: int = 0, name: str = "Ada") -> tuple[Profile, SittingData]:
    data = Person(seed=seed).sitting(5)
    return profile_of(name, data, calibrate(data, [Estimates(FakeModel(gain=(0.7, 0.7)))])), data


@pytest.fixture
def loads_fakes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Every entry is loaded as a fake model."""

    def load(entry: Any) -> FakeModel:
        return FakeModel(entry.name, gain=(0.7, 0.7))

    monkeypatch.setattr(kept_profile, "load_model", load)
    return load


def test_profile_and_samples_have_one_identity(tmp_path: Path) -> None:
    profile, data = sitting()
    keep(profile, data, tmp_path)
    assert [kept.identity for kept in profile.sittings] == [data.identity]
    assert load_sittings(profile, tmp_path)[0].identity == data.identity


@pytest.mark.fault("the disk is full while a profile is kept", "the old profile stays beside its own samples")
@pytest.mark.parametrize("fails", ["save_sitting", "save_profile"])
def test_a_disk_that_fills_up_leaves_the_old_profile_with_its_own_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    old, old_data = sitting()
    keep(old, old_data, tmp_path)

    def full(*_: object) -> None:
        raise UserError("No space left on device.")

    monkeypatch.setattr(kept_profile, fails, full)
    new, new_data = sitting(seed=1)
    with pytest.raises(UserError, match="No space"):
        keep(new, new_data, tmp_path)
    found = load_profile(profile_path(old, tmp_path))
    assert found == old
    assert load_sittings(found, tmp_path)[0].identity == old_data.identity


def test_a_new_calibration_leaves_no_old_samples_behind(tmp_path: Path) -> None:
    keep(*sitting(), tmp_path)
    new, data = sitting(seed=1)
    keep(new, data, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [profile_path(new, tmp_path).name, samples_path(new, tmp_path).name]
    )


@pytest.mark.fault("the samples beside a profile are those of another sitting", "one sentence; nothing is mixed")
def test_samples_of_another_sitting_are_refused(tmp_path: Path) -> None:
    profile, data = sitting()
    keep(profile, data, tmp_path)
    save_sitting(Person(seed=5).sitting(5), samples_path(profile, tmp_path))
    with pytest.raises(UserError, match="another sitting: calibrate again"):
        load_sittings(profile, tmp_path)


def test_models_are_added_from_the_kept_samples(tmp_path: Path, loads_fakes: object) -> None:
    profile, data = sitting()
    keep(profile, data, tmp_path)
    again, problems = recalibrated(profile, [FakeModel("later").entry], tmp_path)
    assert problems == []
    assert set(again.mappings) == {"fake", "later"}
    assert load_profile(profile_path(profile, tmp_path)) == again


def test_an_old_profile_without_identities_goes_on(tmp_path: Path, loads_fakes: object) -> None:
    profile, data = sitting()
    old = profile.model_copy(update={"sittings": ()})
    keep(old, replace(data, identity=""), tmp_path)
    save_sitting(replace(data, identity=""), samples_path(old, tmp_path))
    again, _ = recalibrated(old, [FakeModel("later").entry], tmp_path)
    assert len(again.sittings) == 1
    assert load_sittings(again, tmp_path)[0].identity == again.sittings[0].identity


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_nobody_else_can_read_what_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir(mode=0o755)
    keep(*sitting(), folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_deleting_a_profile_leaves_nothing_of_it_and_all_of_others(tmp_path: Path) -> None:
    profile, data = sitting()
    other, other_data = sitting(seed=1, name="ada")
    keep(profile, data, tmp_path)
    keep(other, other_data, tmp_path)
    delete_profile(profile, tmp_path)
    assert list_profiles(tmp_path)[0] == [other]
    assert len(list(tmp_path.iterdir())) == 2
    assert load_sittings(other, tmp_path)[0].identity == other_data.identity


def test_a_model_that_looks_farther_than_was_kept_is_left_out(tmp_path: Path) -> None:
    contract = merged(face_box_contract(90, 4.0, -180.0), {"input__scale": 3.0})
    entry = find_model(str(binned(tmp_path / "wide.onnx", contract, 0.0, 0.0)))
    data = Person().sitting(1)
    assert "needs a larger part of the picture" in load_estimates([entry], data)[1][0]
    assert load_estimates([entry], replace(data, margin=1.5))[1] == []
