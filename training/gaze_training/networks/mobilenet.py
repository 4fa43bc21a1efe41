"""The students: MobileNets for a grey crop of 60 x 36 px."""

from __future__ import annotations

from torch import Tensor, nn

from gaze_training.networks.layers import GazeHead, Refinement, Standardise, conv_bn, depthwise_separable, map_size
from gaze_training.networks.output import GazeNetwork, GazeOutput

_STEM = 32
# Channels at width 1, stride of the first layer, depthwise separable layers at depth 1 of each group.
GROUPS = ((64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 2, 4))
_EMBEDDING = 256


class MobileNet(GazeNetwork):
    """Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications" (2017).

    Fewer halvings than for 224 px, and no layers of 1024 channels: a crop of an eye has fewer pixels, and there are no
    thousand classes. `width` scales all channels, `depth` the layers of a group beyond its first: thin and deep is
    width 0.125, depth 3. `refined`: layers beside a shortcut that follow those of each group. `halving_kernel`: size of
    the convolutions that halve a map. With 3 px they alias, which makes the answer depend on the exact position of the
    eye in the crop (Zhang, "Making convolutional networks shift-invariant again", ICML 2019); with 5 they need not.
    """

    def __init__(
        self,
        width: float = 1.0,
        depth: float = 1.0,
        auxiliary: bool = False,
        dropout: float = 0.0,
        refined: tuple[int, ...] = (),
        halving_kernel: int = 3,
        confidence: bool = False,
    ) -> None:
        super().__init__()

        def scaled(channels: int) -> int:
            return max(2, round(channels * width))

        self.standardise = Standardise()
        self.stem = conv_bn(1, scaled(_STEM), halving_kernel, stride=2)
        groups, channels = [], scaled(_STEM)
        for (full, stride, layers), refinements in zip(GROUPS, refined or (0,) * len(GROUPS), strict=True):
            out = scaled(full)
            repeats = max(0, round((layers - 1) * depth))
            more = [depthwise_separable(out, out) for _ in range(repeats)]
            more += [Refinement(out) for _ in range(refinements)]
            first = depthwise_separable(channels, out, stride, halving_kernel if stride > 1 else 3)
            groups.append(nn.Sequential(first, *more))
            channels = out
        self.groups = nn.ModuleList(groups)
        self.group_channels = tuple(scaled(full) for full, _, _ in GROUPS)
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
