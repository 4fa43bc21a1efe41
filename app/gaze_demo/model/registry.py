"""The models at hand: those shipped, those in the user's folder, and any file by its path."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.model.contract import MAX_BYTES, Contract, ContractError, parse_contract
from gaze_demo.model.onnx_file import read_embedded_contract

Origin = Literal["shipped", "yours", "path"]


@dataclass(frozen=True)
class ModelEntry:
    """One ONNX file with its contract; `name` is the file's name without its ending."""

    name: str
    path: Path
    contract: Contract
    size_bytes: int
    origin: Origin


@dataclass(frozen=True)
class Models:
    """The models that can be loaded by name, and a sentence for each file that cannot."""

    entries: tuple[ModelEntry, ...]
    problems: tuple[str, ...]


def scan_models() -> Models:
    """All models of the shipped and the user's folder; a model of the user's takes the place of its namesake."""
    found: dict[str, ModelEntry] = {}
    problems: list[str] = []
    folders: list[tuple[Path, Origin]] = [(paths.models(), "shipped"), (paths.user_models(), "yours")]
    for folder, origin in folders:
        for path in sorted(folder.glob("*.onnx")) if folder.is_dir() else ():
            try:
                found[path.stem] = read_entry(path, origin)
            except UserError as error:
                problems.append(str(error))
    rank = {"teacher": 0, "student": 1, "other": 2}
    entries = sorted(found.values(), key=lambda e: (rank[e.contract.role], -(e.contract.parameters or 0), e.name))
    return Models(tuple(entries), tuple(problems))


def list_models() -> list[ModelEntry]:
    """The models that can be loaded by name: teachers, students, others; larger ones first."""
    return list(scan_models().entries)


def find_model(name_or_path: str) -> ModelEntry:
    """The model of that name, or the ONNX file at that path; raises UserError where there is none."""
    path = paths.given(name_or_path)
    if path.suffix == ".onnx":
        if not path.is_file():
            raise UserError(
                f"There is no file {path}: give the path of an ONNX file, or a name from 'gaze-demo models'."
            )
        return read_entry(path, "path")
    models = scan_models()
    for entry in models.entries:
        if entry.name == name_or_path:
            return entry
    for problem in models.problems:
        if f"{name_or_path}.onnx" in problem:
            raise UserError(problem)
    if path.is_file():
        raise UserError(f"{path} is no model: an ONNX file's name ends in .onnx.")
    names = ", ".join(entry.name for entry in models.entries) or f"none, put one into {paths.user_models()}"
    raise UserError(f"There is no model {name_or_path!r}; there are: {names}.")


def refuse_namesakes(entries: list[ModelEntry]) -> list[ModelEntry]:
    """The same entries; raises UserError where two go by one name."""
    twice = [name for name, count in Counter(entry.name for entry in entries).items() if count > 1]
    if twice:
        raise UserError(f"Two models are called {twice[0]}: rename one of the files, rows go by that name.")
    return entries


def read_entry(path: Path, origin: Origin) -> ModelEntry:
    """The entry of an ONNX file.

    Its contract is `NAME.json` beside it, else that in its metadata, else the one shipped for a public model of this
    name. Raises ContractError where there is none or it is wrong.
    """
    embedded = read_embedded_contract(path)  # also refuses what is no model, whatever its contract says
    for beside in (path.with_suffix(".json"), None, paths.models() / "contracts" / f"{path.stem}.json"):
        if beside is None:
            if embedded is not None:
                return _entry(path, parse_contract(embedded, str(path)), origin)
        elif beside.is_file():
            return _entry(path, parse_contract(_read_small(beside), str(beside)), origin)
    raise ContractError(
        f"{path} has no contract: put a {path.stem}.json beside it, as models/contracts/README.md says."
    )


def default_pair(entries: list[ModelEntry]) -> list[ModelEntry]:
    """What to show side by side at first: a teacher and the student MobileNet25, or what is nearest to that."""
    teachers = [e for e in entries if e.contract.role == "teacher"]
    students = sorted((e for e in entries if e.contract.role == "student"), key=lambda e: e.name != "mobilenet25")
    return [*teachers[:1], *students[: 2 - len(teachers[:1])], *(e for e in entries if e.contract.role == "other")][:2]


def _entry(path: Path, contract: Contract, origin: Origin) -> ModelEntry:
    return ModelEntry(path.stem, path, contract, path.stat().st_size, origin)


def _read_small(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ContractError(f"{path} cannot be read: {error.strerror or error}.") from None
