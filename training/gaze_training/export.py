"""From a trained network to ONNX with the app's contract, checked against torch, and an 8 bit version of it."""

from __future__ import annotations

import copy
import io
import logging
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from gaze_demo.errors import UserError
from gaze_demo.model.contract import (
    METADATA_KEY,
    AnglesOutput,
    ConditionOutput,
    Contract,
    CovarianceOutput,
    EyeRows,
    HeadPoseInput,
    NormalisedEyes,
    Pixels,
    Training,
)
from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_training.angles import angle_between
from gaze_training.eyes import Eyes
from gaze_training.networks.confidence import CONDITION, Confidence
from gaze_training.networks.cost import cost_of
from gaze_training.networks.output import GazeNetwork, GazeOutput
from gaze_training.networks.store import StoredNetwork
from gaze_training.onnx_run import CONDITIONS, COVARIANCES, EMBEDDING, EYES, GAZE, HEAD, open_session, run_onnx

INT8 = "-int8"  # ending of the name of an 8 bit version
OPSET = 17
TOLERANCE_RAD = 1e-4
MAX_BYTES = 10_000_000
CALIBRATION_EYES = 512


@dataclass(frozen=True)
class Description:
    """What a contract says about a model besides its inputs and outputs."""

    title: str
    role: str
    licence: str
    training: Training
    attribution: str = ""


@dataclass(frozen=True)
class Int8Loss:
    """What 8 bits cost: mean angle between the two versions, and the error of each if the truth is known (else NaN);
    degrees."""

    difference_deg: float
    error_deg: float
    error_int8_deg: float


def export_onnx(stored: StoredNetwork, path: Path, description: Description) -> Contract:
    """Write the network with its contract, whole and checked or not at all.

    Raises UserError if the network's training diverged, ONNX and torch differ, or the file is too large.
    """
    network = copy.deepcopy(stored.network).eval().cpu()
    for module in network.modules():
        if isinstance(module, Confidence):
            module.fold()
    if not all(bool(value.isfinite().all()) for value in network.state_dict().values()):
        raise UserError("The network's training diverged, it has weights that are not finite: train it again.")
    model = onnx.load_from_string(_traced(network))
    contract = contract_of(network, description)
    part = path.with_name(path.name + ".part")
    try:
        _write(model, part, contract)
        worst = worst_difference_rad(network, part)
        if not worst <= TOLERANCE_RAD:
            raise UserError(f"{path} differs from torch by {worst:.1e} rad, more than {TOLERANCE_RAD:.0e}: not usable.")
        if part.stat().st_size > MAX_BYTES:
            raise UserError(
                f"{path} has {part.stat().st_size / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f}: train a smaller one."
            )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return contract


def contract_of(network: GazeNetwork, description: Description) -> Contract:
    """The contract of every network of this project: normalised eyes in, angles in the normalised frame out, and if the
    network has them, the eye's condition and the gaze's covariance."""
    cost = cost_of(network)
    output = AnglesOutput(tensor=GAZE, embedding=EMBEDDING)
    if CONDITIONS in _output_names(network):
        condition = ConditionOutput(tensor=CONDITIONS, components=CONDITION)
        output = output.model_copy(update={"condition": condition, "covariance": CovarianceOutput(tensor=COVARIANCES)})
    pixels = Pixels(width=WIDTH_PX, height=HEIGHT_PX, colour="grey")
    head = HeadPoseInput(tensor=HEAD, components=("pitch", "yaw"))
    return Contract.model_validate(
        {
            "title": description.title,
            "role": description.role,
            "input": NormalisedEyes(pixels=pixels, eyes=EyeRows(tensor=EYES), head_pose=head).model_dump(),
            "output": output.model_dump(),
            "parameters": cost.parameters,
            "macs": 2 * cost.macs,  # both eyes
            "training": description.training.model_dump(),
            "licence": description.licence,
            "attribution": description.attribution,
        }
    )


def export_int8(path: Path, int8_path: Path, contract: Contract, calibration: Eyes) -> Int8Loss:
    """Static quantisation of an exported file with the value ranges of real inputs; the loss on the same eyes.

    Convolutions and linear layers become 8 bit, the last ones stay unchanged, because their rounding would directly
    change the answer. Those of condition and covariance stay too, because they are few and cost nothing.
    """
    some = calibration.select(slice(0, None, max(1, len(calibration) // CALIBRATION_EYES)))
    with tempfile.TemporaryDirectory() as folder:
        prepared, quantised = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
        last = _last_layers(onnx.load(prepared).graph)
        logger = logging.getLogger()
        level = logger.level
        logger.setLevel(logging.ERROR)  # it warns of each layer that it leaves alone
        try:
            quantize_static(
                str(prepared),
                str(quantised),
                _Reader(some),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=["Conv", "Gemm", "Relu"],
                nodes_to_exclude=last,
                per_channel=True,
                reduce_range=True,  # 7 bits of weights: without VNNI, 8 bits overflow 16
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
            )
        finally:
            logger.setLevel(level)
        _write(onnx.load(quantised), int8_path, contract)
    full, small = run_onnx(path, calibration), run_onnx(int8_path, calibration)
    return Int8Loss(_mean_deg(full, small), _mean_deg(full, calibration.gaze), _mean_deg(small, calibration.gaze))


def worst_difference_rad(network: GazeNetwork, path: Path) -> float:
    """Between torch and onnxruntime in any angle, on noise, smooth noise and empty crops, by one and by two; the other
    outputs are included, in their own units."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.rand(32, 1, HEIGHT_PX, WIDTH_PX, generator=generator) * 255
    smooth = torch.nn.functional.avg_pool2d(noise, 9, 1, 4)
    crops = torch.cat([noise, smooth, torch.zeros(2, 1, HEIGHT_PX, WIDTH_PX)]).round()
    head = (torch.rand(len(crops), 2, generator=generator) - 0.5) * 1.2
    with torch.no_grad():
        expected = _tensors(network(crops, head))
    session = open_session(path)
    names = [output.name for output in session.get_outputs() if output.name in expected and output.name != EMBEDDING]
    worst = 0.0
    for size in (1, 2):
        for start in range(0, len(crops), size):
            part = slice(start, start + size)
            feed = {EYES: crops[part].numpy(), HEAD: head[part].numpy()}
            for name, values in zip(names, session.run(names, feed), strict=True):
                worst = np.maximum(worst, np.abs(values - expected[name][part].numpy()).max())  # a NaN stays
    return float(worst)


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    """Passes eyes to onnxruntime's calibration, two at a time."""

    def __init__(self, eyes: Eyes) -> None:
        crops, head = eyes.crops.float().cpu().numpy(), eyes.head.cpu().numpy()
        self._parts = iter([_feed(crops, head, start) for start in range(0, len(eyes), 2)])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._parts, None)


def _tensors(output: GazeOutput) -> dict[str, Tensor]:
    """What the app reads of a network's output, by the names in ONNX."""
    tensors = {GAZE: output.gaze, EMBEDDING: output.embedding}
    if output.condition is not None and output.covariance is not None:
        tensors |= {CONDITIONS: output.condition, COVARIANCES: output.covariance}
    return tensors


def _output_names(network: GazeNetwork) -> list[str]:
    with torch.no_grad():
        return list(_tensors(network.eval()(torch.zeros(1, 1, HEIGHT_PX, WIDTH_PX), torch.zeros(1, 2))))


class _Outputs(nn.Module):
    """A network's outputs that the app reads, as a tuple: ONNX knows no dataclass."""

    def __init__(self, network: GazeNetwork) -> None:
        super().__init__()
        self._network = network

    def forward(self, eyes: Tensor, head: Tensor) -> tuple[Tensor, ...]:
        return tuple(_tensors(self._network(eyes, head)).values())


def _traced(network: GazeNetwork) -> bytes:
    file: Any = io.BytesIO()  # any file works, despite the annotation
    example = (torch.rand(2, 1, HEIGHT_PX, WIDTH_PX) * 255, torch.zeros(2, 2))
    names: dict[str, Any] = {"input_names": [EYES, HEAD], "output_names": _output_names(network)}
    axes = {name: {0: "n"} for one in names.values() for name in one}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the older exporter by tracing needs no further package
        torch.onnx.export(
            _Outputs(network).eval(), example, file, opset_version=OPSET, dynamic_axes=axes, dynamo=False, **names
        )
    return file.getvalue()


def _write(model: onnx.ModelProto, path: Path, contract: Contract) -> None:
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))


def _last_layers(graph: onnx.GraphProto) -> list[str]:
    """Names of the layers that produce the gaze, and of those that only condition and covariance use, for each member
    of an ensemble."""
    maker = {output: node for node in graph.node for output in node.output}
    layers = [node.name for node in graph.node if "/confidence/" in node.name]
    waiting = [GAZE]
    while waiting:
        node = maker.get(waiting.pop())
        if node is None:
            continue
        if node.op_type in ("Conv", "Gemm"):
            layers.append(node.name)
        else:
            waiting.extend(node.input)
    return layers


def _feed(crops: NDArray[np.float32], head: NDArray[np.float32], start: int) -> dict[str, NDArray[np.float32]]:
    return {EYES: crops[start : start + 2], HEAD: head[start : start + 2]}


def _mean_deg(first: Tensor, second: Tensor) -> float:
    angles = angle_between(first, second.cpu())
    return float(torch.rad2deg(angles[angles.isfinite()].mean()))
