"""Untrusted or broken ONNX files lead to one sentence, in bounded time and memory."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import psutil
import pytest
from onnx import TensorProto, helper, numpy_helper

from app.drawn_face import observation
from app.tiny_models import Axes, follows_head, normalised_eyes_contract, save, tells_of_itself
from gaze_demo import clock
from gaze_demo.model import runner
from gaze_demo.model.contract import ContractError
from gaze_demo.model.registry import find_model
from gaze_demo.model.session import GazeModel

INPUTS: dict[str, list[Any]] = {"eyes": [2, 1, 36, 60], "head": [2, 2]}


def load(path: Path) -> GazeModel:
    return GazeModel(find_model(str(path)))


def counts(path: Path, turns: int) -> Path:
    """A model that adds nothing to the head's angles, `turns` times."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["still_go"]),
            helper.make_node("Mul", ["value", "one"], ["next"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("turn", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value", TensorProto.FLOAT, [2, 2]),
        ],
        [
            helper.make_tensor_value_info("still_go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, [2, 2]),
        ],
        [numpy_helper.from_array(np.float32(1.0), "one")],
    )
    nodes = [
        helper.make_node("ReduceMean", ["eyes"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Unsqueeze", ["zero", "axis"], ["column"]),
        helper.make_node("Add", ["head", "column"], ["start"]),
        helper.make_node("Loop", ["turns", "", "start"], ["gaze"], body=body),
    ]
    constants = {"nothing": 0.0, "axis": Axes([1]), "turns": Axes([turns])}
    return save(path, normalised_eyes_contract(), INPUTS, nodes, {"gaze": [2, 2]}, constants)


def test_a_model_that_takes_minutes_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "RUN_LIMIT_S", 1.0)
    started = clock.now_s()
    with pytest.raises(ContractError, match=r"took longer than 1 s.*lighter model"):
        load(counts(tmp_path / "slow.onnx", 100_000_000))
    assert clock.now_s() - started < 20


def test_a_model_that_ends_in_time_is_not_stopped(tmp_path: Path) -> None:
    model = load(counts(tmp_path / "short.onnx", 10))
    assert all(model.estimate(observation()).gaze is not None for _ in range(3))


def test_a_model_that_asks_for_memory_without_measure_is_refused(tmp_path: Path) -> None:
    big = int(3e9 // 4)  # a little above the limit
    nodes = [
        helper.make_node("ConstantOfShape", ["size"], ["big"]),
        helper.make_node("ReduceSum", ["big"], ["sum"], keepdims=0),
        helper.make_node("ReduceMean", ["eyes"], ["mean"], keepdims=0),
        helper.make_node("Add", ["sum", "mean"], ["both"]),
        helper.make_node("Mul", ["both", "nothing"], ["zero"]),
        helper.make_node("Add", ["head", "zero"], ["gaze"]),
    ]
    constants = {"size": Axes([big]), "nothing": 0.0}
    path = save(tmp_path / "big.onnx", normalised_eyes_contract(), INPUTS, nodes, {"gaze": [2, 2]}, constants)
    assert path.stat().st_size < 2000
    before = psutil.Process().memory_info().rss
    with pytest.raises(ContractError, match="2048 MB of memory"):
        load(path)
    assert psutil.Process().memory_info().rss - before < 300e6


def relabelled(path: Path, *, ir: int | None = None, opset: int | None = None) -> Path:
    model = onnx.load(path)
    model.ir_version = ir or model.ir_version
    model.opset_import[0].version = opset or model.opset_import[0].version
    path.write_bytes(model.SerializeToString())
    return path


def test_a_file_that_is_too_new_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"IR version 99.*reads up to \d+: export the model for an older version"):
        load(relabelled(follows_head(tmp_path / "ir.onnx"), ir=99))
    with pytest.raises(ContractError, match=r"opset 99.*up to opset \d+: export the model with an older opset"):
        load(relabelled(follows_head(tmp_path / "opset.onnx"), opset=99))


def test_the_end_of_a_long_message_is_kept() -> None:
    said = runner._reason(RuntimeError("[ONNXRuntimeError] : 1 : FAIL : It fails. " + "So. " * 400 + "Do this instead"))
    assert said.startswith("It fails.")
    assert said.endswith("Do this instead.")
    assert len(said) < 600


# An output of the gaze's name that holds something else than float32.
@pytest.mark.parametrize(
    ("kind", "node"),
    [
        ("tensor(int64)", helper.make_node("Cast", ["head"], ["gaze"], to=TensorProto.INT64)),
        ("tensor(string)", helper.make_node("Cast", ["head"], ["gaze"], to=TensorProto.STRING)),
        ("tensor(double)", helper.make_node("Cast", ["head"], ["gaze"], to=TensorProto.DOUBLE)),
        ("seq(tensor(float))", helper.make_node("SplitToSequence", ["head"], ["gaze"], axis=0)),
    ],
)
def test_an_output_of_another_kind_is_refused_by_name(tmp_path: Path, kind: str, node: onnx.NodeProto) -> None:
    eyes = helper.make_node("ReduceMean", ["eyes"], ["unused"], keepdims=0)
    graph = helper.make_graph(
        [node, eyes],
        "other",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in INPUTS.items()],
        [onnx.ValueInfoProto(name="gaze"), helper.make_tensor_value_info("unused", TensorProto.FLOAT, [])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"gaze_demo.contract": json.dumps(normalised_eyes_contract())})
    inferred = onnx.shape_inference.infer_shapes(model)
    path = tmp_path / "other.onnx"
    path.write_bytes(inferred.SerializeToString())
    with pytest.raises(ContractError) as error:
        load(path)
    assert f"output 'gaze' is a {kind}" in str(error.value)


@pytest.mark.parametrize(
    ("unit", "answer", "refused"), [("rad", 25.0, True), ("deg", 25.0, False), ("deg", 400.0, True)]
)
def test_angles_beyond_half_a_turn_are_refused(tmp_path: Path, unit: str, answer: float, refused: bool) -> None:
    path = tells_of_itself(tmp_path / "tiny.onnx", {}, [[answer, 0.0], [0.0, 0.0]], output__unit=unit)
    if not refused:
        assert load(path).estimate(observation()).gaze is not None
        return
    with pytest.raises(ContractError, match=rf"'gaze' answers {answer:.3g} {unit}.*'output\.unit'"):
        load(path)
