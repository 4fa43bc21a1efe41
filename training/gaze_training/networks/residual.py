"""The teacher: a small residual network."""

from __future__ import annotations

from torch import Tensor, nn

from gaze_training.networks.layers import GazeHead, ResidualBlock, Standardise, conv_bn, map_size
from gaze_training.networks.output import GazeNetwork, GazeOutput

_STEM = 32
_GROUPS = ((32, 1), (64, 2), (128, 2), (192, 2))  # channels at width 1 and stride of each group
_EMBEDDING = 256


class ResidualNet(GazeNetwork):
    """Residual network (He et al., CVPR 2016) for a grey crop of 60 x 36 px.

    The maps of its four groups have the sizes of MobileNet's: each can be a hint to the same group of a student.
    """

    def __init__(
        self,
        width: float = 1.0,
        depth: int = 1,
        auxiliary: bool = False,
        dropout: float = 0.0,
        confidence: bool = False,
    ) -> None:
        super().__init__()

        def scaled(channels: int) -> int:
            return max(8, 8 * round(channels * width / 8))

        self.standardise = Standardise()
        self.stem = conv_bn(1, scaled(_STEM), stride=2)
        groups, channels = [], scaled(_STEM)
        for full, stride in _GROUPS:
            out = scaled(full)
            more = [ResidualBlock(out, out) for _ in range(depth - 1)]
            groups.append(nn.Sequential(ResidualBlock(channels, out, stride), *more))
            channels = out
        self.groups = nn.ModuleList(groups)
        self.group_channels = tuple(scaled(full) for full, _ in _GROUPS)
        self.embedding_width = max(16, round(_EMBEDDING * width))
        self.head = GazeHead(self.group_channels, map_size(4), self.embedding_width, auxiliary, dropout, confidence)

    def forward(self, eyes: Tensor, head: Tensor) -> GazeOutput:
        x = self.stem(self.standardise(eyes.to(head.dtype)))
        features = []
        for group in self.groups:
            x = group(x)
            features.append(x)
        output: GazeOutput = self.head(tuple(features), head)
        return output
