"""The description of a network, which configurations and checkpoints contain instead of code."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.mobilenet import GROUPS, MobileNet
from gaze_training.networks.output import GazeNetwork
from gaze_training.networks.residual import ResidualNet

_OUTPUTS = ("auxiliary", "confidence")


class NetworkSpec(BaseModel):
    """`width` scales the channels, `depth` the layers of a group; `auxiliary`: iris centre and openness as outputs;
    `confidence`: the eye's condition and the gaze's covariance as outputs.
    `refined`: of a MobileNet, for each of its four groups, additional layers that change nothing at first;
    `halving_kernel`: size of its convolutions that halve a map.

    An ensemble has `members` and nothing else of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["mobilenet", "residual", "ensemble"]
    width: float = Field(1.0, gt=0, le=4)
    depth: float = Field(1.0, gt=0, le=8)
    auxiliary: bool = False
    confidence: bool = False
    dropout: float = Field(0.0, ge=0, lt=1)
    refined: tuple[NonNegativeInt, NonNegativeInt, NonNegativeInt, NonNegativeInt] | tuple[()] = ()
    halving_kernel: Literal[3, 5] = 3
    members: tuple[NetworkSpec, ...] = ()

    @model_validator(mode="after")
    def _ensembles_have_members(self) -> NetworkSpec:
        if (self.kind == "ensemble") != bool(self.members):
            raise ValueError("an ensemble has members, and nothing else has")
        return self

    @model_validator(mode="after")
    def _only_mobilenets_grow(self) -> NetworkSpec:
        if self.kind != "mobilenet" and (self.refined or self.halving_kernel != 3):
            raise ValueError("refined and halving_kernel are of a mobilenet alone")
        return self

    def grows_into(self, other: NetworkSpec) -> bool:
        """Whether the other is this network, or a larger one that can start with its weights."""
        own, more = (spec.refined or (0,) * len(GROUPS) for spec in (self, other))
        grown = {"refined": other.refined, "halving_kernel": other.halving_kernel, "dropout": other.dropout}
        grown |= {name: True for name in _OUTPUTS if getattr(other, name)}
        deeper = all(a <= b for a, b in zip(own, more, strict=True))
        return deeper and self.halving_kernel <= other.halving_kernel and self.model_copy(update=grown) == other


def build_network(spec: NetworkSpec) -> GazeNetwork:
    """The network, freshly initialised from torch's random state."""
    if spec.kind == "mobilenet":
        return MobileNet(
            spec.width,
            spec.depth,
            spec.auxiliary,
            spec.dropout,
            spec.refined,
            spec.halving_kernel,
            spec.confidence,
        )
    if spec.kind == "residual":
        return ResidualNet(spec.width, round(spec.depth), spec.auxiliary, spec.dropout, spec.confidence)
    return Ensemble([build_network(member) for member in spec.members])


def grown_from(small: GazeNetwork, large: GazeNetwork) -> GazeNetwork:
    """`large` with the weights of `small`, whose description grows into its own, with the same answers. Kernels are
    padded with zeros, and layers that `small` does not have stay unchanged.
    """
    known, wanted = small.state_dict(), large.state_dict()
    for name, value in known.items():
        rim = (wanted[name].shape[-1] - value.shape[-1]) // 2 if value.ndim == 4 else 0
        wanted[name] = F.pad(value, (rim,) * 4) if rim else value
    large.load_state_dict(wanted)
    return large
