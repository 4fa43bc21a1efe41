"""One TOML file per run: the network, the data, the training. It is read strictly; an error names the field."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gaze_demo.errors import UserError
from gaze_training import shipped_configs
from gaze_training.networks.spec import NetworkSpec

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FacesConfig(_Section):
    """`folders`: shards of faces, made by `gaze-train data` or read from public sets, relative to the working folder.

    `limit`: the first faces of each folder alone (0: all). `held_out`: share of people kept for validation, if
    `validation` names no folder; `leave_out`: instead, the index of a single person, from 0. `unlabelled`: faces whose
    gaze is not used, for distillation only; those of people held out are left out. `stream`: tar files of shards, by
    their URLs, instead of `folders`; about `stream_faces` faces in all, `chunk` of them in memory at a time; then
    `validation` has to name a folder. `calibrate_outside`: remove the outside teacher's compression and its dependence
    on the head from its labels. `unreadable`: also use eyes that are shut or covered, to learn only their condition.
    """

    folders: tuple[Path, ...] = ()
    validation: Path | None = None
    unlabelled: tuple[Path, ...] = ()
    stream: tuple[str, ...] = ()
    stream_faces: int = Field(0, ge=0)
    chunk: int = Field(20000, ge=1)
    limit: int = Field(0, ge=0)
    held_out: float = Field(0.1, gt=0, lt=1)
    leave_out: int | None = Field(None, ge=0)
    calibrate_outside: bool = False
    unreadable: bool = False


class AugmentConfig(_Section):
    """Disturbances drawn again for each eye and epoch; 0 switches one off.

    Standard deviations: `shift_px`, `scale` (log), `roll_deg` (gaze and head turn with it exactly), `head_deg` (error
    of the measured head), `gamma` (log), `light` (slope across the crop). Upper limits: `noise` (grey levels), `blur`
    (1: a 3x3 binomial filter; below 0 as much sharpening), `contrast` (share lost or won). `reflection`: share of eyes
    that get a bright spot, as glasses do. `trouble`: share of eyes that are strongly blurred, under glare or covered;
    if such an eye is unreadable, only its condition is learnt.
    """

    shift_px: float = Field(1.2, ge=0)
    scale: float = Field(0.04, ge=0)
    roll_deg: float = Field(2.0, ge=0)
    head_deg: float = Field(2.0, ge=0)
    gamma: float = Field(0.2, ge=0)
    light: float = Field(0.3, ge=0)
    contrast: float = Field(0.3, ge=0, lt=1)
    noise: float = Field(6.0, ge=0)
    blur: float = Field(1.0, ge=0, le=1)
    reflection: float = Field(0.1, ge=0, le=1)
    trouble: float = Field(0.0, ge=0, le=1)


class LabelConfig(_Section):
    """What counts as the true gaze. `outside_share`: weight of the outside teacher's label against the exact one, if
    there are both; `outside_axes`: in which angles; `outside_margin_deg`: errors below it cost nothing. `beta_deg`:
    errors below it count by their square (0: L1). `auxiliary`: weight of iris centre and openness. `pitch_weight`: of
    pitch against yaw. `condition`: weight of the condition of an eye, `likelihood`: of the likelihood of the gaze's
    error under its covariance, if a network has these outputs; the latter trains only the covariance, not the gaze."""

    outside_share: float = Field(0.0, ge=0, le=1)
    outside_axes: Literal["both", "yaw"] = "both"
    outside_margin_deg: float = Field(0.0, ge=0)
    beta_deg: float = Field(0.0, ge=0)
    auxiliary: float = Field(0.3, ge=0)
    pitch_weight: float = Field(1.0, gt=0)
    condition: float = Field(0.1, ge=0)
    likelihood: float = Field(0.02, ge=0)


class SchemeConfig(_Section):
    """A scheme of the registry and its options; `teachers`: networks, more than one is an ensemble. `outputs`: the
    teacher sees each disturbed crop (Beyer et al., "Knowledge distillation: a good teacher is patient and consistent",
    CVPR 2022), or each undisturbed crop once, which costs next to nothing; hints always use each disturbed crop.
    `teacher_precision`: "bf16" runs a teacher in bfloat16 regardless of the student's precision: less than 0.1 deg from
    full precision, and twice as fast on processors with bfloat16."""

    name: str = "baseline"
    teachers: tuple[Path, ...] = ()
    outputs: Literal["live", "once"] = "live"
    teacher_precision: Literal["train", "bf16"] = "train"
    options: dict[str, float | str | bool] = {}


class OptimiserConfig(_Section):
    """AdamW with warm-up and cosine decay. `batch`: eyes of one step over all processes. `average`: of the weights,
    exponential (decay `ema_decay`) or over the last quarter of the run. `start`: a trained network of the same kind to
    start from, instead of random weights; it may have fewer refinements, smaller kernels and fewer outputs. `learns`:
    "confidence": only the layers for condition and covariance; the gaze does not change."""

    start: Path | None = None
    learns: Literal["all", "confidence"] = "all"
    epochs: int = Field(20, ge=1)
    batch: int = Field(128, ge=2)
    rate: float = Field(2e-3, gt=0)
    final_rate: float = Field(0.01, ge=0, le=1)
    warmup_epochs: float = Field(0.5, ge=0)
    weight_decay: float = Field(0.02, ge=0)
    clip: float = Field(2.0, gt=0)
    average: Literal["ema", "swa", "none"] = "ema"
    ema_decay: float = Field(0.998, gt=0, lt=1)
    precision: Literal["auto", "32", "16-mixed", "bf16-mixed"] = "auto"


class RunConfig(_Section):
    """A whole run."""

    name: str = Field("run", pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    seed: int = Field(0, ge=0)
    network: NetworkSpec = NetworkSpec(kind="mobilenet")
    data: FacesConfig = FacesConfig()
    augment: AugmentConfig = AugmentConfig()
    labels: LabelConfig = LabelConfig()
    scheme: SchemeConfig = SchemeConfig()
    train: OptimiserConfig = OptimiserConfig()

    @model_validator(mode="after")
    def _warm_up_ends(self) -> RunConfig:
        if self.train.warmup_epochs >= self.train.epochs:
            raise ValueError("train.warmup_epochs has to be less than train.epochs")
        return self

    @model_validator(mode="after")
    def _confidence_is_there(self) -> RunConfig:
        if self.train.learns == "confidence" and not (self.network.confidence and self.train.start):
            raise ValueError("train.learns: confidence needs network.confidence and a network in train.start")
        return self

    @model_validator(mode="after")
    def _one_network_a_run(self) -> RunConfig:
        if self.network.kind == "ensemble":
            raise ValueError("network.kind: a run trains one network; `gaze-train export --member` makes an ensemble")
        return self


def same_run(stored: object, run: RunConfig) -> bool:
    """Whether a stored tree of tables describes this run; missing values have their defaults."""
    try:
        return RunConfig.model_validate(stored) == run
    except ValidationError:
        return False


def read_config(path: Path, overrides: dict[str, Any] | None = None) -> RunConfig:
    """The run that a TOML file describes; `overrides` maps dotted names ("train.epochs") to values.

    Raises UserError naming the file and the field.
    """
    return parse_config(read_toml(path), str(path), overrides)


def parse_config(tree: dict[str, Any], origin: str, overrides: dict[str, Any] | None = None) -> RunConfig:
    """The run that a tree of tables describes. Raises UserError naming `origin` and the field."""
    for name, value in (overrides or {}).items():
        *tables, key = name.split(".")
        table = tree
        for step in tables:
            table = table.setdefault(step, {})
            if not isinstance(table, dict):
                raise UserError(f"{name}: `{step}` is not a table of a run's configuration.")
        table[key] = value
    try:
        return RunConfig.model_validate(tree)
    except ValidationError as error:
        raise UserError(f"{origin}: {first_problem(error)}") from error


def first_problem(error: ValidationError) -> str:
    """What is wrong with the first invalid field, in a sentence."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "the file"
    if first["type"] == "extra_forbidden":
        return f"{field}: there is no such setting."
    return f"{field}: {first['msg'].removeprefix('Value error, ')}."


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises UserError if it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"Cannot read the configuration {path} ({error}); these come with the package: "
            f"{', '.join(shipped_configs.names())}."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is not valid TOML: {error}.") from error
    except RecursionError:
        raise UserError(f"{path} is nested too deeply: a configuration has tables of plain values.") from None
