"""From an exported ONNX file back to a network that training can continue with.

The exporter folds each batch norm into the convolution before it. Here the convolution gets the folded weights, and the
batch norm the statistics of real inputs and the scale and offset that undo them: in evaluation the network gives the
same answers as the file, and training, which normalises by the batch, starts from there.
"""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from gaze_demo.errors import UserError
from gaze_training.eyes import Eyes
from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.mobilenet import GROUPS
from gaze_training.networks.output import GazeNetwork
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.networks.store import StoredNetwork
from gaze_training.provenance import IMPORTED

_STEM = 32
_ROOT = "_network"
_EYES = 512
_Layers = dict[str, dict[str, Tensor]]


def import_network(path: Path, eyes: Eyes) -> StoredNetwork:
    """The network of an ONNX file that `gaze-train export` wrote; `eyes` give its batch norms their statistics.

    Outputs that the file does not have are not in the network either. Raises UserError if the file was not written by
    `gaze-train export`, or is an 8 bit version.
    """
    try:
        graph = onnx.load(path).graph
    except Exception as error:  # a damaged file raises whatever protobuf stumbles over
        raise UserError(f"{path} is not an ONNX file that can be read.") from error
    if any(node.op_type == "DequantizeLinear" for node in graph.node):
        raise UserError(f"{path} is an 8 bit version: import the file it was made from.")
    layers = _layers(graph)
    try:
        spec = _spec_of(layers)
        network = build_network(spec)
        _fill(network, layers)
    except (KeyError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path} is not a network that `gaze-train export` wrote ({reason}).") from error
    _settle(network.eval(), eyes.select(slice(0, None, max(1, len(eyes) // _EYES))))
    return StoredNetwork(network, spec, {IMPORTED: path.stem})


def member_of(stored: StoredNetwork, number: int) -> StoredNetwork:
    """One member of an imported ensemble, counted from 1. Raises UserError if there is no such member."""
    members = [*stored.network.members] if isinstance(stored.network, Ensemble) else []
    if not 1 <= number <= len(members):
        raise UserError(f"--member {number}: the model has {len(members) or 'no'} members.")
    member = members[number - 1]
    assert isinstance(member, GazeNetwork)
    return StoredNetwork(member, stored.spec.members[number - 1], stored.summary)


def _layers(graph: onnx.GraphProto) -> _Layers:
    """Weight and bias of each layer, by the name of its module in the network that was exported."""
    values = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}
    for node in graph.node:  # the exporter keeps only one of two equal tensors
        if node.op_type == "Identity" and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]]
    layers: _Layers = {}
    for node in graph.node:
        tensors = [values.get(name) for name in node.input[1:3]]
        if node.op_type not in ("Conv", "Gemm") or any(tensor is None for tensor in tensors):
            continue
        layers[_module(node.name)] = {
            name: tensor for name, tensor in zip(("weight", "bias"), tensors, strict=False) if tensor is not None
        }
    return layers


def _module(node: str) -> str:
    """`/_network/stem/stem.0/Conv` is of the module `stem.0`: the child of a sequence repeats the sequence's name."""
    names: list[str] = []
    for name in node.strip("/").split("/")[:-1]:
        if names and name.startswith(names[-1] + "."):
            names.pop()
        names.append(name)
    return ".".join(names[1:] if names[:1] == [_ROOT] else names)


def _spec_of(layers: _Layers) -> NetworkSpec:
    """Read from names and shapes of the layers."""
    members = sorted({name.split(".")[1] for name in layers if name.startswith("members.")}, key=int)
    if members:
        parts = (_within(layers, f"members.{member}") for member in members)
        return NetworkSpec(kind="ensemble", members=tuple(_spec_of(part) for part in parts))
    width = len(layers["stem.0"]["weight"]) / _STEM
    outputs = {"auxiliary": "head.auxiliary" in layers, "confidence": "head.confidence.outputs" in layers}
    groups = [_within(layers, f"groups.{number}") for number in range(len(GROUPS))]
    blocks = [{name.split(".")[0] for name in group} for group in groups]
    if any(".body." in name for name in layers):
        return NetworkSpec(kind="residual", width=width, depth=len(blocks[0]), **outputs)
    refined = [len({name.split(".")[0] for name in group if ".mix." in name}) for group in groups]
    repeats, full = len(blocks[3]) - refined[3] - 1, GROUPS[3][2] - 1
    return NetworkSpec(
        kind="mobilenet",
        width=width,
        depth=repeats / full,
        refined=tuple(refined) if any(refined) else (),
        halving_kernel=layers["stem.0"]["weight"].shape[-1],
        **outputs,
    )


def _within(layers: _Layers, module: str) -> _Layers:
    """The layers inside a module, by their names inside it."""
    start = module + "."
    return {name[len(start) :]: layer for name, layer in layers.items() if name.startswith(start)}


def _fill(network: GazeNetwork, layers: _Layers) -> None:
    """Raises ValueError or RuntimeError if names or shapes do not agree."""
    wanted = network.state_dict()
    unused = set(layers)
    for name, module in network.named_modules():
        if not isinstance(module, (nn.Conv2d, nn.Linear)):
            continue
        if name not in layers:
            raise ValueError(f"it has no layer {name}")
        unused.discard(name)
        wanted[f"{name}.weight"] = layers[name]["weight"]
        norm = _norm_after(name)
        bias = f"{name}.bias" if f"{name}.bias" in wanted else f"{norm}.bias"
        wanted[bias] = layers[name]["bias"]
    if unused:
        raise ValueError(f"its layer {min(unused)} has no place")
    network.load_state_dict(wanted)


def _norm_after(convolution: str) -> str:
    """The batch norm of `conv_bn` that follows a convolution."""
    parent, _, place = convolution.rpartition(".")
    return f"{parent}.{int(place) + 1}" if place.isdigit() else ""


@torch.no_grad()
def _settle(network: GazeNetwork, eyes: Eyes) -> None:
    """Give each batch norm the statistics of its inputs, and the scale and offset by which it only adds the bias."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.zero_()
        norm.running_var.fill_(1.0)
        norm.weight.fill_((1.0 + norm.eps) ** 0.5)
    seen: dict[nn.Module, Tensor] = {}
    hooks = [
        norm.register_forward_pre_hook(lambda module, inputs: seen.__setitem__(module, inputs[0])) for norm in norms
    ]
    network(eyes.crops, eyes.head)
    for hook in hooks:
        hook.remove()
    for norm in norms:
        variance, mean = torch.var_mean(seen[norm], (0, 2, 3))
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.add_(mean)
