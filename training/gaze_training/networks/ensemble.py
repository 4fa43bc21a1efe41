"""Several networks as one: the mean of their gaze directions."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gaze_training.angles import pitch_yaw_to_vector, vector_to_pitch_yaw
from gaze_training.networks.output import GazeNetwork, GazeOutput


class Ensemble(GazeNetwork):
    """The mean direction of its members; as a teacher, errors of different seeds cancel; as a model, it is one ONNX
    file like any other.

    Its condition is their mean, its covariance that of their mixture (Lakshminarayanan et al., "Simple and scalable
    predictive uncertainty estimation using deep ensembles", NIPS 2017): the mean of theirs, and the spread of their
    answers. The members' embeddings are concatenated. Feature maps are the first member's: maps of different seeds have
    no channel in common, so their mean is useless.
    """

    def __init__(self, members: Sequence[GazeNetwork]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.group_channels = members[0].group_channels
        self.embedding_width = sum(member.embedding_width for member in members)

    def forward(self, eyes: Tensor, head: Tensor) -> GazeOutput:
        outputs: list[GazeOutput] = [member(eyes, head) for member in self.members]
        vectors = torch.stack([pitch_yaw_to_vector(output.gaze.float()) for output in outputs]).mean(0)
        embedding = torch.cat([output.embedding for output in outputs], 1)
        gaze = vector_to_pitch_yaw(vectors)
        condition, covariance = _together(outputs, gaze)
        return GazeOutput(gaze, embedding, None, None, outputs[0].features, condition, covariance)

    def maps(self, eyes: Tensor, head: Tensor) -> tuple[Tensor, ...]:
        """The first member's, without running the others."""
        first = self.members[0]
        assert isinstance(first, GazeNetwork)
        return first.maps(eyes, head)


def _together(outputs: Sequence[GazeOutput], gaze: Tensor) -> tuple[Tensor | None, Tensor | None]:
    """Condition (N, 5) and covariance (N, 3) of the mixture; None if not all members have them."""
    conditions = [output.condition for output in outputs if output.condition is not None]
    covariances = [output.covariance for output in outputs if output.covariance is not None]
    if len(conditions) < len(outputs) or len(covariances) < len(outputs):
        return None, None
    off = torch.stack([output.gaze.float() for output in outputs]) - gaze
    spread = torch.cat([off * off, off[..., :1] * off[..., 1:]], -1)
    return torch.stack(conditions).mean(0), (torch.stack(covariances) + spread).mean(0)
