"""A committee as a file: `NAME.json` in a folder of models, which lists its members and how they are combined.
Different models respond to the same rotation by different amounts, and some follow the head. Therefore each member's
angles are first brought onto a common scale, in the frame of data normalisation at the middle of the eyes: `gain *
angle + head * angle of the head + offset`. Then their weighted mean is taken. `gaze-train committee` fits the numbers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gaze_demo.model.contract import MAX_BYTES, ContractError, sentence_of

KIND = "committee"
Gain = Annotated[float, Field(ge=-20, le=20, allow_inf_nan=False)]
Weight = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
Angle = Annotated[float, Field(ge=-1.6, le=1.6, allow_inf_nan=False)]
Pair = tuple[Gain, Gain]


class Member(BaseModel):
    """One model of a committee; every pair is for pitch and yaw.

    `model`: a name from `gaze-demo models`, or the path of an ONNX file below the committee's own folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Annotated[str, Field(min_length=1, max_length=200)]
    weight: tuple[Weight, Weight] = (1.0, 1.0)
    gain: Pair = (1.0, 1.0)
    head: Pair = (0.0, 0.0)
    offset_rad: tuple[Angle, Angle] = (0.0, 0.0)

    @field_validator("model")
    @classmethod
    def _stays_in_its_folder(cls, name: str) -> str:
        parts = Path(name.replace("\\", "/")).parts
        if ".." in parts or Path(name).is_absolute() or ":" in name:
            raise ValueError("a member is a model's name, or a path below the committee's own folder")
        return name

    @property
    def is_path(self) -> bool:
        return self.model.endswith(".onnx")


class CommitteeFile(BaseModel):
    """What a committee's file says. `fitted`: the data that gains and offsets were found on, for people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["committee"]
    version: Literal[1] = 1
    title: Annotated[str, Field(max_length=200)] = ""
    summary: Annotated[str, Field(max_length=4000)] = ""
    fitted: Annotated[str, Field(max_length=400)] = ""
    members: Annotated[tuple[Member, ...], Field(min_length=2, max_length=8)]

    @field_validator("members")
    @classmethod
    def _each_once(cls, members: tuple[Member, ...]) -> tuple[Member, ...]:
        if len({member.model for member in members}) != len(members):
            raise ValueError("each member is named once")
        return members


def read_committee(path: Path) -> CommitteeFile | None:
    """The committee in a file; None if the file is another kind of JSON. Raises ContractError, one sentence with the
    first wrong field, if a committee is wrong or the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ContractError(f"{path} cannot be read: {error.strerror or error}.") from None
    if len(text) > MAX_BYTES:
        raise ContractError(f"{path}: a committee has at most {MAX_BYTES // 1024} KB of JSON.")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ContractError(f"{path} is damaged or not JSON.") from None
    if not isinstance(found, dict) or found.get("kind") != KIND:
        return None
    try:
        return CommitteeFile.model_validate_json(text)
    except ValidationError as error:
        raise ContractError(f"{path}: {sentence_of(error)}.") from None
