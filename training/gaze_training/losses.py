"""Errors of angles that training makes small; all in radians, one number for each eye and angle."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gaze_training.config import LabelConfig
from gaze_training.eyes import Eyes
from gaze_training.networks.output import GazeOutput


def distance(gaze: Tensor, target: Tensor, beta: float = 0.0) -> Tensor:
    """Error (N, 2) of pitch and yaw, smooth below `beta` radians (Huber); 0 where the target is NaN."""
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
        """Error (N, 2); where one of two labels is missing the other counts fully, where both are it is 0."""
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
        """Mean error of iris centre (in units of the crop) and openness, weighted; 0 where a network has neither."""
        if output.iris is None or output.openness is None:
            return output.gaze.new_zeros(())
        iris = distance(output.iris, eyes.iris).mean()
        return self._config.auxiliary * (iris + distance(output.openness, eyes.openness).mean())
