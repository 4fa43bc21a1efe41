"""The study's plan: which networks are trained by which schemes, over which seeds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gaze_demo.errors import UserError
from gaze_training.config import FacesConfig, RunConfig, SchemeConfig, first_problem, read_toml
from gaze_training.networks.spec import NetworkSpec

TEACHER = "teacher"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SchemeEntry(SchemeConfig):
    """A column of the study. `taught_by`: the study's first teacher, all of its teachers as one ensemble, or another
    column's student of the same seed (`assistant`, `of`: for each network the next larger one). `unlabelled`: with the
    faces of `data.unlabelled`. `average`, `epochs`: instead of the base's. `seeds`: instead of the study's."""

    label: str = Field(pattern=r"^[a-z0-9-]+$")
    networks: tuple[str, ...]
    taught_by: Literal["nobody", "teacher", "ensemble", "assistant"] = "teacher"
    of: dict[str, str] = Field(default_factory=dict)
    unlabelled: bool = False
    average: Literal["ema", "swa", "none"] | None = None
    epochs: int | None = Field(None, ge=1)
    seeds: tuple[int, ...] | None = Field(None, min_length=2)

    @model_validator(mode="after")
    def _taught_by_the_studys_own(self) -> SchemeEntry:
        if self.teachers:
            raise ValueError("a study's teachers are its own: say `taught_by` instead of `teachers`")
        return self


class ClaimConfig(_Section):
    """A claim that the study tests. Schemes are named by their labels; `plain` is the scheme without a teacher.

    Kinds: "better": `scheme` is better than the scheme `against` with each network. "unstable": the networks whose
    names begin with `network` train unstably by the plain scheme. "equal": by any scheme except the plain one and
    `others`, `network` is at least as accurate as the plain network `against`; the claim holds if `scheme` does it.
    "thin": by the plain scheme, networks with fewer MACs than `network` are worse. "steady": `scheme` makes those
    networks more accurate, and their seeds agree better; `others` are schemes that it is compared with as well.
    """

    title: str
    kind: Literal["better", "unstable", "equal", "thin", "steady"]
    plain: str
    network: str = ""
    scheme: str = ""
    against: str = ""
    others: tuple[str, ...] = ()


class StudyConfig(_Section):
    """`base`: what all runs share. `teacher`: what the teachers change of it, one for each of `teachers` seeds."""

    name: str = Field("study", pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    seeds: tuple[int, ...] = Field(min_length=2)
    base: RunConfig
    teacher: RunConfig
    teachers: int = Field(1, ge=1)
    networks: dict[str, NetworkSpec]
    schemes: tuple[SchemeEntry, ...]
    claims: tuple[ClaimConfig, ...] = ()

    @model_validator(mode="after")
    def _names_exist(self) -> StudyConfig:
        runs = [(scheme.label, network) for scheme in self.schemes for network in scheme.networks]
        if len(set(runs)) != len(runs):
            raise ValueError("a network is named twice for schemes of the same label")
        for scheme in self.schemes:
            unknown = {*scheme.networks, *scheme.of, *scheme.of.values()} - {*self.networks, TEACHER}
            if unknown:
                raise ValueError(f"scheme {scheme.label}: no such network: {', '.join(sorted(unknown))}")
        labels = {scheme.label for scheme in self.schemes}
        for claim in self.claims:
            named = {claim.plain, claim.scheme, *claim.others, *([claim.against] if claim.kind == "better" else [])}
            if unknown := named - {*labels, ""}:
                raise ValueError(f"claim {claim.title!r}: no scheme has the label {', '.join(sorted(unknown))}")
        return self


@dataclass(frozen=True)
class PlannedRun:
    """`key`: network, scheme and seed, the name of its folder. `teachers`: keys of the runs that teach it."""

    key: str
    network: str
    scheme: str
    seed: int
    config: RunConfig
    teachers: tuple[str, ...]


def read_study(path: Path, data: tuple[Path, ...] = ()) -> StudyConfig:
    """`data` replaces the folders of faces. Raises UserError naming the file and the field."""
    tree = read_toml(path)
    base = tree.get("base", {})
    if data and isinstance(base, dict):
        base["data"] = {**base.get("data", {}), "folders": data}
    teacher = tree.get("teacher", {})
    if isinstance(base, dict) and isinstance(teacher, dict):
        teacher = _merged(base, teacher)
    try:
        return StudyConfig.model_validate({**tree, "base": base, "teacher": teacher})
    except ValidationError as error:
        raise UserError(f"{path}: {first_problem(error)}") from error


def plan(study: StudyConfig, out: Path) -> list[PlannedRun]:
    """All runs in the order of the schemes, but a teacher before the runs that learn from it. Raises UserError for a
    circle."""
    teachers = [_teacher_run(study, number) for number in range(study.teachers)]
    students = [
        _student_run(study, scheme, network, seed, out)
        for scheme in study.schemes
        for network in scheme.networks
        for seed in scheme.seeds or study.seeds
    ]
    runs = {run.key: run for run in (*students, *teachers)}
    ordered: dict[str, PlannedRun] = {}

    def add(run: PlannedRun, pupils: tuple[str, ...] = ()) -> None:
        if run.key in ordered:
            return
        for key in run.teachers:
            if key not in runs or key in pupils:
                raise UserError(f"{study.name}: {run.key} is to learn from {key}, which cannot come before it.")
            add(runs[key], (*pupils, run.key))
        ordered[run.key] = run

    for run in runs.values():
        add(run)
    return [*ordered.values()]


def network_file(out: Path, key: str) -> Path:
    return out / "runs" / key / "network.pt"


def _teacher_run(study: StudyConfig, number: int) -> PlannedRun:
    config = study.teacher.model_copy(update={"name": TEACHER, "seed": study.teacher.seed + number})
    return PlannedRun(f"{TEACHER}-{number}", TEACHER, "baseline", config.seed, config, ())


def _student_run(study: StudyConfig, scheme: SchemeEntry, network: str, seed: int, out: Path) -> PlannedRun:
    teachers: tuple[str, ...] = ()
    if scheme.taught_by == "teacher":
        teachers = (f"{TEACHER}-0",)
    elif scheme.taught_by == "ensemble":
        teachers = tuple(f"{TEACHER}-{number}" for number in range(study.teachers))
    elif scheme.taught_by == "assistant":
        larger = scheme.of.get(network, TEACHER)
        teachers = (f"{TEACHER}-0",) if larger == TEACHER else (f"{larger}-{scheme.label}-{seed}",)
    files = tuple(network_file(out, key) for key in teachers)
    own = SchemeConfig(**{**{f: getattr(scheme, f) for f in SchemeConfig.model_fields}, "teachers": files})
    data: FacesConfig = study.base.data
    if not scheme.unlabelled:
        data = data.model_copy(update={"unlabelled": ()})
    update: dict[str, object] = {"name": f"{network}-{scheme.label}", "seed": seed, "network": study.networks[network]}
    changes = {"average": scheme.average, "epochs": scheme.epochs}
    update["train"] = study.base.train.model_copy(update={k: v for k, v in changes.items() if v is not None})
    config = study.base.model_copy(update={**update, "scheme": own, "data": data})
    return PlannedRun(f"{network}-{scheme.label}-{seed}", network, scheme.label, seed, config, teachers)


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Tables of `base` with those of `changes` laid over them."""
    merged = dict(base)
    for key, value in changes.items():
        own = merged.get(key)
        merged[key] = _merged(own, value) if isinstance(own, dict) and isinstance(value, dict) else value
    return merged
