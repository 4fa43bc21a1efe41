"""The teacher's feature maps as hints for the student's."""

from __future__ import annotations

from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from gaze_demo.errors import UserError
from gaze_training.networks.output import GazeNetwork
from gaze_training.schemes.imitation import Imitation
from gaze_training.schemes.scheme import Options, Step


class Hints(Imitation):
    """First the student's group number `group` learns, through a 1x1 regressor, to predict the teacher's map; then
    imitation. The first stage takes the share `hint_share` of the run."""

    paper = "Romero et al., 'FitNets: hints for thin deep nets', ICLR 2015"
    defaults: ClassVar[Options] = {"alpha": 0.7, "hint_share": 0.25, "group": 2.0, "hint_weight": 0.1}

    def __init__(self, options: Options, student: GazeNetwork, teacher: GazeNetwork | None) -> None:
        super().__init__(options, student, teacher)
        assert teacher is not None  # the base class has checked this
        last = len(student.group_channels) - 1
        if "group" in self.defaults and self.number("group") not in range(last + 1):
            raise UserError(f"scheme.options.group is {self.number('group'):g}: the groups are 0 to {last}.")
        pairs = zip(student.group_channels, teacher.group_channels, strict=True)
        self.regressors = nn.ModuleList(nn.Conv2d(own, other, 1) for own, other in pairs)

    def wants_maps(self, progress: float) -> bool:
        return progress < self.number("hint_share")

    def loss(self, step: Step) -> Tensor:
        if self.wants_maps(step.progress):
            return self.number("hint_weight") * self.hint(step, int(self.number("group")))
        return super().loss(step)

    def hint(self, step: Step, group: int) -> Tensor:
        """Mean squared error of the student's regressed map of a group against the teacher's, both standardised by the
        teacher's spread, so that no group outweighs another."""
        own, other = step.student.features[group], step.taught.features[group]
        guess = self.regressors[group](own)
        if guess.shape[-2:] != other.shape[-2:]:
            other = F.interpolate(other, guess.shape[-2:], mode="bilinear", align_corners=False)
        return F.mse_loss(guess, other) / other.var().clamp(min=1e-6)


class StagedHints(Hints):
    """Hints group by group of layers, from the first to the last, then distillation with the hint term fading out.

    The thesis's proposal for thin MobileNets. The groups share the first `hint_share` of the run equally; the hint of
    the last group stays beside the distillation and fades linearly to 0 at the share `fade_share` of the run.
    """

    paper = "the thesis's staged hints, after Romero et al., ICLR 2015"
    defaults: ClassVar[Options] = {"alpha": 0.7, "hint_share": 0.3, "fade_share": 0.7, "hint_weight": 0.1}

    def wants_maps(self, progress: float) -> bool:
        return progress < max(self.number("hint_share"), self.number("fade_share"))

    def loss(self, step: Step) -> Tensor:
        groups, hint_share, fade_share = len(self.regressors), self.number("hint_share"), self.number("fade_share")
        weight = self.number("hint_weight")
        if step.progress < hint_share:
            return weight * self.hint(step, int(step.progress / hint_share * groups))
        fading = max(0.0, (fade_share - step.progress) / max(fade_share - hint_share, 1e-6))
        distilled = Imitation.loss(self, step)
        return distilled + weight * fading * self.hint(step, groups - 1) if fading > 0 else distilled
