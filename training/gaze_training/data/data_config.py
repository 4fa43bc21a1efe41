"""What to render: the settings of `gaze-train data`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gaze_demo.errors import UserError
from gaze_training.data.renderers import RENDERERS

PEOPLE = ("train", "heldout", "all")


@dataclass(frozen=True)
class DataConfig:
    """What to generate.

    `source`: the files that the renderer reads, "" if it reads none. `outside`: the ONNX file of an outside teacher, or
    "". The others are settings of the photo renderer. `own_eyes`: share of photographs that keep their own eyes.
    `people`: "train" leaves out the people whom the zero test holds out, "heldout" takes only those, "all" takes
    everybody. `build_spread`: how far the eyes are stretched towards the shape of another person's (1: as much as
    people differ). `turned_eyes`: share of photographs whose own eyeballs are turned instead of ray traced.
    """

    renderer: str = "procedural"
    faces: int = 20000
    seed: int = 1
    shard: int = 1000
    source: str = ""
    outside: str = ""
    own_eyes: float = 0.12
    people: str = "train"
    build_spread: float = 0.0
    turned_eyes: float = 0.0

    def __post_init__(self) -> None:
        if self.renderer not in RENDERERS:
            raise UserError(f"renderer is {self.renderer!r}: choose one of {', '.join(RENDERERS)}.")
        if self.people not in PEOPLE:
            raise UserError(f"people is {self.people!r}: choose one of {', '.join(PEOPLE)}.")
        if self.faces < 1 or self.shard < 1:
            raise UserError("faces and shard are whole numbers of at least 1.")
        if self.seed < 0:
            raise UserError(f"seed is {self.seed}: it is a whole number of at least 0.")
        needed = RENDERERS[self.renderer].source
        if needed and not Path(self.source).exists():
            raise UserError(f"The {self.renderer} renderer needs its files: {self.source or '--source'} is not there.")
