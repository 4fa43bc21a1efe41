"""Compares the tensors that a contract names with those of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gaze_demo.model.contract import (
    AnglesOutput,
    Contract,
    ContractError,
    EyePair,
    EyeRows,
    LevelEyes,
    NormalisedEyes,
    Output,
)
from gaze_demo.model.outputs import extra_widths, output_widths
from gaze_demo.model.runner import Runner, Tensors

_FLOAT = "tensor(float)"


def image_tensors(contract: Contract) -> list[str]:
    """Names of the inputs that take crops, in the order of a view's crops."""
    form = contract.input
    if not isinstance(form, (NormalisedEyes, LevelEyes)):
        return [form.tensor]
    return [form.eyes.left, form.eyes.right] if isinstance(form.eyes, EyePair) else [form.eyes.tensor]


def row_count(contract: Contract) -> int:
    """2 if each eye is a row, 1 if the model reads the face or both eyes at once."""
    form = contract.input
    return 2 if isinstance(form, (NormalisedEyes, LevelEyes)) and isinstance(form.eyes, EyeRows) else 1


def crop_shape(contract: Contract) -> tuple[int, int, int]:
    """The shape of one crop as a tensor."""
    pixels = contract.input.pixels
    plane = (pixels.height, pixels.width)
    return (pixels.channels, *plane) if pixels.layout == "nchw" else (*plane, pixels.channels)


def output_names(output: Output) -> list[str]:
    """Every output that is needed, once."""
    names = [*output_widths(output), *extra_widths(output), *([output.embedding] if output.embedding else [])]
    return [*dict.fromkeys(names)]


def check_tensors(path: Path, contract: Contract, runner: Runner) -> int:
    """The batch (1, or as many rows as there are) of a file's inputs.

    Raises ContractError, naming the tensor, if the file does not have what the contract names.
    """
    _check_outputs(path, contract.output, runner.outputs)
    return _check_inputs(path, contract, runner.inputs)


def check_answers(path: Path, contract: Contract, answers: Tensors) -> None:
    """Raises ContractError if the model's answer to a grey picture contradicts its contract."""
    rows, output = row_count(contract), contract.output
    for name, width in {**output_widths(output), **extra_widths(output)}.items():
        if answers[name].shape != (rows, width):
            raise ContractError(
                f"{path}: output {name!r} has the shape {list(answers[name].shape)}, "
                f"the contract's 'output' expects {[rows, width]}."
            )
    if isinstance(output, AnglesOutput):
        half_turn = 180.0 if output.unit == "deg" else np.pi
        largest = float(np.nanmax(np.abs(answers[output.tensor]), initial=0.0))
        if largest > half_turn:
            other = "rad" if output.unit == "deg" else "deg"
            raise ContractError(
                f"{path}: output {output.tensor!r} answers {largest:.3g} {output.unit} to a grey picture, which "
                f"cannot be an angle of gaze: is 'output.unit' {other!r}?"
            )


def _check_inputs(path: Path, contract: Contract, inputs: list[Any]) -> int:
    found = {tensor.name: tensor for tensor in inputs}
    expected: dict[str, tuple[int, ...]] = dict.fromkeys(image_tensors(contract), crop_shape(contract))
    if contract.input.head_pose:
        expected[contract.input.head_pose.tensor] = (len(contract.input.head_pose.components),)
    for name in found.keys() - expected.keys():
        raise ContractError(f"{path}: the model needs an input {name!r} that its contract does not name.")
    batches = set()
    for name, shape in expected.items():
        if name not in found:
            raise ContractError(f"{path}: the contract names an input {name!r}, the model has {_names(found)}.")
        if found[name].type != _FLOAT:
            raise ContractError(f"{path}: input {name!r} is a {found[name].type}, only float32 can be fed.")
        batch, *rest = found[name].shape or [None]
        if len(rest) != len(shape) or any(isinstance(d, int) and d != e for d, e in zip(rest, shape, strict=True)):
            raise ContractError(
                f"{path}: input {name!r} has the shape {found[name].shape}, the contract's 'input' makes [N, "
                f"{', '.join(map(str, shape))}]."
            )
        batches.add(batch if isinstance(batch, int) else row_count(contract))
    if len(batches) != 1 or not batches <= {1, row_count(contract)}:
        raise ContractError(f"{path}: the batch of the inputs must be 1, {row_count(contract)} or open.")
    return int(batches.pop())


def _check_outputs(path: Path, output: Output, outputs: list[Any]) -> None:
    found = {tensor.name: tensor for tensor in outputs}
    for name in output_names(output):
        if name not in found:
            raise ContractError(f"{path}: the contract names an output {name!r}, the model has {_names(found)}.")
        if found[name].type != _FLOAT:
            raise ContractError(f"{path}: output {name!r} is a {found[name].type}, only float32 can be read.")


def _names(found: Any) -> str:
    return ", ".join(repr(name) for name in sorted(found)) or "none"
