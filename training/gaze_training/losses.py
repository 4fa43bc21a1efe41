"""Errors of angles that training minimises; all in radians, one number for each eye and angle."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gaze_training.config import LabelConfig
from gaze_training.eyes import Eyes
from gaze_training.networks.confidence import CONDITION
from gaze_training.networks.output import GazeOutput

WIDE_OPEN = 0.4  # `Eyes.openness` of a wide open eye: networks output 1 for it


def distance(gaze: Tensor, target: Tensor, beta: float = 0.0) -> Tensor:
    """Error (N, 2) of pitch and yaw, smooth below `beta` radians (Huber); 0 if the target is NaN."""
    known = torch.isfinite(target)
    filled = torch.where(known, target, gaze.detach())
    return F.smooth_l1_loss(gaze, filled, beta=beta, reduction="none") if beta > 0 else (gaze - filled).abs()


class Supervision:
    """The error against the labels: exact ones, an outside teacher's, or both by their shares."""

    def __init__(self, config: LabelConfig) -> None:
        self._config = config
        self._beta = math.radians(config.beta_deg)
        self._margin = math.radians(config.outside_margin_deg)

    def gaze(self, gaze: Tensor, eyes: Eyes) -> Tensor:
        """Error (N, 2); if one of the two labels is missing the other has full weight, if both are missing it is 0."""
        outside = eyes.outside
        if self._config.outside_axes == "yaw":
            outside = torch.stack([torch.full_like(outside[:, 0], torch.nan), outside[:, 1]], 1)
        share = torch.full_like(gaze, self._config.outside_share)
        if self._config.outside_share > 0:
            share = torch.where(torch.isnan(eyes.gaze), 1.0, share)
        share = torch.where(torch.isnan(outside), 0.0, share)
        heard = (self.distance(gaze, outside) - self._margin).clamp(min=0.0)
        error = (1 - share) * self.distance(gaze, eyes.gaze) + share * heard
        weight = self._config.pitch_weight
        return error * (2 / (1 + weight)) * torch.tensor([weight, 1.0], device=gaze.device)

    def distance(self, gaze: Tensor, target: Tensor) -> Tensor:
        """Error (N, 2) of the configured smoothness."""
        return distance(gaze, target, self._beta)

    def auxiliary(self, output: GazeOutput, eyes: Eyes) -> Tensor:
        """Mean error of iris centre (in units of the crop) and openness, weighted; 0 if a network has neither."""
        if output.iris is None or output.openness is None:
            return output.gaze.new_zeros(())
        iris = (distance(output.iris, eyes.iris) * eyes.readable[:, None]).mean()
        return self._config.auxiliary * (iris + distance(output.openness, eyes.openness).mean())

    def confidence(self, output: GazeOutput, eyes: Eyes, taught: GazeOutput | None) -> Tensor:
        """Cross entropy of the condition, against the truth and against a teacher's condition, and the likelihood of
        the gaze's error under its covariance; 0 if a network has neither."""
        if output.condition is None or output.covariance is None:
            return output.gaze.new_zeros(())
        condition = _cross_entropy(output.condition, true_condition(eyes))
        if taught is not None and taught.condition is not None:
            condition = (condition + _cross_entropy(output.condition, taught.condition)) / 2
        likelihood = unlikelihood(eyes.gaze - output.gaze.detach().float(), output.covariance)
        return self._config.condition * condition + self._config.likelihood * likelihood


def true_condition(eyes: Eyes) -> Tensor:
    """(N, 5) in the networks' units, 0..1; NaN if unknown."""
    openness = (eyes.openness / WIDE_OPEN).clamp(0.0, 1.0)
    return torch.stack([openness if name == "openness" else getattr(eyes, name) for name in CONDITION], 1)


def unlikelihood(error: Tensor, covariance: Tensor) -> Tensor:
    """Mean negative log likelihood of errors (N, 2) under a normal distribution of covariance (N, 3), over the known
    errors: Kendall, Gal, "What uncertainties do we need in Bayesian deep learning for computer vision?", NIPS 2017."""
    known = error.isfinite().all(1)
    if not known.any():
        return error.new_zeros(())
    of_pitch, of_yaw, of_both = covariance[known].unbind(1)
    determinant = of_pitch * of_yaw - of_both.square()
    return 0.5 * (squared_distance(error[known], covariance[known]) + determinant.log()).mean()


def squared_distance(error: Tensor, covariance: Tensor) -> Tensor:
    """Mahalanobis distance squared (N,) of errors (N, 2) under covariances (N, 3)."""
    (pitch, yaw), (of_pitch, of_yaw, of_both) = error.unbind(1), covariance.unbind(1)
    determinant = of_pitch * of_yaw - of_both.square()
    return (of_yaw * pitch.square() + of_pitch * yaw.square() - 2 * of_both * pitch * yaw) / determinant


def _cross_entropy(told: Tensor, truth: Tensor) -> Tensor:
    """Mean over the known values; 0 is the minimum."""
    known = truth.isfinite()
    if not known.any():
        return told.new_zeros(())
    p, q = told[known].clamp(1e-5, 1 - 1e-5), truth[known].clamp(0.0, 1.0)
    least = torch.special.entr(q) + torch.special.entr(1 - q)
    return (-(q * p.log() + (1 - q) * torch.log1p(-p)) - least).mean()
