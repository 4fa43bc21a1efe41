"""How good a network is on eyes with known gaze."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gaze_training.angles import angle_between
from gaze_training.evaluate.predict import Angles, Answers, Ask, Crops, Predict
from gaze_training.eyes import Eyes
from gaze_training.networks.output import GazeNetwork, GazeOutput

_BATCH = 512


@dataclass(frozen=True)
class Quality:
    """`error_deg`: mean angle between true and predicted gaze of one eye. Gain: slope of prediction on truth, 1 is
    right. Bias: mean signed error."""

    error_deg: float
    pitch_gain: float
    yaw_gain: float
    pitch_bias_deg: float
    yaw_bias_deg: float


@torch.no_grad()
def predict(network: GazeNetwork, eyes: Eyes) -> Tensor:
    """Gaze (M, 2) in radians; the network is put in evaluation mode for it."""
    return torch.cat([output.gaze for output in _outputs(network, eyes)])


def measure(network: GazeNetwork, eyes: Eyes) -> Quality:
    """On the eyes whose exact gaze is known. Raises ValueError if there is none."""
    known = eyes.select(eyes.gaze.isfinite().all(1))
    if not len(known):
        raise ValueError("no eye with a known gaze to measure on")
    return quality(predict(network, known), known.gaze)


def quality(predicted: Tensor, truth: Tensor) -> Quality:
    """Of predictions (M, 2) against the truth (M, 2), both in radians."""
    error = torch.rad2deg(angle_between(predicted, truth)).mean()
    centred = truth - truth.mean(0)
    gain = (centred * predicted).sum(0) / centred.square().sum(0).clamp(min=1e-9)
    bias = torch.rad2deg((predicted - truth).mean(0))
    return Quality(float(error), float(gain[0]), float(gain[1]), float(bias[0]), float(bias[1]))


def predictor(network: GazeNetwork) -> Predict:
    """The network as a function for the tests of `evaluate`: arrays in, arrays out."""

    def predict_arrays(crops: Crops, head: Angles) -> Angles:
        with torch.no_grad():
            gaze = network(torch.from_numpy(crops)[:, None], torch.from_numpy(head)).gaze
        return np.asarray(gaze.numpy(), np.float32)

    network.eval()
    return predict_arrays


def asker(network: GazeNetwork) -> Ask:
    """The network as a function for `evaluate.parts`, with all its outputs for an eye."""

    @torch.no_grad()
    def ask(crops: Crops, head: Angles) -> Answers:
        parts = []
        for start in range(0, len(crops), _BATCH):
            part = slice(start, start + _BATCH)
            output = network(torch.from_numpy(crops[part])[:, None], torch.from_numpy(head[part]))
            parts.append((output.gaze, output.condition, output.covariance))
        gaze, condition, covariance = zip(*parts, strict=True)
        return torch.cat(gaze), _joined(condition), _joined(covariance)

    network.eval()
    return ask


def _joined(parts: tuple[Tensor | None, ...]) -> Tensor | None:
    known = [part for part in parts if part is not None]
    return torch.cat(known) if known else None


@torch.no_grad()
def _outputs(network: GazeNetwork, eyes: Eyes) -> Iterator[GazeOutput]:
    training = network.training
    network.eval()
    for start in range(0, len(eyes), _BATCH):
        batch = eyes.select(slice(start, start + _BATCH))
        yield network(batch.crops, batch.head)
    network.train(training)
