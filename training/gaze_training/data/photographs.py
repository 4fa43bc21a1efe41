"""A folder of face photographs, and who they show."""

from __future__ import annotations

import csv
from pathlib import Path

from gaze_demo.camera.picture import READ
from gaze_demo.errors import UserError

PHOTO_FOCAL = 3.0  # focal length of a cropped portrait, in widths of its image: such pictures are taken from a distance

_TABLE = "faces.csv"


def list_photographs(folder: Path) -> list[tuple[Path, str, str]]:
    """(file, group, person) of each photograph, from `faces.csv` if there is one, else one person a file.

    Raises UserError if there is no folder, or a table without these columns.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder: name a folder of face photographs.")
    table = folder / _TABLE
    if not table.is_file():
        return [(p, "photographs", p.stem) for p in sorted(folder.iterdir()) if p.suffix.lower() in READ]
    try:
        with table.open(newline="", encoding="utf-8") as lines:
            rows = [(folder / Path(row["file"]).name, row["group"], row["person"]) for row in csv.DictReader(lines)]
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise UserError(f"{table} needs the columns file, group and person.") from error
    return [row for row in rows if row[0].is_file()]
