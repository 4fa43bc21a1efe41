from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.calibration.fakes import CAMERA, SCREEN, FakeModel, Person
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.profile import (
    Profile,
    list_profiles,
    load_profile,
    older_path,
    profile_path,
    save_profile,
    stored_path,
)
from gaze_demo.errors import UserError


@pytest.fixture(scope="module")
def profile() -> Profile:
    calibration = calibrate(Person().sitting(9), [Estimates(FakeModel(gain=(0.7, 0.7)))])
    return Profile(
        name="Ada at the desk",
        created="2026-01-01T00:00:00Z",
        camera=CAMERA,
        screen=SCREEN,
        mappings=calibration.mappings,
        report=calibration.report,
    )


def test_a_profile_comes_back(profile: Profile, tmp_path: Path) -> None:
    path = save_profile(profile, tmp_path)
    assert path.name.startswith("ada-at-the-desk-")
    assert load_profile(path) == profile
    assert list(tmp_path.iterdir()) == [path]  # no half-written file is left


@pytest.mark.fault("one profile is damaged", "the others are listed")
def test_profiles_are_listed_newest_first_and_a_broken_one_hides_none(profile: Profile, tmp_path: Path) -> None:
    save_profile(profile, tmp_path)
    save_profile(profile.model_copy(update={"name": "Later", "created": "2026-02-01T00:00:00Z"}), tmp_path)
    (tmp_path / "broken.json").write_text("{")
    found, problems = list_profiles(tmp_path)
    assert [p.name for p in found] == ["Later", "Ada at the desk"]
    assert len(problems) == 1
    assert "broken.json" in problems[0]


@pytest.mark.fault("a profile's name is a path", "its file stays in the folder of profiles")
@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "con:", "..", "日本 語", "x" * 60])
def test_a_name_never_leads_out_of_the_folder(profile: Profile, name: str, tmp_path: Path) -> None:
    assert profile_path(profile.model_copy(update={"name": name}), tmp_path).parent == tmp_path


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("camera", {"name": "other"}),
        ("camera", {"width": 1280, "height": 720}),
        ("screen", {"name": "Projector"}),
        ("screen", {"width_px": 1280, "height_px": 720}),
    ],
)
def test_a_person_has_a_profile_for_each_camera_resolution_and_monitor(
    profile: Profile, part: str, change: dict[str, Any], tmp_path: Path
) -> None:
    other = profile.model_copy(update={part: getattr(profile, part).model_copy(update=change)})
    save_profile(profile, tmp_path)
    save_profile(other, tmp_path)
    assert len(list_profiles(tmp_path)[0]) == 2
    assert profile.fits(profile.camera, profile.screen)
    assert not profile.fits(other.camera, other.screen)


def test_a_new_calibration_at_the_same_place_replaces_the_one_before(profile: Profile, tmp_path: Path) -> None:
    save_profile(profile, tmp_path)
    save_profile(profile.model_copy(update={"created": "2026-03-01T00:00:00Z"}), tmp_path)
    assert [found.created for found in list_profiles(tmp_path)[0]] == ["2026-03-01T00:00:00Z"]


def test_a_profile_that_fits_has_nothing_to_explain(profile: Profile) -> None:
    assert profile.mismatches(CAMERA, SCREEN, ["fake"]) == []


@pytest.mark.parametrize(
    ("camera", "screen", "models", "named"),
    [
        ({"name": "other"}, {}, ["fake"], "camera 'fake'"),
        ({"width": 1280, "height": 720}, {}, ["fake"], "640 x 480 px"),
        ({"hfov_deg": 75.0}, {}, ["fake"], "field of view of 60"),
        ({}, {"name": "Projector"}, ["fake"], "monitor 'Test'"),
        ({}, {"width_px": 1280, "height_px": 720}, ["fake"], "1920 x 1080"),
        ({}, {}, ["fake", "newer"], "no calibration for newer"),
    ],
)
def test_a_mismatch_is_explained_with_the_remedy(
    profile: Profile, camera: dict[str, Any], screen: dict[str, Any], models: list[str], named: str
) -> None:
    sentences = profile.mismatches(CAMERA.model_copy(update=camera), SCREEN.model_copy(update=screen), models)
    assert len(sentences) == 1
    assert named in sentences[0]
    assert "calibrate" in sentences[0]


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("version",), 2, "version"),
        (("name",), "", "name"),
        (("screen", "width_mm"), -1, "screen.width_mm"),
        (("mappings", "fake", "gain"), [[1, 0]], "mappings.fake.gain"),
        (("mappings", "fake", "kappa_rad"), ["x", 0], "mappings.fake.kappa_rad"),
        (("mappings", "fake", "feature_weights"), [[1.0], []], "feature_weights"),
        (("mappings", "fake", "surprise"), 1, "mappings.fake.surprise"),
        (("report", "models", "fake", "latency_ms"), -1, "report.models.fake.latency_ms"),
        (("report", "models", "fake", "accuracy_deg"), 1e308, "report.models.fake.accuracy_deg"),
        (("report", "models", "fake", "parameters"), 10**400, "report.models.fake.parameters"),
    ],
)
def test_a_wrong_field_is_named(
    profile: Profile, tmp_path: Path, path: tuple[str, ...], value: object, named: str
) -> None:
    data = json.loads(profile.model_dump_json())
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(data))
    with pytest.raises(UserError, match=named):
        load_profile(file)


@pytest.mark.fault("a profile holds infinite numbers", "one sentence")
def test_infinite_numbers_are_refused(profile: Profile, tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(profile.model_dump_json().replace('"offset":[', '"offset":[1e999,', 1))
    with pytest.raises(UserError):
        load_profile(file)


def test_names_that_differ_only_in_capitals_or_signs_are_two_profiles(profile: Profile, tmp_path: Path) -> None:
    names = ["ada", "Ada", "ADA", "a da", "a-da"]
    for name in names:
        save_profile(profile.model_copy(update={"name": name}), tmp_path)
    assert sorted(found.name for found in list_profiles(tmp_path)[0]) == sorted(names)
    files = [path.name for path in tmp_path.iterdir()]
    assert len({name.lower() for name in files}) == len(names)  # also on a disk that ignores capitals


def test_a_profile_of_an_older_version_is_read_and_replaced_not_doubled(profile: Profile, tmp_path: Path) -> None:
    path = save_profile(profile, tmp_path)
    older = path.rename(older_path(profile, tmp_path))
    data = json.loads(older.read_text())
    del data["sittings"]
    older.write_text(json.dumps(data))
    assert stored_path(profile, tmp_path) == older
    save_profile(list_profiles(tmp_path)[0][0], tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        (("mappings", "fake", "gain"), [[1e5, 0], [0, 1]]),
        (("mappings", "fake", "kappa_rad"), [30.0, 0]),
        (("mappings", "fake", "lens_mm"), [1e6, 0]),
        (("mappings", "fake", "shift"), [0, -1e4]),
        (("hull",), {"low": [0, 0, 1e300, 0, 0], "high": [0, 0, 0, 0, 0]}),
        (("sittings",), [{"identity": "../../etc", "created": ""}]),
    ],
)
def test_numbers_that_no_calibration_has_are_refused(
    profile: Profile, tmp_path: Path, part: tuple[str, ...], value: object
) -> None:
    data = json.loads(profile.model_dump_json())
    place = data
    for key in part[:-1]:
        place = place[key]
    place[part[-1]] = value
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(data))
    with pytest.raises(UserError, match=part[0]):
        load_profile(file)
