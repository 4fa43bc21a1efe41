"""Decodes a model's outputs to unit vectors in the frame that its contract names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaze_demo.estimate import EyeCondition
from gaze_demo.geometry import Array, normalised, pitch_yaw_to_vector
from gaze_demo.model.contract import AnglesOutput, BinnedOutput, Output, VectorOutput

Tensor = NDArray[np.float32]
_LARGEST_VARIANCE = 4.0  # in rad^2: an angle with a larger variance is unknown


def output_widths(output: Output) -> dict[str, int]:
    """Name and last dimension of each tensor with the gaze."""
    if isinstance(output, BinnedOutput):
        return {output.pitch: output.bins, output.yaw: output.bins}
    return {output.tensor: 2 if isinstance(output, AnglesOutput) else 3}


def extra_widths(output: Output) -> dict[str, int]:
    """Name and last dimension of each additional tensor with a known width."""
    widths = {}
    if output.condition:
        widths[output.condition.tensor] = len(output.condition.components)
    if output.covariance:
        widths[output.covariance.tensor] = 3
    return widths


def decode_conditions(output: Output, tensors: dict[str, Tensor]) -> list[EyeCondition]:
    """One condition a row, cut to 0..1; none if the contract names no such output."""
    if output.condition is None:
        return []
    rows = np.clip(tensors[output.condition.tensor].astype(float), 0.0, 1.0)
    return [EyeCondition(**dict(zip(output.condition.components, row.tolist(), strict=True))) for row in rows]


def decode_covariances(output: Output, tensors: dict[str, Tensor]) -> list[Array | None]:
    """One covariance (2, 2) a row, in the gaze's own frame; None if it is no covariance or nothing is known.

    Empty where the contract names no such output.
    """
    if output.covariance is None:
        return []
    rows = tensors[output.covariance.tensor].astype(float)
    return [_covariance(*row.tolist()) for row in rows]


def _covariance(pitch: float, yaw: float, both: float) -> Array | None:
    if not (0.0 < pitch < _LARGEST_VARIANCE and 0.0 < yaw < _LARGEST_VARIANCE and both * both < pitch * yaw):
        return None  # also true for NaN
    return np.array([[pitch, both], [both, yaw]])


def decode(output: Output, tensors: dict[str, Tensor]) -> Array:
    """Unit vectors (N, 3) of the tensors by name; a row without a finite answer is NaN."""
    with np.errstate(all="ignore"):
        if isinstance(output, VectorOutput):
            return _from_axes(tensors[output.tensor].astype(float), output.axes)
        if isinstance(output, AnglesOutput):
            angles = tensors[output.tensor].astype(float)
            angles = np.radians(angles) if output.unit == "deg" else angles
            return pitch_yaw_to_vector(_signed(angles, output.components))
        binned = np.stack(
            [_expected_angle(output, tensors[name].astype(float)) for name in (output.pitch, output.yaw)], -1
        )
        return pitch_yaw_to_vector(_signed(binned, output.signs))


def _signed(angles: Array, names: tuple[str, str]) -> Array:
    """Pitch and yaw (N, 2) of angles in the order and with the signs of `names`."""
    columns = {
        name.lstrip("-"): -angles[:, i] if name.startswith("-") else angles[:, i] for i, name in enumerate(names)
    }
    return np.stack([columns["pitch"], columns["yaw"]], -1)


def _from_axes(values: Array, axes: tuple[str, str, str]) -> Array:
    vectors = np.empty_like(values)
    for i, name in enumerate(axes):
        vectors[:, "xyz".index(name[-1])] = -values[:, i] if name.startswith("-") else values[:, i]
    return normalised(vectors)


def _expected_angle(output: BinnedOutput, scores: Array) -> Array:
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    mean_bin = (weights * np.arange(output.bins)).sum(-1) / weights.sum(-1)
    return np.radians(output.offset_deg + output.width_deg * mean_bin)
