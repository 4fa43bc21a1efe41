"""A network by its description: what configs and checkpoints say instead of code."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.mobilenet import MobileNet
from gaze_training.networks.output import GazeNetwork
from gaze_training.networks.residual import ResidualNet


class NetworkSpec(BaseModel):
    """`width` scales the channels, `depth` the layers of a group; `auxiliary`: iris centre and openness as outputs.

    An ensemble has `members` and nothing else of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["mobilenet", "residual", "ensemble"]
    width: float = Field(1.0, gt=0, le=4)
    depth: float = Field(1.0, gt=0, le=8)
    auxiliary: bool = False
    dropout: float = Field(0.0, ge=0, lt=1)
    members: tuple[NetworkSpec, ...] = ()


def build_network(spec: NetworkSpec) -> GazeNetwork:
    """The network, freshly initialised from torch's random state. Raises ValueError for an ensemble without members."""
    if spec.kind == "mobilenet":
        return MobileNet(spec.width, spec.depth, spec.auxiliary, spec.dropout)
    if spec.kind == "residual":
        return ResidualNet(spec.width, round(spec.depth), spec.auxiliary, spec.dropout)
    if not spec.members:
        raise ValueError("an ensemble needs members")
    return Ensemble([build_network(member) for member in spec.members])
