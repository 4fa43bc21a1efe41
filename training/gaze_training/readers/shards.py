"""A data set of real people as shards, one a person, like those of the renderers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from gaze_demo.errors import UserError
from gaze_training.readers import READERS
from gaze_training.readers.files import read_json
from gaze_training.readers.tally import Tally, without_impossible_labels

VERSION = 1


def write_shards(dataset: str, root: Path, out: Path, tally: Tally) -> Iterator[tuple[int, int]]:
    """Read the set at `root` into `out`; yields (people, faces) so far, and counts in `tally` what was left out.

    Raises UserError if there is no such set, it cannot be read, or `out` holds other shards.
    """
    if dataset not in READERS:
        raise UserError(f"There is no reader for {dataset!r}: choose one of {', '.join(READERS)}.")
    manifest = {"version": VERSION, "dataset": dataset}
    path = out / "manifest.json"
    if path.exists() and read_json(path) != manifest:
        raise UserError(f"{out} holds the shards of something else: choose another folder or remove it.")
    faces = 0
    people = 0
    for read in READERS[dataset](root, tally):
        person = without_impossible_labels(read, tally)
        if len(person) == 0:
            continue
        people += 1
        if people == 1:
            out.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        person.save(out / f"person-{people:05d}.npz")
        faces += len(person)
        yield people, faces
    if faces == 0:
        why = " ".join(tally.sentences()) or "Check that the data set is complete."
        raise UserError(f"{root} has no face that can be read. {why}")
