"""The available models and committees: those shipped, those in the user's folder, and any file by its path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.model.committee_file import CommitteeFile, Member, read_committee
from gaze_demo.model.contract import MAX_BYTES, About, Contract, ContractError, Training, parse_contract
from gaze_demo.model.onnx_file import read_embedded_contract

Origin = Literal["shipped", "yours", "path"]
COMMITTEE_SUFFIX = ".json"
CARD_SUFFIX = ".card.json"


@dataclass(frozen=True)
class ModelEntry:
    """One ONNX file with its contract, or a committee; `name` is the file's name without its ending.

    A committee has `committee`, the content of its file, and `members`, the entries of its models in the same order;
    its `contract` has the information for people, with the figures and licences of all members together.
    """

    name: str
    path: Path
    contract: About
    size_bytes: int
    origin: Origin
    committee: CommitteeFile | None = None
    members: tuple[ModelEntry, ...] = ()


@dataclass(frozen=True)
class Models:
    """The models that can be loaded by name, and a sentence for each file that cannot."""

    entries: tuple[ModelEntry, ...]
    problems: tuple[str, ...]


def scan_models() -> Models:
    """All models of the shipped and the user's folder; a model of the user replaces a shipped one of the same name."""
    found: dict[str, ModelEntry] = {}
    problems: list[str] = []
    for folder, origin in _folders():
        for path in sorted(folder.glob("*.onnx")) if folder.is_dir() else ():
            try:
                found[path.stem] = read_entry(path, origin)
            except UserError as error:
                problems.append(str(error))
        for path in _committee_files(folder):
            try:
                entry = read_committee_entry(path, origin)
            except UserError as error:
                problems.append(str(error))
                continue
            if entry is not None:
                found[entry.name] = entry
    rank = {"teacher": 0, "student": 1, "other": 2}
    entries = sorted(found.values(), key=lambda e: (rank[e.contract.role], -(e.contract.parameters or 0), e.name))
    return Models(tuple(entries), tuple(problems))


def list_models() -> list[ModelEntry]:
    """The models that can be loaded by name: teachers, students, others; larger ones first."""
    return list(scan_models().entries)


def find_model(name_or_path: str) -> ModelEntry:
    """The model of that name, or the ONNX file at that path; raises UserError if there is none."""
    path = paths.given(name_or_path)
    if path.suffix == COMMITTEE_SUFFIX and path.is_file():
        entry = read_committee_entry(path, "path")
        if entry is None:
            raise UserError(f"{path} is not a committee of models: give the ONNX file of a model.")
        return entry
    if path.suffix == ".onnx":
        if not path.is_file():
            raise UserError(
                f"There is no file {path}: give the path of an ONNX file, or a name from 'gaze-demo models'."
            )
        return read_entry(path, "path")
    if (named := _read_alone(name_or_path)) is not None:
        return named
    models = scan_models()
    for entry in models.entries:
        if entry.name == name_or_path:
            return entry
    for problem in models.problems:
        if f"{name_or_path}.onnx" in problem or f"{name_or_path}{COMMITTEE_SUFFIX}" in problem:
            raise UserError(problem)
    if path.is_file():
        raise UserError(f"{path} is not a model: the name of an ONNX file ends in .onnx.")
    names = ", ".join(entry.name for entry in models.entries) or f"none, put one into {paths.user_models()}"
    raise UserError(f"There is no model {name_or_path!r}; there are: {names}.")


def refuse_namesakes(entries: list[ModelEntry]) -> list[ModelEntry]:
    """The same entries; raises UserError if two go by one name."""
    twice = [name for name, count in Counter(entry.name for entry in entries).items() if count > 1]
    if twice:
        raise UserError(
            f"Two models are called {twice[0]}: rename one of the files, because results are listed by this name."
        )
    return entries


def read_entry(path: Path, origin: Origin) -> ModelEntry:
    """The entry of an ONNX file.

    Its contract is `NAME.json` beside it, else that in its metadata, else the one shipped for a public model of this
    name. Raises ContractError if there is none or it is wrong.
    """
    embedded = read_embedded_contract(path)  # also refuses a file that is not a model, regardless of its contract
    for beside in (path.with_suffix(".json"), None, paths.models() / "contracts" / f"{path.stem}.json"):
        if beside is None:
            if embedded is not None:
                return _entry(path, parse_contract(embedded, str(path)), origin)
        elif beside.is_file():
            return _entry(path, parse_contract(_read_small(beside), str(beside)), origin)
    raise ContractError(
        f"{path} has no contract: put a {path.stem}.json beside it, as models/contracts/README.md says."
    )


def read_committee_entry(path: Path, origin: Origin) -> ModelEntry | None:
    """The entry of a committee's file, with its members; None if the JSON is of another kind.

    A member is looked for in the committee's own folder, then in the user's, then among those shipped; it is never a
    committee itself. Raises ContractError if the file is wrong or a member is not available.
    """
    file = read_committee(path)
    if file is None:
        return None
    members = tuple(_member(path, member, origin) for member in file.members)
    contracts = [member.contract for member in members]
    about = About(
        title=file.title,
        role="other",
        parameters=_sum(contract.parameters for contract in contracts),
        macs=_sum(contract.macs for contract in contracts),
        training=Training(summary=file.summary or f"The mean of {' and '.join(member.name for member in members)}."),
        licence=", ".join(dict.fromkeys(contract.licence for contract in contracts))[:200],
        attribution="; ".join(dict.fromkeys(c.attribution for c in contracts if c.attribution))[:4000],
    )
    size = path.stat().st_size + sum(member.size_bytes for member in members)
    return ModelEntry(path.stem, path, about, size, origin, file, members)


def contract_of(entry: ModelEntry) -> Contract:
    """The contract of an ONNX file; raises ContractError for a committee, which has none of its own."""
    if not isinstance(entry.contract, Contract):
        raise ContractError(f"{entry.name} is a committee: name one of its models.")
    return entry.contract


def _folders() -> tuple[tuple[Path, Origin], ...]:
    """The folders of models; a later one replaces what an earlier one has."""
    return (paths.models(), "shipped"), (paths.user_models(), "yours")


def _read_alone(name: str) -> ModelEntry | None:
    """The ONNX file of that name, without reading the others; None if that does not settle which model it is."""
    for folder, origin in reversed(_folders()):
        file = next((path for path in folder.glob("*.onnx") if path.stem == name), None)
        if file is not None:
            try:
                return read_entry(file, origin)
            except UserError:
                return None
        if any(path.stem == name for path in folder.glob(f"*{COMMITTEE_SUFFIX}")):
            return None
    return None


def _committee_files(folder: Path) -> list[Path]:
    """Files that may hold a committee: JSON that is neither a model's contract nor a card."""
    found = sorted(folder.glob(f"*{COMMITTEE_SUFFIX}")) if folder.is_dir() else []
    return [path for path in found if not path.with_suffix(".onnx").exists() and not path.name.endswith(CARD_SUFFIX)]


def _member(committee: Path, member: Member, origin: Origin) -> ModelEntry:
    folders: list[tuple[Path, Origin]] = [
        (committee.parent, origin),
        (paths.user_models(), "yours"),
        (paths.models(), "shipped"),
    ]
    places = folders[:1] if member.is_path else folders
    for folder, where in places:
        file = folder / (member.model if member.is_path else f"{member.model}.onnx")
        if file.is_file():
            return read_entry(file, where)
    raise ContractError(
        f"{committee}: there is no model {member.model!r}, each member must be an ONNX file that is available."
    )


def _sum(values: Iterable[int | None]) -> int | None:
    known = list(values)
    return None if any(value is None for value in known) else sum(value for value in known if value is not None)


def default_pair(entries: list[ModelEntry]) -> list[ModelEntry]:
    """What to show side by side at first: a teacher and the student MobileNet25, or the nearest to that."""
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
