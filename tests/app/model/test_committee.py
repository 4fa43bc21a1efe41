import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.drawn_face import head_pose, observation
from app.model.test_session_sure import CLEAR, CONDITION, closed
from app.tiny_models import LEVEL_EYES_INPUTS, constant_vector, follows_head, level_eyes_contract, tells_of_itself
from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import Array, Intrinsics, vector_to_pitch_yaw
from gaze_demo.model.load import GazeEstimator, load_model
from gaze_demo.model.registry import default_pair, find_model, list_models, scan_models
from gaze_demo.normalisation.normalise import normalising_rotation
from gaze_demo.observation import Observation, Reason


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of models, with no others beside it."""
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr(paths, "models", lambda: tmp_path / "shipped")
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path)
    return tmp_path


def write(folder: Path, *members: dict[str, Any], name: str = "both.json", **fields: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps({"kind": "committee", "members": members, **fields}))
    return path


def looks(folder: Path, name: str, pitch_deg: float, yaw_deg: float, **rows: Any) -> Path:
    """A model whose left eye always answers these angles; the right one, mirrored, agrees with it."""
    angles = [[float(np.radians(pitch_deg)), float(np.radians(yaw))] for yaw in (yaw_deg, -yaw_deg)]
    return tells_of_itself(folder / f"{name}.onnx", rows, angles, **_outputs(rows))


def _outputs(rows: dict[str, Any]) -> dict[str, Any]:
    outputs = {"condition": CONDITION, "covariance": {"tensor": "covariance"}}
    return {f"output__{name}": outputs[name] for name in rows}


def load(path: Path) -> GazeEstimator:
    return load_model(find_model(str(path)))


def local(seen: Observation, estimate: GazeEstimate) -> Array:
    """Pitch and yaw in degrees, in the frame in which committees average."""
    assert seen.pose is not None
    assert estimate.gaze is not None
    frame = normalising_rotation(seen.pose.eyes_middle_mm, seen.pose.rotation)
    return np.degrees(vector_to_pitch_yaw(frame @ estimate.gaze))


def test_a_committee_answers_with_the_mean_of_its_members(folder: Path) -> None:
    looks(folder, "high", 10.0, 4.0)
    looks(folder, "low", -2.0, 8.0)
    seen = observation(head_pose(5, 8, 10, at_mm=(40, -20, 600)))
    committee = load(write(folder, {"model": "high"}, {"model": "low"}))
    estimate = committee.estimate(seen)
    single = [local(seen, load_model(find_model(name)).estimate(seen)) for name in ("high", "low")]
    assert local(seen, estimate) == pytest.approx(np.mean(single, 0), abs=0.01)
    assert estimate.model == "both"
    assert estimate.reason is Reason.NONE
    assert estimate.model_ms > 0


def test_weights_gains_and_offsets_are_told_apart_for_pitch_and_yaw(folder: Path) -> None:
    looks(folder, "a", 6.0, 0.0)
    looks(folder, "b", 2.0, 5.0)
    offset = [0.0, float(np.radians(1.0))]
    scaled = {"model": "b", "weight": [3.0, 1.0], "gain": [2.0, 1.4], "offset_rad": offset}
    far, telephoto = 1e6, Intrinsics(640, 480, 1e6, 1e6, 320.0, 240.0)
    seen = observation(head_pose(at_mm=(0, 0, far)), telephoto)  # so far away that both eyes look along one axis
    estimate = load(write(folder, {"model": "a"}, scaled)).estimate(seen)
    assert local(seen, estimate) == pytest.approx([(6.0 + 3 * 4.0) / 4, (0.0 + 8.0) / 2], abs=0.05)


def test_what_a_member_follows_the_head_is_taken_off(folder: Path) -> None:
    follows_head(folder / "turning.onnx")
    looks(folder, "still", 0.0, 0.0)
    committee = load(write(folder, {"model": "turning", "head": [-1.0, -1.0]}, {"model": "still"}))
    seen = observation(head_pose(12, 20, 0))
    assert local(seen, committee.estimate(seen)) == pytest.approx([0.0, 0.0], abs=1.0)


def test_latency_is_the_sum_and_figures_are_those_of_all_members(folder: Path) -> None:
    follows_head(folder / "a.onnx", parameters=10, macs=100, licence="MIT")
    follows_head(folder / "b.onnx", parameters=5, macs=None, licence="Apache-2.0")
    entry = find_model(str(write(folder, {"model": "a"}, {"model": "b"}, title="Both")))
    assert entry.contract.parameters == 15
    assert entry.contract.macs is None
    assert entry.contract.licence == "MIT, Apache-2.0"
    assert entry.contract.role == "other"
    assert entry.size_bytes > sum((folder / f"{name}.onnx").stat().st_size for name in "ab")


def test_a_committee_is_listed_and_found_by_its_name_and_is_not_shown_at_first(folder: Path) -> None:
    for name, role in (("teacher", "teacher"), ("mobilenet25", "student")):
        follows_head(folder / f"{name}.onnx", role=role)
    write(folder, {"model": "teacher"}, {"model": "mobilenet25"})
    assert [entry.name for entry in list_models()] == ["teacher", "mobilenet25", "both"]
    assert [entry.name for entry in default_pair(list_models())] == ["teacher", "mobilenet25"]
    assert load_model(find_model("both")).estimate(observation()).gaze is not None


def test_contracts_and_cards_are_no_committees(folder: Path) -> None:
    follows_head(folder / "a.onnx")
    (folder / "a.card.json").write_text("{}")
    (folder / "notes.json").write_text("[]")
    models = scan_models()
    assert [entry.name for entry in models.entries] == ["a"]
    assert models.problems == ()
    with pytest.raises(UserError, match=r"notes\.json is not a committee"):
        find_model(str(folder / "notes.json"))


def test_a_member_can_be_a_path_below_the_committee(folder: Path) -> None:
    (folder / "inside").mkdir()
    follows_head(folder / "inside" / "a.onnx")
    follows_head(folder / "b.onnx")
    entry = find_model(str(write(folder, {"model": "inside/a.onnx"}, {"model": "b"})))
    assert [member.name for member in entry.members] == ["a", "b"]


# What a committee's file says wrongly, and what the sentence names.
@pytest.mark.parametrize(
    ("members", "named"),
    [
        pytest.param([{"model": "a"}], "members", id="one member"),
        pytest.param([{"model": "a"}, {"model": "a"}], "once", id="a member twice"),
        pytest.param([{"model": "a"}, {"model": "nobody"}], "'nobody'", id="a member nobody has"),
        pytest.param([{"model": "a"}, {"model": "../b.onnx"}], "below", id="a path that leaves the folder"),
        pytest.param([{"model": "a"}, {"model": "/b.onnx"}], "below", id="an absolute path"),
        pytest.param([{"model": "a"}, {"model": "b", "weight": [0, 1]}], "weight", id="no weight"),
        pytest.param([{"model": "a"}, {"model": "b", "gain": [1e9, 1]}], "gain", id="a gain that cannot be"),
        pytest.param([{"model": "a"}, {"model": "b", "gains": [1, 1]}], "gains", id="a field nobody knows"),
        pytest.param([{"model": "a"}, {"model": "both"}], "'both'", id="itself"),
        pytest.param([{"model": "a"}, {"model": "other"}], "'other'", id="another committee"),
        pytest.param([{"model": f"m{i}"} for i in range(9)], "members", id="too many"),
    ],
)
def test_a_wrong_committee_is_told_in_one_sentence_and_hides_no_model(
    folder: Path, members: list[dict[str, Any]], named: str
) -> None:
    follows_head(folder / "a.onnx")
    follows_head(folder / "b.onnx")
    write(folder, {"model": "a"}, {"model": "b"}, name="other.json")
    path = write(folder, *members)
    with pytest.raises(UserError, match=named) as error:
        find_model(str(path))
    assert "both.json" in str(error.value)
    assert "\n" not in str(error.value)
    models = scan_models()
    assert {entry.name for entry in models.entries} == {"a", "b", "other"}
    assert len(models.problems) == 1
    with pytest.raises(UserError, match=r"both\.json"):
        find_model("both")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"kind": "committee"' + " " * 300_000 + "}"])
def test_a_damaged_committee_is_one_sentence(folder: Path, text: str) -> None:
    (folder / "both.json").write_text(text)
    with pytest.raises(UserError, match=r"both\.json"):
        find_model(str(folder / "both.json"))


def test_a_member_that_does_not_run_is_named(folder: Path) -> None:
    follows_head(folder / "a.onnx")
    follows_head(folder / "b.onnx", output__tensor="look")
    with pytest.raises(UserError, match=r"b\.onnx.*'look'"):
        load(write(folder, {"model": "a"}, {"model": "b"}))


def test_without_an_answer_of_every_member_there_is_no_gaze(folder: Path) -> None:
    looks(folder, "a", 0.0, 0.0)
    constant_vector(folder / "silent.onnx", [0.0, 0.0, 0.0], level_eyes_contract(), LEVEL_EYES_INPUTS)
    estimate = load(write(folder, {"model": "a"}, {"model": "silent"})).estimate(observation())
    assert estimate.gaze is None
    assert estimate.reason is Reason.NO_ANSWER


def test_the_member_that_sees_the_iris_decides_for_all(folder: Path) -> None:
    looks(folder, "sighted", 0.0, 0.0, condition=[CLEAR, CLEAR])
    constant_vector(folder / "plain.onnx", [0.0, 0.0, -1.0], level_eyes_contract(), LEVEL_EYES_INPUTS)
    committee = load(write(folder, {"model": "plain"}, {"model": "sighted"}))
    assert committee.estimate(closed(observation())).gaze is not None
    shut = [[0.0, 0.0, 0.0, 0.0, 0.0]] * 2
    looks(folder, "sighted", 0.0, 0.0, condition=shut)
    blinking = load(folder / "both.json").estimate(observation())
    assert blinking.gaze is None
    assert blinking.reason is Reason.EYE_CLOSED
    assert blinking.left_condition is not None


def test_the_covariance_is_that_of_the_members_that_have_one(folder: Path) -> None:
    sure = [[1e-4, 2e-4, 0.0]] * 2
    looks(folder, "sure", 0.0, 0.0, covariance=sure)
    looks(folder, "silent", 0.0, 0.0)
    seen = observation()
    committee = load(write(folder, {"model": "sure", "gain": [2.0, 1.0]}, {"model": "silent"}))
    estimate, single = committee.estimate(seen), load_model(find_model("sure")).estimate(seen)
    assert estimate.covariance is not None
    assert single.covariance is not None
    assert estimate.covariance[0, 0] == pytest.approx(4 * single.covariance[0, 0], rel=0.05)
    assert estimate.covariance[1, 1] == pytest.approx(single.covariance[1, 1], rel=0.05)


def test_no_face_gives_no_gaze(folder: Path) -> None:
    looks(folder, "a", 0.0, 0.0)
    looks(folder, "b", 0.0, 0.0)
    nobody = Observation(observation().frame, observation().camera, *[None] * 4, Reason.NO_FACE, 0.0, 0.0)
    estimate = load(write(folder, {"model": "a"}, {"model": "b"})).estimate(nobody)
    assert estimate.gaze is None
    assert estimate.reason is Reason.NO_FACE


def test_the_committees_that_ship_run() -> None:
    entries = {entry.name: entry for entry in list_models()}
    for name, first in (("teacher-adas", "teacher"), ("mobilenet25-adas", "mobilenet25")):
        entry = entries[name]
        assert [member.name for member in entry.members] == [first, "gaze-estimation-adas-0002"]
        assert "Intel" in entry.contract.attribution
        estimate = load_model(entry).estimate(observation())  # of a picture without eyes, which the members say
        assert estimate.left_condition is not None
        assert estimate.reason is not Reason.NO_ANSWER
    assert [entry.name for entry in default_pair(list(entries.values()))] == ["teacher", "mobilenet25"]
