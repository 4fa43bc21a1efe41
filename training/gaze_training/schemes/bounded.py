"""The teacher's error as a bound: a student that is better than the teacher is not changed."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from gaze_training.losses import distance
from gaze_training.schemes.scheme import Options, Scheme, Step


class TeacherBounded(Scheme):
    """The labels, and `weight` times the squared error once more where the student's error exceeds the teacher's by a
    margin; in units of `unit_deg`, so that the two terms have similar sizes."""

    paper = "Chen et al., 'Learning efficient object detection models with knowledge distillation', NIPS 2017"
    defaults: ClassVar[Options] = {"weight": 0.5, "margin_deg": 0.5, "unit_deg": 5.0}

    def loss(self, step: Step) -> Tensor:
        return (step.supervised + self.bound(step, step.taught.gaze)).mean()

    def bound(self, step: Step, taught: Tensor) -> Tensor:
        """The second term (N, 2); 0 if the truth or the teacher's gaze is unknown."""
        truth = step.eyes.gaze
        squared = distance(step.student.gaze, truth).square()
        teacher = (taught - truth).norm(dim=1, keepdim=True)
        worse = squared.detach().sum(1, keepdim=True).sqrt() + self.radians("margin_deg") > teacher
        return self.number("weight") * worse * squared / self.radians("unit_deg")


class OutsideBounded(TeacherBounded):
    """The bound comes from the outside teacher whose labels are in the data: any model that was trained on real
    people."""

    needs_teacher = False
    needs_outside = True

    def loss(self, step: Step) -> Tensor:
        return (step.supervised + self.bound(step, step.eyes.outside)).mean()
