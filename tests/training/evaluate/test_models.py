"""The zero test of an ONNX model by the app's own pipeline, on the portrait that the app ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.model.contract import METADATA_KEY, parse_contract
from gaze_demo.model.registry import read_entry
from gaze_demo.model.session import GazeModel
from gaze_training.evaluate.models import mirror_test_of_models, zero_test_of_models

CONTRACT = """{
  "version": 1, "licence": "Apache-2.0",
  "input": {"form": "normalised_eyes", "pixels": {"width": 60, "height": 36, "colour": "grey"},
            "eyes": {"arrangement": "rows", "tensor": "eyes"}},
  "output": {"form": "angles", "tensor": "gaze"}
}"""


def constant_model(path: Path, pitch_deg: float, yaw_deg: float) -> GazeModel:
    """Answers the same angles for every eye, in the mirrored normalised frame."""
    angles = np.radians([[pitch_deg, yaw_deg]]).astype(np.float32)
    nodes = [
        helper.make_node("ReduceMean", ["eyes"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "one"], ["column"]),
        helper.make_node("Mul", ["column", "zero"], ["none"]),
        helper.make_node("Add", ["none", "angles"], ["gaze"]),
    ]
    constants = [
        helper.make_tensor("one", TensorProto.INT64, [1], [1]),
        helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0]),
        helper.make_tensor("angles", TensorProto.FLOAT, [1, 2], angles.ravel().tolist()),
    ]
    graph = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info("eyes", TensorProto.FLOAT, ["n", 1, 36, 60])],
        [helper.make_tensor_value_info("gaze", TensorProto.FLOAT, ["n", 2])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    model.metadata_props.add(key=METADATA_KEY, value=parse_contract(CONTRACT, "test").to_json())
    onnx.save(model, path)
    return GazeModel(read_entry(path, "path"))


@pytest.fixture(scope="module")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portraits")
    (folder / "one.jpg").write_bytes((paths.assets() / "portrait.jpg").read_bytes())
    return folder


def test_angles_of_the_eyes_become_errors_of_the_face(tmp_path: Path, portraits: Path) -> None:
    models = [constant_model(tmp_path / f"{n}.onnx", *a) for n, a in (("lens", (0, 0)), ("up", (6, 0)), ("in", (0, 4)))]
    results = zero_test_of_models(models, portraits, people="all")
    rows = {name: result.group("photographs") for name, result in results.items()}
    assert rows["lens"].error < 0.2
    assert rows["up"].error == pytest.approx(6, abs=0.2)
    assert rows["in"].error < 0.3
    assert rows["in"].temporal == pytest.approx(-4, abs=0.01)
    assert rows["in"].eyes_apart == pytest.approx(8, abs=0.01)


def test_a_model_that_serves_both_eyes_by_mirroring_agrees_with_the_mirror(tmp_path: Path, portraits: Path) -> None:
    apart = mirror_test_of_models([constant_model(tmp_path / "up.onnx", 5, 3)], portraits, people="all")
    assert apart["up"] < 1.0  # the landmarks of a mirrored picture differ a little


def test_nobody_to_ask_is_told_in_one_sentence(tmp_path: Path, portraits: Path) -> None:
    held_out = tmp_path / "portraits"
    held_out.mkdir()
    for name in ("a", "b"):  # not held out by the split
        (held_out / f"{name}.jpg").write_bytes((portraits / "one.jpg").read_bytes())
    with pytest.raises(UserError, match="two eyes"):
        zero_test_of_models([constant_model(tmp_path / "m.onnx", 0, 0)], held_out, people="heldout")
