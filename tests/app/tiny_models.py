"""Tiny ONNX models of each form that public models have, whose answers follow from their inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PIXELS_GREY = {"width": 60, "height": 36, "colour": "grey"}


def save(
    path: Path,
    contract: dict[str, Any] | str | None,
    inputs: dict[str, list[Any]],
    nodes: list[onnx.NodeProto],
    outputs: dict[str, list[Any]],
    constants: dict[str, Any] | None = None,
    beside: bool = False,
) -> Path:
    """An ONNX file with float inputs and outputs of these shapes; its contract inside, or in a file beside it."""
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [
            numpy_helper.from_array(np.asarray(value, np.int64 if isinstance(value, Axes) else np.float32), name)
            for name, value in (constants or {}).items()
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    text = contract if isinstance(contract, str) or contract is None else json.dumps(contract)
    if text is not None and beside:
        path.with_suffix(".json").write_text(text)
    elif text is not None:
        helper.set_model_props(model, {"gaze_demo.contract": text})
    onnx.save(model, path)
    return path


class Axes(list[int]):
    """Whole numbers, for the axes of an operator."""


def normalised_eyes_contract(**changes: Any) -> dict[str, Any]:
    contract: dict[str, Any] = {
        "role": "student",
        "input": {
            "form": "normalised_eyes",
            "pixels": PIXELS_GREY,
            "eyes": {"arrangement": "rows", "tensor": "eyes"},
            "head_pose": {"tensor": "head", "components": ["pitch", "yaw"]},
        },
        "output": {"form": "angles", "tensor": "gaze"},
        "parameters": 4,
        "macs": 8,
        "licence": "Apache-2.0",
    }
    return merged(contract, changes)


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`base` with values replaced by their dotted names; None takes a field away."""
    result = json.loads(json.dumps(base))
    for name, value in changes.items():
        *path, last = name.split("__")
        place = result
        for part in path:
            place = place[part]
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return result


def follows_head(path: Path, batch: int | str = "N", **changes: Any) -> Path:
    """Normalised eyes: the gaze is the head's direction plus (mean of the crop - 127.5) / 10000 in both angles."""
    nodes = [
        helper.make_node("ReduceMean", ["eyes"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "axis"], ["column"]),
        helper.make_node("Sub", ["column", "middle"], ["centred"]),
        helper.make_node("Mul", ["centred", "small"], ["part"]),
        helper.make_node("Add", ["head", "part"], ["gaze"]),
        helper.make_node("Concat", ["gaze", "head", "part"], ["embedding"], axis=1),
    ]
    return save(
        path,
        normalised_eyes_contract(**{"output__embedding": "embedding", **changes}),
        {"eyes": [batch, 1, 36, 60], "head": [batch, 2]},
        nodes,
        {"gaze": [batch, 2], "embedding": [batch, 5]},
        {"axis": Axes([1]), "middle": 127.5, "small": 1e-4},
    )


def tells_of_itself(
    path: Path, rows: dict[str, list[list[float]]], gaze: list[list[float]] | None = None, **changes: Any
) -> Path:
    """Normalised eyes, left then right: constant gazes (pitch, yaw), and the rows of each further output by name."""
    answers = {"gaze": gaze or [[0.0, 0.0], [0.0, 0.0]], **rows}
    nodes = [
        helper.make_node("ReduceMean", ["eyes"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("ReduceMean", ["head"], ["turned"], axes=[1], keepdims=0),
        helper.make_node("Add", ["mean", "turned"], ["both"]),
        helper.make_node("Mul", ["both", "nothing"], ["zero"]),
        helper.make_node("Unsqueeze", ["zero", "axis"], ["column"]),
        *(helper.make_node("Add", ["column", f"{name}_rows"], [name]) for name in answers),
    ]
    return save(
        path,
        normalised_eyes_contract(**changes),
        {"eyes": [2, 1, 36, 60], "head": [2, 2]},
        nodes,
        {name: [2, len(values[0])] for name, values in answers.items()},
        {"nothing": 0.0, "axis": Axes([1]), **{f"{name}_rows": values for name, values in answers.items()}},
    )


def constant_vector(path: Path, vector: list[float], contract: dict[str, Any], inputs: dict[str, list[Any]]) -> Path:
    """A gaze that is always the same, on the first input plus zero times all inputs, so that all are read."""
    nodes, total = [], ""
    for i, (name, shape) in enumerate(inputs.items()):
        nodes.append(helper.make_node("ReduceMean", [name], [f"mean{i}"], axes=list(range(1, len(shape))), keepdims=0))
        nodes.append(helper.make_node("Mul", [f"mean{i}", "nothing"], [f"zero{i}"]))
        if i:
            nodes.append(helper.make_node("Add", [total, f"zero{i}"], [f"sum{i}"]))
        total = f"sum{i}" if i else "zero0"
    nodes.append(helper.make_node("Unsqueeze", [total, "axis"], ["column"]))
    nodes.append(helper.make_node("Add", ["column", "answer"], [contract["output"]["tensor"]]))
    batch = next(iter(inputs.values()))[0]
    outputs = {contract["output"]["tensor"]: [batch, len(vector)]}
    return save(path, contract, inputs, nodes, outputs, {"nothing": 0.0, "axis": Axes([1]), "answer": [vector]})


def level_eyes_contract() -> dict[str, Any]:
    """Like Open Model Zoo's gaze-estimation-adas-0002."""
    return {
        "input": {
            "form": "level_eyes",
            "pixels": {"width": 60, "height": 60, "colour": "bgr"},
            "eyes": {"arrangement": "pair", "left": "right_eye_image", "right": "left_eye_image"},
            "head_pose": {
                "tensor": "head_pose_angles",
                "components": ["-yaw", "-pitch", "zero"],
                "unit": "deg",
                "frame": "level",
            },
        },
        "output": {"form": "vector", "tensor": "gaze_vector", "axes": ["x", "-y", "z"], "frame": "level"},
        "licence": "Apache-2.0",
    }


LEVEL_EYES_INPUTS: dict[str, list[Any]] = {
    "left_eye_image": [1, 3, 60, 60],
    "right_eye_image": [1, 3, 60, 60],
    "head_pose_angles": [1, 3],
}


def normalised_face_contract() -> dict[str, Any]:
    """Like ETH-XGaze's ResNet."""
    return {
        "input": {
            "form": "normalised_face",
            "pixels": {
                "width": 224,
                "height": 224,
                "colour": "rgb",
                "value_range": [0, 1],
                "mean": [0.485, 0.456, 0.406],
                "std": [0.229, 0.224, 0.225],
            },
            "tensor": "face",
            "focal_px": 960,
            "distance_mm": 600,
        },
        "output": {"form": "angles", "tensor": "gaze"},
        "licence": "CC-BY-NC-SA-4.0",
    }


def face_box_contract(bins: int, width_deg: float, offset_deg: float) -> dict[str, Any]:
    """Like L2CS-Net and MobileGaze."""
    return {
        "input": {
            "form": "face_box",
            "pixels": {
                "width": 64,
                "height": 64,
                "colour": "rgb",
                "layout": "nhwc",
                "value_range": [0, 1],
                "mean": [0.485, 0.456, 0.406],
                "std": [0.229, 0.224, 0.225],
            },
            "tensor": "image",
        },
        "output": {
            "form": "binned",
            "pitch": "pitch",
            "yaw": "yaw",
            "bins": bins,
            "width_deg": width_deg,
            "offset_deg": offset_deg,
        },
        "licence": "MIT",
    }


def binned(path: Path, contract: dict[str, Any], pitch_deg: float, yaw_deg: float) -> Path:
    """Face boxes: scores whose softmax has its mean at these angles."""
    output = contract["output"]

    def scores(angle_deg: float) -> list[list[float]]:
        place = (angle_deg - output["offset_deg"]) / output["width_deg"]
        row = np.full(output["bins"], -60.0)
        low = int(np.floor(place))
        row[low], row[low + 1] = np.log(1 - (place - low) + 1e-9), np.log(place - low + 1e-9)
        return [row.tolist()]

    nodes = [
        helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Add", ["zero", "pitch_scores"], ["pitch"]),
        helper.make_node("Add", ["zero", "yaw_scores"], ["yaw"]),
    ]
    return save(
        path,
        contract,
        {"image": [1, 64, 64, 3]},
        nodes,
        {"pitch": [1, output["bins"]], "yaw": [1, output["bins"]]},
        {"nothing": [0.0], "pitch_scores": scores(pitch_deg), "yaw_scores": scores(yaw_deg)},
    )
