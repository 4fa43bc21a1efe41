"""A network by its description: what configs and checkpoints say instead of code."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.mobilenet import MobileNet
from gaze_training.networks.output import GazeNetwork
from gaze_training.networks.residual import ResidualNet


class NetworkSpec(BaseModel):
    """`width` scales the channels, `depth` the layers of a group; `auxiliary`: iris centre and openness as outputs.
    `refined`: of a MobileNet, for each of its four groups, more layers that begin as if they were not there.

    An ensemble has `members` and nothing else of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["mobilenet", "residual", "ensemble"]
    width: float = Field(1.0, gt=0, le=4)
    depth: float = Field(1.0, gt=0, le=8)
    auxiliary: bool = False
    dropout: float = Field(0.0, ge=0, lt=1)
    refined: tuple[NonNegativeInt, NonNegativeInt, NonNegativeInt, NonNegativeInt] | tuple[()] = ()
    members: tuple[NetworkSpec, ...] = ()

    def grows_into(self, other: NetworkSpec) -> bool:
        """Whether the other is this network, or this one with more refinements, which its weights do not know."""
        own, more = (spec.refined or (0,) * len(other.refined) for spec in (self, other))
        same = self.model_copy(update={"refined": other.refined}) == other
        return same and len(own) == len(more) and all(a <= b for a, b in zip(own, more, strict=True))


def build_network(spec: NetworkSpec) -> GazeNetwork:
    """The network, freshly initialised from torch's random state. Raises ValueError for an ensemble without members."""
    if spec.kind == "mobilenet":
        return MobileNet(spec.width, spec.depth, spec.auxiliary, spec.dropout, spec.refined)
    if spec.kind == "residual":
        return ResidualNet(spec.width, round(spec.depth), spec.auxiliary, spec.dropout)
    if not spec.members:
        raise ValueError("an ensemble needs members")
    return Ensemble([build_network(member) for member in spec.members])
