"""Imitation weighted by the teacher's own error."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from gaze_training.eyes import Eyes
from gaze_training.schemes.imitation import labelled
from gaze_training.schemes.scheme import Options, Scheme, Step


class Adaptive(Scheme):
    """A teacher with a larger error has less weight: imitation counts by 1 - error / range of the teacher's errors on
    the training set.

    The thesis's adaptive error deduction; Saputra et al. take the square of both, and no label instead. `alpha` is the
    share of imitation if the teacher is right.
    """

    paper = "Saputra et al., 'Distilling knowledge from a deep pose regressor network', ICCV 2019 (attentive imitation)"
    needs_teacher_errors = True
    defaults: ClassVar[Options] = {"alpha": 0.7}

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.register_buffer("range", torch.ones(()))

    def prepare(self, teacher_errors: Tensor, eyes: Eyes) -> None:
        sizes = teacher_errors.norm(dim=1)
        # The 99th percentile: so that a single outlier does not decide
        self.range = torch.quantile(sizes, 0.99).clamp(min=1e-4)

    def loss(self, step: Step) -> Tensor:
        error = (step.taught.gaze - step.eyes.gaze).norm(dim=1, keepdim=True).nan_to_num()
        trust = (1 - error / self.range).clamp(0.0, 1.0)
        share = torch.where(labelled(step.eyes), self.number("alpha") * trust, trust)
        imitated = step.supervision.distance(step.student.gaze, step.taught.gaze)
        return ((1 - share) * step.supervised + share * imitated).mean()
