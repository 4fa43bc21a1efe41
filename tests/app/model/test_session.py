from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper

from app.drawn_face import head_pose, mirrored, observation
from app.tiny_models import (
    LEVEL_EYES_INPUTS,
    binned,
    constant_vector,
    face_box_contract,
    follows_head,
    level_eyes_contract,
    merged,
    normalised_eyes_contract,
    normalised_face_contract,
    save,
)
from gaze_demo.geometry import (
    FORWARD,
    Array,
    angle_between,
    mirror_vector,
    normalised,
    pitch_yaw_to_vector,
    rotation_from_angles,
    vector_to_pitch_yaw,
)
from gaze_demo.model.contract import ContractError
from gaze_demo.model.registry import find_model
from gaze_demo.model.session import GazeModel
from gaze_demo.observation import Observation, Reason

POSES = [(0, 0, 0), (12, 25, 0), (-15, -20, 12)]


def load(path: Path) -> GazeModel:
    return GazeModel(find_model(str(path)))


def degrees(gaze: Array | None) -> list[float]:
    assert gaze is not None
    return list(np.degrees(vector_to_pitch_yaw(gaze)))


@pytest.mark.parametrize("batch", ["N", 2, 1], ids=["open batch", "batch of 2", "batch of 1"])
@pytest.mark.parametrize("pose", POSES)
def test_what_a_model_reads_in_the_normalised_frame_is_told_in_the_camera_frame(
    tmp_path: Path, pose: tuple[float, ...], batch: int | str
) -> None:
    # This model answers with the head's direction as it sees it: in the camera frame that is the head's own.
    seen = replace_image(observation(head_pose(*pose, at_mm=(60, -30, 550))), 127)
    assert seen.pose is not None
    estimate = load(follows_head(tmp_path / "tiny.onnx", batch)).estimate(seen)
    facing = seen.pose.rotation @ FORWARD
    for gaze in (estimate.gaze, estimate.left, estimate.right):
        assert gaze is not None
        assert np.degrees(angle_between(gaze, facing)) < 0.01
    assert estimate.model == "tiny"
    assert estimate.reason is Reason.NONE
    assert estimate.origin_mm == pytest.approx(seen.pose.eyes_middle_mm)
    assert estimate.normalisation_ms > 0
    assert estimate.model_ms > 0
    assert estimate.embedding is not None
    assert estimate.embedding.shape == (2, 5)


@pytest.mark.parametrize("pose", POSES)
def test_a_mirrored_observation_gives_mirrored_gaze(tmp_path: Path, pose: tuple[float, ...]) -> None:
    model = load(follows_head(tmp_path / "tiny.onnx"))
    seen = observation(head_pose(*pose, at_mm=(60, -30, 550)))
    here, there = model.estimate(seen), model.estimate(mirrored(seen))
    for gaze, other in ((here.left, there.right), (here.right, there.left), (here.gaze, there.gaze)):
        assert gaze is not None
        assert other is not None
        assert np.degrees(angle_between(mirror_vector(gaze), other)) < 0.05
    assert here.left is not None
    assert here.right is not None
    assert angle_between(here.left, here.right) > 1e-5  # the crops differ, so this compared something


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_eye_that_cannot_be_read_is_left_out_and_the_other_counts(tmp_path: Path, side: str) -> None:
    seen = observation(head_pose(5, 10, 0))
    closed = replace(getattr(seen, side), reason=Reason.EYE_CLOSED)
    estimate = load(follows_head(tmp_path / "tiny.onnx")).estimate(replace(seen, **{side: closed}))
    other = estimate.right if side == "left" else estimate.left
    assert getattr(estimate, side) is None
    assert other is not None
    assert estimate.gaze == pytest.approx(other)


def test_an_observation_without_gaze_passes_its_reason_on(tmp_path: Path) -> None:
    seen = replace(observation(), landmarks=None, pose=None, left=None, right=None, reason=Reason.NO_FACE)
    estimate = load(follows_head(tmp_path / "tiny.onnx")).estimate(seen)
    assert estimate.gaze is None
    assert estimate.reason is Reason.NO_FACE
    assert estimate.model_ms == 0


@pytest.mark.fault("a model answers with NaN", "no gaze, with that reason")
def test_a_model_that_answers_with_no_number_gives_no_gaze(tmp_path: Path) -> None:
    path = constant_vector(tmp_path / "tiny.onnx", [0.0, 0.0, 0.0], level_eyes_contract(), LEVEL_EYES_INPUTS)
    estimate = load(path).estimate(observation())
    assert estimate.gaze is None
    assert estimate.reason is Reason.NO_ANSWER


# Answers of a model that looks at both eyes with the line of the eyes level, and what they mean for a leaning head.
@pytest.mark.parametrize(
    ("answer", "roll_deg", "pitch_yaw_deg"),
    [
        pytest.param([0.0, 0.0, -2.0], 20.0, [0.0, 0.0], id="into the lens, of any length"),
        pytest.param([-0.5, 0.0, -0.8660254], 0.0, [0.0, 30.0], id="towards the image's left"),
        pytest.param([0.0, 0.5, -0.8660254], 0.0, [30.0, 0.0], id="y counts upwards in this model"),
        pytest.param([0.5, 0.0, -0.8660254], 30.0, [-14.4775, -26.5651], id="along a leaning head"),
    ],
)
def test_level_eyes(tmp_path: Path, answer: list[float], roll_deg: float, pitch_yaw_deg: list[float]) -> None:
    path = constant_vector(tmp_path / "tiny.onnx", answer, level_eyes_contract(), LEVEL_EYES_INPUTS)
    estimate = load(path).estimate(observation(head_pose(roll_deg=roll_deg)))
    assert degrees(estimate.gaze) == pytest.approx(pitch_yaw_deg, abs=0.01)
    assert estimate.left is None  # it tells no more than the gaze of both
    assert estimate.right is None


@pytest.mark.parametrize("pose", [(0, 0, 0), (10, 20, 0), (-10, 15, 25)])
def test_level_eyes_are_told_the_heads_angles_in_the_models_signs(tmp_path: Path, pose: tuple[float, ...]) -> None:
    # The embedding is what was fed as head pose.
    contract = merged(level_eyes_contract(), {"output__embedding": "fed"})
    nodes = [
        helper.make_node("Identity", ["head_pose_angles"], ["fed"]),
        helper.make_node("Add", ["head_pose_angles", "answer"], ["gaze_vector"]),
        helper.make_node("Identity", ["left_eye_image"], ["unused_left"]),
        helper.make_node("Identity", ["right_eye_image"], ["unused_right"]),
    ]
    outputs = {"gaze_vector": [1, 3], "fed": [1, 3]}
    path = save(tmp_path / "tiny.onnx", contract, LEVEL_EYES_INPUTS, nodes, outputs, {"answer": [[0.0, 0.0, -1.0]]})
    estimate = load(path).estimate(observation(head_pose(*pose)))
    assert estimate.embedding is not None
    level = rotation_from_angles(0.0, 0.0, -np.radians(pose[2]))
    pitch, yaw = np.degrees(vector_to_pitch_yaw(level @ head_pose(*pose).rotation @ FORWARD))
    # In perspective the line of the eyes of a turned head leans by a little more or less than its roll.
    assert estimate.embedding[0] == pytest.approx([-yaw, -pitch, 0.0], abs=1.5 if pose[2] else 0.7)


@pytest.mark.parametrize("pose", POSES)
def test_normalised_faces(tmp_path: Path, pose: tuple[float, ...]) -> None:
    # Straight into the virtual camera is straight into the lens, wherever the head is and however it turns.
    path = constant_vector(tmp_path / "tiny.onnx", [0.0, 0.0], normalised_face_contract(), {"face": ["N", 3, 224, 224]})
    seen = observation(head_pose(*pose, at_mm=(120, 40, 500)))
    assert seen.pose is not None
    estimate = load(path).estimate(seen)
    assert estimate.gaze is not None
    assert np.degrees(angle_between(estimate.gaze, -seen.pose.eyes_middle_mm)) < 3.0  # the face's centre is lower


@pytest.mark.parametrize(("bins", "width_deg", "offset_deg"), [(90, 4.0, -180.0), (28, 3.0, -42.0)])
@pytest.mark.parametrize(("pitch_deg", "yaw_deg"), [(0.0, 0.0), (-12.5, 30.0), (20.0, -33.3)])
def test_face_boxes_with_binned_answers(
    tmp_path: Path, bins: int, width_deg: float, offset_deg: float, pitch_deg: float, yaw_deg: float
) -> None:
    contract = merged(face_box_contract(bins, width_deg, offset_deg), {"output__frame": "camera"})
    estimate = load(binned(tmp_path / "tiny.onnx", contract, pitch_deg, yaw_deg)).estimate(observation())
    assert degrees(estimate.gaze) == pytest.approx([pitch_deg, yaw_deg], abs=0.01)


def test_an_answer_in_the_frame_of_sight_is_zero_for_who_looks_into_the_lens(tmp_path: Path) -> None:
    seen = observation(head_pose(0, 0, 25, at_mm=(-200, 90, 500)))
    assert seen.pose is not None
    estimate = load(binned(tmp_path / "tiny.onnx", face_box_contract(90, 4, -180), 0.0, 0.0)).estimate(seen)
    assert estimate.gaze == pytest.approx(normalised(-seen.pose.eyes_middle_mm), abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [0.1, -0.2]),
        ({"output__components": ["-pitch", "yaw"]}, [-0.1, -0.2]),
        ({"output__components": ["yaw", "pitch"]}, [-0.2, 0.1]),
        ({"output__components": ["-yaw", "pitch"]}, [-0.2, -0.1]),
        ({"output__unit": "deg"}, [np.radians(0.1), np.radians(-0.2)]),
    ],
    ids=["pitch, yaw", "other pitch", "yaw, pitch", "other yaw, pitch", "degrees"],
)
def test_order_sign_and_unit_of_the_angles_are_as_the_contract_says(
    tmp_path: Path, changes: dict[str, Any], expected: list[float]
) -> None:
    contract = normalised_eyes_contract(**{"output__frame": "camera", "input__mirror_right": False, **changes})
    inputs: dict[str, list[Any]] = {"eyes": [2, 1, 36, 60], "head": [2, 2]}
    estimate = load(constant_vector(tmp_path / "tiny.onnx", [0.1, -0.2], contract, inputs)).estimate(observation())
    assert estimate.gaze == pytest.approx(pitch_yaw_to_vector(expected), abs=1e-6)


# Each model is one that runs, with one thing that does not fit its contract, and what the sentence names.
@pytest.mark.fault("a contract does not fit its model", "one sentence that names the field")
@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"input__eyes__tensor": "image"}, "'eyes'", id="an input the contract does not name"),
        pytest.param({"input__head_pose": None}, "'head'", id="an input the contract leaves out"),
        pytest.param({"input__pixels__width": 64}, "'eyes' has the shape", id="another width"),
        pytest.param({"input__pixels__colour": "bgr"}, "'eyes' has the shape", id="another number of channels"),
        pytest.param({"input__pixels__layout": "nhwc"}, "'eyes' has the shape", id="another order of dimensions"),
        pytest.param({"input__head_pose__components": ["yaw"]}, "'head' has the shape", id="fewer head angles"),
        pytest.param({"output__tensor": "look"}, "'look'", id="an output it does not have"),
        pytest.param({"output__embedding": "thought"}, "'thought'", id="an embedding it does not have"),
        pytest.param({"output__tensor": "embedding", "output__embedding": None}, "'embedding' has", id="another shape"),
    ],
)
def test_a_contract_that_does_not_fit_its_model_is_refused(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    path = follows_head(tmp_path / "tiny.onnx", **changes)
    with pytest.raises(ContractError) as error:
        load(path)
    assert named in str(error.value)
    assert "\n" not in str(error.value)


def test_a_batch_that_cannot_hold_the_eyes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="batch"):
        load(follows_head(tmp_path / "tiny.onnx", 3))


@pytest.mark.fault("a model's graph cannot run", "one sentence when it is loaded")
def test_a_graph_that_cannot_run_is_refused(tmp_path: Path) -> None:
    nodes = [helper.make_node("NoSuchOperator", ["eyes", "head"], ["gaze"])]
    inputs: dict[str, list[Any]] = {"eyes": ["N", 1, 36, 60], "head": ["N", 2]}
    path = save(tmp_path / "tiny.onnx", normalised_eyes_contract(), inputs, nodes, {"gaze": ["N", 2]})
    with pytest.raises(ContractError, match=r"tiny\.onnx cannot be loaded"):
        load(path)


def test_the_outside_model_runs_by_the_contract_that_ships_for_it(shared: Path) -> None:
    model = load(shared / "data" / "models" / "gaze-estimation-adas-0002.onnx")
    assert model.contract.parameters == 1_882_342
    estimate = model.estimate(observation())
    assert estimate.gaze is not None
    assert estimate.reason is Reason.NONE


def replace_image(seen: Observation, level: int) -> Observation:
    """A chequered pattern around a grey level, near 127.5, for which the tiny model adds nothing."""
    rows, columns = np.indices(seen.frame.image.shape[:2]) // 6
    image = np.where((rows + columns) % 2, level + 20, level - 20).astype(np.uint8)
    return replace(seen, frame=replace(seen.frame, image=np.repeat(image[..., None], 3, axis=2)))
