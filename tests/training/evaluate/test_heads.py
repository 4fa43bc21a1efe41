"""The whole-head test: figures of made-up answers, place errors of known displacements, and the true model's heads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaze_demo.camera.frame import Frame
from gaze_demo.geometry import Array, rotation_from_angles
from gaze_demo.landmarks.head_pose import HeadPose
from gaze_demo.observation import Observation, Reason
from gaze_demo.observer import Observer
from gaze_training.cli import main
from gaze_training.data.head_mesh import load_head_mesh
from gaze_training.data.whole_head import (
    CAMERA,
    HeadPicture,
    Placing,
    draw_person,
    photograph,
    render_whole_head,
)
from gaze_training.evaluate.head_place import PLACE_COLUMNS, place_errors, with_exact_pose
from gaze_training.evaluate.head_scenes import PICTURES_IN_SERIES, head_scenes, series_of_placings
from gaze_training.evaluate.heads import Answers, series_slope, summarise
from gaze_training.evaluate.table import heads_tables
from training.ict_stand_in import write_ict_stand_in


@pytest.fixture(scope="module")
def ict(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ict_stand_in(tmp_path_factory.mktemp("ict") / "ict.npz")


@pytest.fixture(scope="module")
def picture(ict: Path) -> HeadPicture:
    mesh = load_head_mesh(ict)
    head = rotation_from_angles(*np.radians([5, 12, 3]))
    placing = Placing(head, np.array([20.0, -10.0, 620.0]), np.array([0.0, 80.0, 0.0]))
    return render_whole_head(mesh, draw_person(np.random.default_rng(2), mesh), placing)


@pytest.fixture
def exact(picture: HeadPicture) -> Observation:
    image = np.zeros((CAMERA.height, CAMERA.width, 3), np.uint8)
    seen = Observation(Frame(image, 0, 0.0), CAMERA, None, None, None, None, Reason.NONE, 0.0, 0.0)
    return with_exact_pose(picture, replace(seen, pose=HeadPose(np.eye(3), np.zeros(3))))


def errors(picture: HeadPicture, seen: Observation) -> dict[str, float]:
    return dict(zip(PLACE_COLUMNS, place_errors(picture, seen), strict=True))


def test_the_exact_pose_has_no_error_but_the_faces_own_size(picture: HeadPicture, exact: Observation) -> None:
    found = errors(picture, exact)
    for name in PLACE_COLUMNS[:5]:
        assert found[name] == pytest.approx(0, abs=0.6), name
    assert found["eye in crop temporal, px"] == pytest.approx(0, abs=1.0)
    assert found["crop roll, deg"] == pytest.approx(0, abs=0.1)


def test_a_pose_that_is_off_is_told_as_it_is(picture: HeadPicture, exact: Observation) -> None:
    assert exact.pose is not None
    before = errors(picture, exact)
    turned = HeadPose(rotation_from_angles(0, np.radians(2)) @ exact.pose.rotation, exact.pose.translation_mm)
    assert errors(picture, replace(exact, pose=turned))["head yaw, deg"] == pytest.approx(2, abs=0.1)

    down = picture.truth.head_rotation[:, 1] * 3.0
    moved = HeadPose(exact.pose.rotation, exact.pose.translation_mm + down)
    after = errors(picture, replace(exact, pose=moved))
    assert after["centre down, mm"] - before["centre down, mm"] == pytest.approx(3, abs=0.3)
    assert after["centre from eyeball down, mm"] - before["centre from eyeball down, mm"] == pytest.approx(3, abs=0.3)
    # A crop that is centred too low shows the eye too high; 1.6 px are 1 mm.
    assert after["eye in crop down, px"] - before["eye in crop down, px"] == pytest.approx(-4.8, abs=0.5)


def test_without_a_face_nothing_is_told(picture: HeadPicture, exact: Observation) -> None:
    assert np.isnan(place_errors(picture, replace(exact, pose=None))).all()


def test_the_slope_of_series_leaves_the_offsets_of_people_out() -> None:
    person = np.repeat([0, 1, 2], [7, 7, 2])
    x = np.concatenate([np.linspace(-20, 20, 7)] * 2 + [[0, 1]])
    y = np.where(person == 0, 0.1 * x + 5, 0.3 * x - 7) + np.where(person == 2, 100, 0)
    result = series_slope(x, y, person)
    assert (result.slope, result.people) == pytest.approx((0.2, 0.1))
    assert np.isnan(series_slope(x[-2:], y[-2:], person[-2:]).slope)


def made_answers() -> Answers:
    rng = np.random.default_rng(1)
    kind = np.repeat(["anywhere", "turn pitch", "turn yaw", "irises pitch", "irises yaw"], [60, 10, 10, 10, 10])
    turned = np.where(kind == "anywhere", 0, np.tile(np.linspace(-10, 10, 5), 20))
    head, true = rng.normal(0, 12, (100, 2)), rng.normal(0, 10, (100, 2))
    head[60:80], true[60:80] = np.c_[turned, turned][60:80], [-8, 3]
    head[80:], true[80:] = 0, np.c_[turned, turned][80:]
    answer = np.stack([true, 0.7 * true + 0.2 * head + [1, -2]])
    answer[1, 3] = np.nan
    error = np.linalg.norm(answer - true, axis=-1)
    place: Array = np.tile(np.arange(float(len(PLACE_COLUMNS))), (100, 1))
    place[0] = np.nan
    person = np.repeat(np.arange(20), 5)
    return Answers(kind, person, turned, true, head, answer, error, place, np.arange(100) != 0)


def test_figures_of_answers_that_are_known() -> None:
    result = summarise(["made"], made_answers())
    right, off = result.models
    assert (right.error, right.pitch.gain, right.turn_yaw.slope, right.irises_pitch.slope) == pytest.approx(
        (0, 1, 0, 1)
    )
    assert (off.pitch.gain, off.pitch.per_head, off.yaw.per_head) == pytest.approx((0.7, 0.2, 0.2))
    assert (off.turn_pitch.slope, off.turn_yaw.slope) == pytest.approx((0.2, 0.2))
    assert (off.irises_pitch.slope, off.irises_yaw.r2) == pytest.approx((0.7, 1.0))
    assert (result.found, off.answered) == pytest.approx((59 / 60, 59 / 60))
    assert [(row.bias, row.spread) for row in result.places] == [(k, 0) for k in range(len(PLACE_COLUMNS))]
    assert [row.model for row in result.models] == ["made", "made, exact pose"]


def test_tables_name_every_model_and_measure() -> None:
    text = heads_tables(summarise(["made"], made_answers()))
    assert text.count("made, exact pose") == 2
    assert all(name in text for name in PLACE_COLUMNS)


def test_scenes_are_the_same_for_the_same_seed(ict: Path) -> None:
    mesh = load_head_mesh(ict)
    first, again, other = (next(head_scenes(mesh, 1, 0, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.image, again.image)
    assert (first.image != other.image).any()


def test_in_a_series_only_the_head_or_only_the_target_moves() -> None:
    series = list(series_of_placings(np.random.default_rng(3)))
    assert len(series) == PICTURES_IN_SERIES
    turns = [placing for kind, _, placing in series if kind == "turn yaw"]
    irises = [placing for kind, _, placing in series if kind == "irises yaw"]
    assert np.ptp([placing.target_mm for placing in turns], axis=0) == pytest.approx(0)
    assert np.ptp([placing.head for placing in irises], axis=0) == pytest.approx(0)
    assert len({placing.head[0, 2] for placing in turns}) == len(turns)
    assert len({placing.target_mm[0] for placing in irises}) == len(irises)


@pytest.mark.parametrize("arguments", [["--count", "3"], []])
def test_what_a_user_got_wrong_is_one_sentence(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.npz").write_bytes(b"nothing")
    assert main(["evaluate", "heads", str(tmp_path / "no.npz"), "--model", "teacher", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_app_finds_heads_of_the_true_model_where_they_are(shared: Path) -> None:
    path = shared / "data" / "ict_facekit" / "ict_face_model_light.npz"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    mesh = load_head_mesh(path)
    with Observer(video=False) as observer:
        for seed in range(4):
            rng = np.random.default_rng(seed)
            head = rotation_from_angles(0, np.radians(6.0 * (seed - 1.5)))
            placing = Placing(head, np.array([0.0, -20.0, 550.0]), np.array([0.0, 100.0, 0.0]))
            picture = render_whole_head(mesh, draw_person(rng, mesh), placing)
            found = errors(picture, observer.observe(Frame(photograph(rng, picture), 0, 0.0)))
            assert abs(found["head yaw, deg"]) < 5
            assert abs(found["head roll, deg"]) < 4
            assert np.hypot(found["centre temporal, mm"], found["centre down, mm"]) < 8
