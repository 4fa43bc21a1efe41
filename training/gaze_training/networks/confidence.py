"""What a network says of an eye beside its gaze: the eye's condition, and how sure the gaze is."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CONDITION = ("iris_visible", "openness", "blur", "glare", "cover")
"""The condition's numbers in their order, 0..1 each; see the contract of models in the app."""

_DIRECTIONS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 0.5, 0.5), (0.5, 0.5, -0.5))
"""Variance of pitch, of yaw and their covariance of an error along pitch, yaw and the two diagonals."""
_START_SD = (0.09, 0.09, 0.02, 0.02)
"""Radians along each of them at first."""


class Confidence(nn.Module):
    """From the last feature map to the condition (N, 5) and to the gaze's covariance (N, 3) in rad^2: variance of
    pitch, variance of yaw, their covariance.

    The covariance is a sum of positive amounts of the four directions, so it is one whatever the layers say. The map is
    summed by place as `GazeHead` does it, with weights of its own.
    """

    def __init__(self, channels: int, size: tuple[int, int], width: int) -> None:
        super().__init__()
        self.place = nn.Conv2d(channels, channels, size, groups=channels)
        self.mix = nn.Linear(channels, width)
        self.outputs = nn.Linear(width, len(CONDITION) + len(_DIRECTIONS))
        self.register_buffer("directions", torch.tensor(_DIRECTIONS), persistent=False)
        nn.init.normal_(self.place.weight, std=(size[0] * size[1]) ** -0.5)
        nn.init.normal_(self.outputs.weight, std=0.02)
        with torch.no_grad():
            self.outputs.bias.zero_()
            self.outputs.bias[len(CONDITION) :] = 2 * torch.tensor(_START_SD).log()

    def forward(self, last: Tensor) -> tuple[Tensor, Tensor]:
        hidden = torch.relu(self.mix(self.place(last).flatten(1)))
        condition, variances = self.outputs(hidden).split((len(CONDITION), len(_DIRECTIONS)), 1)
        directions = self.directions
        assert isinstance(directions, Tensor)
        with torch.autocast(last.device.type, enabled=False):  # 8 bits of a variance are too few
            return torch.sigmoid(condition.float()), torch.exp(variances.float()) @ directions
