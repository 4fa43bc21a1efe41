"""The teacher's output as a second label."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from gaze_training.eyes import Eyes
from gaze_training.schemes.scheme import Options, Scheme, Step


class Imitation(Scheme):
    """A share `alpha` of the loss is the distance to the teacher's gaze; all of it if there is no label."""

    paper = "Hinton, Vinyals, Dean, 'Distilling the knowledge in a neural network', 2015; here for regression"
    defaults: ClassVar[Options] = {"alpha": 0.7}

    def loss(self, step: Step) -> Tensor:
        return self.mixed(step, step.taught.gaze)

    def mixed(self, step: Step, taught: Tensor) -> Tensor:
        """Labels and `taught` (N, 2) by their shares."""
        alpha = self.number("alpha")
        imitated = step.supervision.distance(step.student.gaze, taught)
        return ((1 - alpha) * step.supervised + imitated * (alpha + (1 - alpha) * ~labelled(step.eyes))).mean()


class Assistant(Imitation):
    """Imitation of a student that was itself distilled: 1.0 teaches 0.5, that teaches 0.25, and so on."""

    paper = "Mirzadeh et al., 'Improved knowledge distillation via teacher assistant', AAAI 2020"


class EnsembleTeacher(Imitation):
    """Imitation of the mean of several teachers, so that the errors of different seeds cancel; name them all in
    scheme.teachers."""

    paper = "Hinton, Vinyals, Dean, 2015, section 5: the knowledge of an ensemble in one network"


class Unlabelled(Imitation):
    """Imitation that also learns from photographs of real people without any label (data.unlabelled)."""

    paper = "Radosavovic et al., 'Data distillation: towards omni-supervised learning', CVPR 2018"
    needs_unlabelled = True


class OutsideTeacher(Imitation):
    """Imitation of the outside teacher whose labels are in the data: any ONNX file with a contract, run on whole faces.
    `yaw_only`: only its yaw, for teachers with a low gain in pitch.
    """

    paper = "Hinton, Vinyals, Dean, 2015; the teacher is someone else's network, trained on real people"
    needs_teacher = False
    needs_outside = True
    defaults: ClassVar[Options] = {"alpha": 0.5, "yaw_only": False}

    def loss(self, step: Step) -> Tensor:
        taught = step.eyes.outside
        if self._options["yaw_only"]:
            taught = torch.stack([step.eyes.gaze[:, 0], taught[:, 1]], 1)
        return self.mixed(step, torch.where(taught.isnan(), step.eyes.gaze, taught))


class NoiseControl(Imitation):
    """The control: a teacher whose errors are as large as the real one's but independent of the picture.

    Each eye's imitated gaze is its label plus the real teacher's error on some other eye, the same one in every epoch.
    """

    paper = "the thesis's question whether distillation is more than noise"
    needs_teacher_errors = True

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.register_buffer("errors", torch.zeros(0, 2), persistent=False)

    def prepare(self, teacher_errors: Tensor, eyes: Eyes) -> None:
        drawn = torch.randint(len(teacher_errors), (len(eyes),), generator=torch.Generator().manual_seed(len(eyes)))
        self.errors = teacher_errors[drawn.to(teacher_errors.device)]

    def loss(self, step: Step) -> Tensor:
        return self.mixed(step, step.eyes.gaze + self.errors[step.eyes.index % len(self.errors)])


def labelled(eyes: Eyes) -> Tensor:
    """(N, 1) whether the eye has an exact gaze or an outside teacher's."""
    return (eyes.gaze.isfinite() | eyes.outside.isfinite()).all(1, keepdim=True)
