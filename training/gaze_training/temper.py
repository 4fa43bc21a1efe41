"""Scales a network's covariances by one number, so that its ellipses hold the stated share of eyes. The trained
covariances are right for the people in training; on other people the errors are larger (Guo et al., "On calibration of
modern neural networks", ICML 2017: one number is nearly all that is needed).
"""

from __future__ import annotations

import math

import torch

from gaze_demo.errors import UserError
from gaze_training.evaluate.parts import SHARES
from gaze_training.eyes import Eyes
from gaze_training.losses import squared_distance
from gaze_training.metrics import asker
from gaze_training.networks.confidence import CONDITION, Confidence
from gaze_training.networks.output import GazeNetwork

_ROUNDS = 4


def temper(network: GazeNetwork, eyes: Eyes) -> float:
    """Scale the covariances in place, equally in each member of an ensemble; returns the factor of the variances. The
    scale makes the ellipses hold both shares as well as a single number can. Raises UserError if the network has no
    covariance, or no eye has a known gaze.
    """
    layers = [module.outputs for module in network.modules() if isinstance(module, Confidence)]
    known = eyes.select(eyes.gaze.isfinite().all(1))
    if not layers or not len(known):
        raise UserError("--temper needs a network that outputs a covariance, and faces with a known gaze.")
    total = 1.0
    for _ in range(_ROUNDS):  # an ensemble's spread does not scale, so one round is not enough for it
        gaze, _, covariance = asker(network)(known.crops[:, 0].numpy(), known.head.numpy())
        assert covariance is not None
        squared = squared_distance(gaze - known.gaze, covariance)
        wide = [float(torch.quantile(squared, share)) / (-2 * math.log(1 - share)) for share in SHARES]
        scale = math.sqrt(wide[0] * wide[1])
        total *= scale
        with torch.no_grad():
            for layer in layers:
                layer.bias[len(CONDITION) :] += math.log(scale)
    return total
