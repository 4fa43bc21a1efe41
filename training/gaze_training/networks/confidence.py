"""A network's outputs besides the gaze: the condition of the eye, and how certain the gaze is."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# The condition's numbers in their order, 0..1 each; see the contract of models in the app.
CONDITION = ("iris_visible", "openness", "blur", "glare", "cover")

# Variance of pitch, of yaw and their covariance of an error along pitch, yaw and the two diagonals.
_DIRECTIONS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 0.5, 0.5), (0.5, 0.5, -0.5))
_START_SD = (0.09, 0.09, 0.02, 0.02)  # radians along each of them at first


class Confidence(nn.Module):
    """From the last feature map as `GazeHead` reads it, (N, channels), and the mean of the first group's map (N, C, H,
    W), which shows how sharp a crop is, to the condition (N, 5) and to the gaze's covariance (N, 3) in rad^2: variance
    of pitch, variance of yaw, their covariance.

    The inputs are of very different sizes, so they are standardised; `fold` takes that into the first layer. The
    covariance is a sum of positive amounts of the four directions, so it is a valid covariance for any output of the
    layers.
    """

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.norm: nn.Module = nn.BatchNorm2d(channels)
        self.mix = nn.Linear(channels, width)
        self.outputs = nn.Linear(width, len(CONDITION) + len(_DIRECTIONS))
        self.register_buffer("directions", torch.tensor(_DIRECTIONS), persistent=False)
        nn.init.normal_(self.outputs.weight, std=0.02)
        with torch.no_grad():
            self.outputs.bias.zero_()
            self.outputs.bias[len(CONDITION) :] = 2 * torch.tensor(_START_SD).log()

    def forward(self, seen: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
        features = torch.cat([seen[..., None, None], F.adaptive_avg_pool2d(first, 1)], 1)
        hidden = torch.relu(self.mix(self.norm(features).flatten(1)))
        condition, variances = self.outputs(hidden).split((len(CONDITION), len(_DIRECTIONS)), 1)
        directions = self.directions
        assert isinstance(directions, Tensor)
        with torch.autocast(seen.device.type, enabled=False):  # 8 bits are too few for a variance
            return torch.sigmoid(condition.float()), torch.exp(variances.float()) @ directions

    @torch.no_grad()
    def fold(self) -> None:
        """Merge the standardising into the first layer: the same answers in evaluation with one layer less. It cannot
        be trained afterwards."""
        norm = self.norm
        if not isinstance(norm, nn.BatchNorm2d) or norm.running_mean is None or norm.running_var is None:
            return
        scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
        self.mix.bias.add_(self.mix.weight @ (norm.bias - norm.running_mean * scale))
        self.mix.weight.mul_(scale)
        self.norm = nn.Identity()
