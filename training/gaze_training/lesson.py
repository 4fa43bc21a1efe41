"""Student and scheme together, as the module that is trained."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from gaze_training.eyes import Eyes
from gaze_training.losses import Supervision
from gaze_training.networks.output import GazeNetwork, GazeOutput
from gaze_training.schemes.scheme import Scheme, Step


class Lesson(nn.Module):
    """Student and scheme as one module whose output is the loss: the unit that several processes share."""

    def __init__(self, student: GazeNetwork, scheme: Scheme, supervision: Supervision) -> None:
        super().__init__()
        self.student = student
        self.scheme = scheme
        self._supervision = supervision

    def forward(self, eyes_of: dict[str, Tensor], taught_of: dict[str, Any] | None, progress: float) -> Tensor:
        """The fields of Eyes and of the teacher's GazeOutput: Fabric converts tensors in dicts, not in dataclasses."""
        eyes, taught = Eyes(**eyes_of), GazeOutput(**taught_of) if taught_of else None
        output = self.student(eyes.crops, eyes.head)
        step = Step(eyes, output, taught, self._supervision, progress)
        beside = self._supervision.auxiliary(output, eyes) + self._supervision.confidence(output, eyes, taught)
        return self.scheme.loss(step) + beside


def parameter_groups(module: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Weight decay applies to weights, but not to biases and the scales of norms."""
    weights = [p for p in module.parameters() if p.requires_grad and p.ndim > 1]
    others = [p for p in module.parameters() if p.requires_grad and p.ndim <= 1]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
