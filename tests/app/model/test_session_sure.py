"""How the condition and certainty that a model reports change the gaze."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.drawn_face import head_pose, mirrored, observation
from app.tiny_models import LEVEL_EYES_INPUTS, constant_vector, level_eyes_contract, merged, tells_of_itself
from gaze_demo.geometry import angle_between, normalised
from gaze_demo.model.contract import ContractError
from gaze_demo.model.registry import find_model
from gaze_demo.model.session import GazeModel
from gaze_demo.observation import Observation, Reason

CONDITION = {"tensor": "condition", "components": ["iris_visible", "openness", "blur", "glare", "cover"]}
CLEAR = [0.9, 0.8, 0.1, 0.0, 0.0]
SURE = [0.001, 0.002, 0.0005]


def load(path: Path) -> GazeModel:
    return GazeModel(find_model(str(path)))


def telling(tmp_path: Path, left: list[float], right: list[float] = CLEAR) -> GazeModel:
    """A model that sees the eyes in these conditions."""
    return load(tells_of_itself(tmp_path / "tiny.onnx", {"condition": [left, right]}, output__condition=CONDITION))


def trusting(
    tmp_path: Path, left: list[float], right: list[float] = SURE, gaze: list[list[float]] | None = None
) -> GazeModel:
    """A model with these covariances."""
    covariance = {"tensor": "covariance"}
    return load(
        tells_of_itself(tmp_path / "tiny.onnx", {"covariance": [left, right]}, gaze, output__covariance=covariance)
    )


def closed(seen: Observation) -> Observation:
    """According to the landmarks both eyes are closed."""
    assert seen.left is not None
    assert seen.right is not None
    left, right = (replace(eye, reason=Reason.EYE_CLOSED) for eye in (seen.left, seen.right))
    return replace(seen, left=left, right=right, reason=Reason.EYE_CLOSED)


def test_a_model_tells_the_condition_of_each_eye(tmp_path: Path) -> None:
    estimate = telling(tmp_path, [0.5, 0.4, 0.3, 0.2, 0.1]).estimate(observation())
    assert estimate.left_condition is not None
    assert estimate.right_condition is not None
    assert estimate.left_condition.iris_visible == pytest.approx(0.5)
    assert estimate.left_condition.cover == pytest.approx(0.1)
    assert estimate.right_condition.openness == pytest.approx(0.8)
    assert estimate.gaze is not None


# The reported condition of the left eye, and the reason why that eye is left out.
@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        pytest.param([0.0, 0.3, 0.0, 0.0, 0.0], Reason.EYE_CLOSED, id="no iris in sight"),
        pytest.param([0.9, 0.8, 1.0, 0.0, 0.0], Reason.TOO_BLURRED, id="blurred"),
        pytest.param([0.9, 0.8, 0.0, 0.9, 0.0], Reason.GLARE, id="glare"),
        pytest.param([0.0, 0.0, 0.0, 0.0, 1.0], Reason.COVERED, id="a hand before the eye"),
        pytest.param([0.3, 0.1, 0.0, 0.0, 0.0], Reason.NONE, id="looks down through narrow lids"),
    ],
)
def test_an_eye_in_a_bad_condition_is_left_out_with_its_reason(
    tmp_path: Path, condition: list[float], reason: Reason
) -> None:
    estimate = telling(tmp_path, condition).estimate(observation())
    assert estimate.left_reason is reason
    assert (estimate.left is None) == (reason is not Reason.NONE)
    assert estimate.right_reason is Reason.NONE
    assert estimate.gaze is not None
    assert estimate.reason is Reason.NONE


def test_an_iris_in_sight_overrules_landmarks_that_say_closed(tmp_path: Path) -> None:
    estimate = telling(tmp_path, CLEAR, [0.0, 0.0, 0.0, 0.0, 0.0]).estimate(closed(observation()))
    assert estimate.left is not None
    assert estimate.right_reason is Reason.EYE_CLOSED
    assert estimate.reason is Reason.NONE


def test_two_eyes_without_an_iris_are_closed(tmp_path: Path) -> None:
    shut = [0.0, 0.0, 0.0, 0.0, 0.0]
    estimate = telling(tmp_path, shut, shut).estimate(observation())
    assert estimate.gaze is None
    assert estimate.reason is Reason.EYE_CLOSED


def test_a_model_that_does_not_tell_of_the_iris_believes_the_landmarks(tmp_path: Path) -> None:
    some = {"tensor": "condition", "components": ["blur"]}
    model = load(tells_of_itself(tmp_path / "tiny.onnx", {"condition": [[0.0], [0.0]]}, output__condition=some))
    estimate = model.estimate(closed(observation()))
    assert estimate.reason is Reason.EYE_CLOSED
    assert estimate.model_ms == 0


def test_an_eye_that_is_clearly_surer_weighs_more_but_never_all(tmp_path: Path) -> None:
    # The left eye looks 6 degrees up, the right one straight ahead.
    gaze = [[np.radians(6.0), 0.0], [0.0, 0.0]]
    seen = observation(head_pose())

    def share(left: list[float], right: list[float]) -> float:
        estimate = trusting(tmp_path, left, right, gaze).estimate(seen)
        assert estimate.left is not None
        assert estimate.right is not None
        assert estimate.gaze is not None
        return float(angle_between(estimate.gaze, estimate.right) / angle_between(estimate.left, estimate.right))

    assert share(SURE, SURE) == pytest.approx(0.5, abs=0.01)
    assert share([0.001, 0.001, 0.0], [0.0029, 0.0029, 0.0]) == pytest.approx(0.5, abs=0.01)
    assert share([0.0029, 0.0029, 0.0], [0.001, 0.001, 0.0]) == pytest.approx(0.5, abs=0.01)
    assert share([0.001, 0.001, 0.0], [0.006, 0.006, 0.0]) == pytest.approx(2 / 3, abs=0.01)
    assert share([1e-6, 1e-6, 0.0], [0.01, 0.01, 0.0]) == pytest.approx(0.8, abs=0.01)
    assert share([0.01, 0.01, 0.0], [1e-6, 1e-6, 0.0]) == pytest.approx(0.2, abs=0.01)


def test_the_mean_of_two_eyes_is_surer_than_either_but_shares_an_error(tmp_path: Path) -> None:
    estimate = trusting(tmp_path, [0.001, 0.001, 0.0], [0.001, 0.001, 0.0]).estimate(observation())
    assert estimate.left_covariance is not None
    assert estimate.covariance is not None
    ratio = np.trace(estimate.covariance) / np.trace(estimate.left_covariance)
    assert ratio == pytest.approx((1 + 1 / 3) / 2, abs=0.02)


def test_an_eye_that_is_too_uncertain_is_left_out(tmp_path: Path) -> None:
    estimate = trusting(tmp_path, [0.5, 0.001, 0.0]).estimate(observation())
    assert estimate.left is None
    assert estimate.left_reason is Reason.UNSURE
    assert estimate.gaze == pytest.approx(estimate.right)


# What is no covariance: the gaze stays, as of a model that tells none.
@pytest.mark.parametrize(
    "row", [[-0.1, 0.1, 0.0], [0.01, 0.01, 0.02], [float("nan"), 0.01, 0.0], [0.0, 0.01, 0.0], [0.01, 1e9, 0.0]]
)
def test_a_covariance_that_cannot_be_is_not_believed(tmp_path: Path, row: list[float]) -> None:
    estimate = trusting(tmp_path, row).estimate(observation())
    assert estimate.left is not None
    assert estimate.left_covariance is None
    assert estimate.covariance is None
    assert estimate.gaze == pytest.approx(normalised(estimate.left + estimate.right))


@pytest.mark.parametrize("pose", [(0, 0, 0), (10, 20, 15)])
def test_a_mirrored_observation_mirrors_the_covariances(tmp_path: Path, pose: tuple[float, ...]) -> None:
    model = trusting(tmp_path, [0.001, 0.004, 0.0012], [0.001, 0.004, 0.0012])
    seen = observation(head_pose(*pose, at_mm=(60, -30, 550)))
    here, there = model.estimate(seen), model.estimate(mirrored(seen))
    flip = np.diag([1.0, -1.0])
    assert here.left_covariance is not None
    assert here.left_covariance == pytest.approx(flip @ there.right_covariance @ flip, rel=1e-3)
    assert here.covariance == pytest.approx(flip @ there.covariance @ flip, rel=1e-3)


def test_a_rolled_head_turns_the_covariance_along(tmp_path: Path) -> None:
    # The model is uncertain along the eye's own vertical, which is the camera's yaw for a head that leans by 90
    # degrees.
    seen = observation(head_pose(0, 0, 90, at_mm=(0, 0, 600)))
    estimate = trusting(tmp_path, [0.01, 0.0001, 0.0], [0.01, 0.0001, 0.0]).estimate(seen)
    assert estimate.left_covariance is not None
    assert estimate.left_covariance[1, 1] == pytest.approx(0.01, rel=0.05)
    assert estimate.left_covariance[0, 0] == pytest.approx(0.0001, rel=0.5)


def test_a_model_without_these_outputs_has_neither_condition_nor_covariance(tmp_path: Path) -> None:
    path = constant_vector(tmp_path / "tiny.onnx", [0.0, 0.0, -1.0], level_eyes_contract(), LEVEL_EYES_INPUTS)
    estimate = load(path).estimate(observation())
    assert estimate.gaze is not None
    assert estimate.covariance is None
    assert estimate.left_condition is None
    assert estimate.left_reason is Reason.NONE


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"output__condition": {"tensor": "seen", "components": ["blur"]}}, "'seen'", id="no such tensor"),
        pytest.param(
            {"output__condition": {"tensor": "condition", "components": ["blur"]}}, "'condition' has the shape", id="k"
        ),
        pytest.param({"output__covariance": {"tensor": "condition"}}, "'condition' has the shape", id="three numbers"),
    ],
)
def test_outputs_that_do_not_fit_are_refused(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    path = tells_of_itself(tmp_path / "tiny.onnx", {"condition": [CLEAR, CLEAR]}, **changes)
    with pytest.raises(ContractError, match=named):
        load(path)


def test_a_condition_needs_one_row_an_eye(tmp_path: Path) -> None:
    contract = merged(level_eyes_contract(), {"output__condition": CONDITION})
    path = constant_vector(tmp_path / "tiny.onnx", [0.0, 0.0, -1.0], contract, LEVEL_EYES_INPUTS)
    with pytest.raises(ContractError, match=r"output\.condition"):
        load(path)


def test_a_condition_names_each_component_once(tmp_path: Path) -> None:
    twice = {"tensor": "condition", "components": ["blur", "blur"]}
    path = tells_of_itself(tmp_path / "tiny.onnx", {"condition": [[0.0, 0.0], [0.0, 0.0]]}, output__condition=twice)
    with pytest.raises(ContractError, match="once"):
        load(path)
