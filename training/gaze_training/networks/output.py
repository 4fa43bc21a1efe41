"""The outputs of every network for a batch of eyes."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class GazeOutput:
    """`gaze`: (N, 2) pitch, yaw in radians, normalised frame. `embedding`: (N, E) the vector that the gaze is computed
    from.

    `iris`: (N, 2) x, y of the iris's centre as shares of the crop, 0..1; `openness`: (N,); None if the network has
    no auxiliary outputs. `features`: one map (N, C, H, W) for each group of layers, for hints.

    `condition`: (N, 5) 0..1, the numbers of `networks.confidence.CONDITION`; `covariance`: (N, 3) variance of pitch, of
    yaw and their covariance, rad^2; None if the network does not have these outputs.
    """

    gaze: Tensor
    embedding: Tensor
    iris: Tensor | None = None
    openness: Tensor | None = None
    features: tuple[Tensor, ...] = ()
    condition: Tensor | None = None
    covariance: Tensor | None = None


class GazeNetwork(nn.Module):
    """A network that reads eye crops.

    Called with `eyes` (N, 1, 36, 60), uint8 or float, 0..255, grey, and `head` (N, 2): pitch and yaw in radians of the
    face's direction in the normalised frame; returns a GazeOutput.

    Attributes:
        group_channels: channels of each feature map in `GazeOutput.features`.
        embedding_width: E of `GazeOutput.embedding`.
    """

    group_channels: tuple[int, ...]
    embedding_width: int

    def forward(self, eyes: Tensor, head: Tensor) -> GazeOutput:
        raise NotImplementedError

    def maps(self, eyes: Tensor, head: Tensor) -> tuple[Tensor, ...]:
        """`GazeOutput.features` alone."""
        return self(eyes, head).features

    def __call__(self, eyes: Tensor, head: Tensor) -> GazeOutput:
        output: GazeOutput = super().__call__(eyes, head)
        return output
