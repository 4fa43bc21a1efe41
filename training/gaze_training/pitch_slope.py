"""Scales a network's pitch by one number, so that on people not trained on a degree more of it means, on average, a
degree more of gaze.

Networks that learn to follow eyes that look down spread too far: the shape of lids differs from person to person, and a
part of what is read from it is wrong. The slope of the true pitch on the predicted one is the factor with the smallest
squared error; the noisier the predictions, the smaller it is. So the network's gain becomes smaller. A calibration to a
screen undoes the factor, and only people without one gain from it.
"""

from __future__ import annotations

import math

import torch

from gaze_demo.errors import UserError
from gaze_training.eyes import Eyes
from gaze_training.metrics import predict
from gaze_training.networks.confidence import CONDITION, Confidence
from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.output import GazeNetwork


def level_pitch(network: GazeNetwork, eyes: Eyes) -> float:
    """Scale the pitch of a network, or of each member of an ensemble, in place; returns the factor: the slope of the
    true pitch on the predicted one, by least squares. The mean of the predictions changes too: centre the network
    afterwards. The covariance follows nearly: its parts along pitch and along the diagonals are scaled.

    Raises UserError if no eye has a known gaze, or the factor is out of all proportion.
    """
    known = eyes.select(eyes.gaze.isfinite().all(1))
    if len(known) < 2:
        raise UserError("--level-pitch needs faces with a known gaze: name folders that gaze-train data wrote.")
    predicted, true = predict(network, known)[:, 0].double(), known.gaze[:, 0].double()
    off = predicted - predicted.mean()
    factor = float((off * true).sum() / off.square().sum().clamp(min=1e-12))
    if not 0.5 <= factor <= 2.0:
        raise UserError(f"--level-pitch: the factor would be {factor:.2f}; these faces do not fit the network.")
    for member in [*network.members] if isinstance(network, Ensemble) else [network]:
        last = member.get_submodule("head.gaze")
        assert isinstance(last, torch.nn.Linear)
        with torch.no_grad():
            last.weight[0].mul_(factor)
            last.bias[0].mul_(factor)
            for layer in (module.outputs for module in member.modules() if isinstance(module, Confidence)):
                pitch, _, *diagonals = range(len(CONDITION), len(layer.bias))
                layer.bias[pitch] += 2 * math.log(factor)
                layer.bias[diagonals] += math.log(factor)
    return factor
