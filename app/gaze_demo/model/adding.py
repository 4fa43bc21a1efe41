"""Adding a model to the user's folder: it is checked first, copied completely, and replaces another model only if the
user agrees."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import COMMITTEE_SUFFIX, ModelEntry, read_committee_entry, read_entry, scan_models
from gaze_demo.whole_file import cannot_write, write_whole


class NameTaken(UserError):
    """A model of that name is there already: ask whether to replace it, then call again with `replace=True`.

    Attributes: `name`.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a model called {name} already: rename the file, or replace that model.")
        self.name = name


def add_model(path: Path, *, replace: bool = False) -> ModelEntry:
    """Check a model or a committee and copy it, with the contract beside it, into the user's folder.

    Raises NameTaken where another model has its name, and ContractError or UserError if it cannot be used or copied;
    the existing files stay then.
    """
    committee = path.suffix == COMMITTEE_SUFFIX
    entry = read_committee_entry(path, "path") if committee else read_entry(path, "path")
    if entry is None:
        raise UserError(f"{path} is not a committee of models: give the ONNX file of a model.")
    if any(member.is_path for member in (entry.committee.members if entry.committee else ())):
        raise UserError(
            f"{path} names its members by path: add the members first, then write their names in the committee."
        )
    load_model(entry)
    folder = paths.user_models()
    goal = folder / path.name
    if _is_same(path, goal):
        return _read(goal)
    if not replace and any(known.name == entry.name for known in scan_models().entries):
        raise NameTaken(entry.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        contract = None if committee else path.with_suffix(COMMITTEE_SUFFIX)
        beside = contract.read_bytes() if contract is not None and contract.is_file() else None
        content = path.read_bytes()
    except OSError as error:
        raise cannot_write(folder, error) from None
    # A predecessor's contract must not be read for this model, nor its model hide this committee.
    other = goal.with_suffix(".onnx" if committee else COMMITTEE_SUFFIX)
    if beside is None:
        with suppress(FileNotFoundError):
            other.unlink()
    else:
        write_whole(other, beside)
    write_whole(goal, content)
    return _read(goal)


def _read(path: Path) -> ModelEntry:
    entry = read_committee_entry(path, "yours") if path.suffix == COMMITTEE_SUFFIX else read_entry(path, "yours")
    if entry is None:
        raise UserError(f"{path} is no longer a model: add it again.")
    return entry


def _is_same(path: Path, goal: Path) -> bool:
    return path.is_file() and goal.is_file() and path.samefile(goal)
