"""Layers that the networks share."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_training.networks.confidence import Confidence
from gaze_training.networks.output import GazeOutput

SD_FLOOR = 4.0  # grey levels: so that the noise of a crop without contrast is not amplified


class Standardise(nn.Module):
    """Standardises each crop by its own mean and standard deviation, so that light and contrast of the camera cancel.
    It is part of the network, so that the ONNX file takes plain grey levels 0..255.
    """

    def forward(self, eyes: Tensor) -> Tensor:
        return F.instance_norm(eyes, eps=SD_FLOOR**2)


def conv_bn(channels: int, out: int, kernel: int = 3, stride: int = 1, groups: int = 1, relu: bool = True) -> nn.Module:
    """Convolution, batch norm and (if asked for) a ReLU; the padding keeps the size up to the stride."""
    layers: list[nn.Module] = [
        nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(out),
    ]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if relu else nn.Sequential(*layers)


def depthwise_separable(channels: int, out: int, stride: int = 1, kernel: int = 3) -> nn.Module:
    """A 3x3 convolution for each channel, then 1x1 across channels (Howard et al., "MobileNets", 2017)."""
    each = conv_bn(channels, channels, kernel, stride, groups=channels)
    return nn.Sequential(each, conv_bn(channels, out, kernel=1))


class Refinement(nn.Module):
    """A depthwise separable layer beside a shortcut, which changes nothing at first.

    The last batch norm's scale begins at 0 (Goyal et al., "Accurate, large minibatch SGD", 2017), so a trained network
    can be made deeper without losing what it has learnt (Chen, Goodfellow, Shlens, "Net2Net", ICLR 2016).
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.spread = conv_bn(channels, channels, groups=channels)
        self.mix = conv_bn(channels, channels, kernel=1, relu=False)
        scale = self.mix[1].weight  # type: ignore[index]  # a Sequential, declared as a Module
        nn.init.zeros_(scale)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.mix(self.spread(x)))


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut (He et al., "Deep residual learning", CVPR 2016)."""

    def __init__(self, channels: int, out: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(conv_bn(channels, out, stride=stride), conv_bn(out, out, relu=False))
        same = stride == 1 and channels == out
        self.shortcut = nn.Identity() if same else conv_bn(channels, out, kernel=1, stride=stride, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.body(x) + self.shortcut(x))


class GazeHead(nn.Module):
    """From the last feature map and the head's angles to the outputs.

    The map is summed by one learnt weight for each place and channel (global depthwise convolution, Chen et al.,
    "MobileFaceNets", 2018) and not by its mean, because a mean would lose the position of the iris, on which the gaze
    depends.
    """

    def __init__(
        self,
        group_channels: tuple[int, ...],
        size: tuple[int, int],
        width: int,
        auxiliary: bool,
        dropout: float,
        confidence: bool,
    ) -> None:
        super().__init__()
        channels = group_channels[-1]
        self.place = nn.Conv2d(channels, channels, size, groups=channels)
        self.dropout = nn.Dropout(dropout)
        self.mix = nn.Linear(channels + 2, width)
        self.gaze = nn.Linear(width, 2)
        self.auxiliary = nn.Linear(width, 3) if auxiliary else None
        self.confidence = Confidence(channels + group_channels[0], max(8, width // 6)) if confidence else None
        nn.init.normal_(self.place.weight, std=(size[0] * size[1]) ** -0.5)
        nn.init.normal_(self.gaze.weight, std=0.02)
        nn.init.zeros_(self.gaze.bias)

    def forward(self, features: tuple[Tensor, ...], head: Tensor) -> GazeOutput:
        seen = self.dropout(self.place(features[-1]).flatten(1))
        embedding = F.relu(self.mix(torch.cat([seen, head], 1)))
        iris = openness = condition = covariance = None
        if self.auxiliary is not None:
            iris_x, iris_y, openness = self.auxiliary(embedding).unbind(1)
            iris = torch.stack([0.5 + iris_x, 0.5 + iris_y], 1)
        if self.confidence is not None:
            condition, covariance = self.confidence(seen, features[0])
        return GazeOutput(self.gaze(embedding), embedding, iris, openness, features, condition, covariance)


def map_size(strides: int) -> tuple[int, int]:
    """Height and width of the feature map after this many halvings of the crop."""
    height, width = HEIGHT_PX, WIDTH_PX
    for _ in range(strides):
        height, width = (height + 1) // 2, (width + 1) // 2
    return height, width
