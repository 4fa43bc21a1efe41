"""No teacher."""

from __future__ import annotations

from torch import Tensor

from gaze_training.schemes.scheme import Scheme, Step


class Baseline(Scheme):
    """The labels alone: what every other scheme is compared with."""

    paper = "none"
    needs_teacher = False

    def loss(self, step: Step) -> Tensor:
        return step.supervised.mean()
