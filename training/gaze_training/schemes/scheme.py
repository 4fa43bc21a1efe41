"""A distillation scheme: how the student's outputs, the teacher's outputs and the labels are combined to a loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from gaze_demo.errors import UserError
from gaze_training.eyes import Eyes
from gaze_training.losses import Supervision
from gaze_training.networks.output import GazeNetwork, GazeOutput

Options = Mapping[str, float | str | bool]


@dataclass(frozen=True, eq=False)
class Step:
    """One batch as both networks saw it. `progress`: share of the run that is done, 0..1."""

    eyes: Eyes
    student: GazeOutput
    teacher: GazeOutput | None
    supervision: Supervision
    progress: float

    @property
    def supervised(self) -> Tensor:
        """Error (N, 2) against the labels; 0 if unknown."""
        return self.supervision.gaze(self.student.gaze, self.eyes)

    @property
    def taught(self) -> GazeOutput:
        """The teacher's output. Raises ValueError if there is no teacher."""
        if self.teacher is None:
            raise ValueError("this scheme needs a teacher")
        return self.teacher


class Scheme(nn.Module):
    """A module, since some schemes have parameters that are trained together with the student.

    Attributes:
        paper: the publication. needs_teacher: a teacher's outputs are part of the loss. needs_teacher_errors: `prepare`
        is called before the first step. needs_outside, needs_unlabelled: the data must have eyes with an outside
        teacher's labels, or eyes without labels. defaults: its options with their defaults.
    """

    paper: ClassVar[str]
    needs_teacher: ClassVar[bool] = True
    needs_teacher_errors: ClassVar[bool] = False
    needs_outside: ClassVar[bool] = False
    needs_unlabelled: ClassVar[bool] = False
    defaults: ClassVar[Options] = {}

    def __init__(self, options: Options, student: GazeNetwork, teacher: GazeNetwork | None) -> None:
        """Raises UserError for an unknown option, or one of another type."""
        super().__init__()
        for name, value in options.items():
            if name not in self.defaults:
                known = ", ".join(self.defaults) or "none"
                raise UserError(f"scheme.options.{name} is not an option of this scheme; its options: {known}.")
            number = isinstance(self.defaults[name], (int, float)) and not isinstance(self.defaults[name], bool)
            fits = isinstance(value, (int, float)) and not isinstance(value, bool)
            if fits if number else isinstance(value, type(self.defaults[name])):
                continue
            raise UserError(f"scheme.options.{name}: {value!r} is not of the same type as {self.defaults[name]!r}.")
        self._options = {**self.defaults, **options}
        if self.needs_teacher and teacher is None:
            raise UserError("This scheme needs a teacher: name its checkpoint in scheme.teachers.")

    def number(self, option: str) -> float:
        return float(self._options[option])

    def radians(self, option: str) -> float:
        """An option that is in degrees."""
        return math.radians(self.number(option))

    def wants_maps(self, progress: float) -> bool:
        """Whether the loss at this share of the run needs the teacher's feature maps of the same crops."""
        return False

    def prepare(self, teacher_errors: Tensor, eyes: Eyes) -> None:
        """Called with the teacher's signed errors (K, 2) on some labelled training eyes, and all training eyes."""

    def loss(self, step: Step) -> Tensor:
        """The number to minimise."""
        raise NotImplementedError
