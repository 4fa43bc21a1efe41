"""All schemes by the names that configs use."""

from __future__ import annotations

from gaze_demo.errors import UserError
from gaze_training.config import SchemeConfig
from gaze_training.networks.output import GazeNetwork
from gaze_training.schemes.adaptive import Adaptive
from gaze_training.schemes.baseline import Baseline
from gaze_training.schemes.bounded import OutsideBounded, TeacherBounded
from gaze_training.schemes.hints import Hints, StagedHints
from gaze_training.schemes.imitation import (
    Assistant,
    EnsembleTeacher,
    Imitation,
    NoiseControl,
    OutsideTeacher,
    Unlabelled,
)
from gaze_training.schemes.scheme import Scheme

SCHEMES: dict[str, type[Scheme]] = {
    "baseline": Baseline,
    "imitation": Imitation,
    "bounded": TeacherBounded,
    "adaptive": Adaptive,
    "hints": Hints,
    "staged-hints": StagedHints,
    "assistant": Assistant,
    "outside": OutsideTeacher,
    "outside-bounded": OutsideBounded,
    "unlabelled": Unlabelled,
    "ensemble": EnsembleTeacher,
    "noise-control": NoiseControl,
}


def build_scheme(config: SchemeConfig, student: GazeNetwork, teacher: GazeNetwork | None) -> Scheme:
    """The scheme for this pair of networks. Raises UserError for an unknown name, option, or a missing teacher."""
    if config.name not in SCHEMES:
        raise UserError(f"scheme.name: there is no scheme {config.name!r}; there are {', '.join(SCHEMES)}.")
    return SCHEMES[config.name](config.options, student, teacher)
