"""A folder of frames and a table of the points looked at, in a format that is easy to write.

The table is a CSV file with the columns `file` (a path inside the folder), `x` and `y` (the point, in px or mm, the
same unit throughout; y grows downwards), and optionally `series` (which frames belong together, in the order of the
rows) and `hfov_deg` (the camera's horizontal field of view).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics
from gaze_training.readers.files import read_image
from gaze_training.readers.measured import OpenObserver, observe, open_observer
from gaze_training.readers.screen_frame import ScreenFrame
from gaze_training.readers.tally import Tally

MAX_BYTES = 64 * 1024 * 1024
_NEEDED = ("file", "x", "y")


@dataclass(frozen=True)
class TableRow:
    """One line of the table; `hfov_deg` None: the table does not have it."""

    file: str
    x: float
    y: float
    series: str = ""
    hfov_deg: float | None = None


def read_frame_table(table: Path) -> list[TableRow]:
    """The table's rows. Raises UserError, with the line, if it is not as described."""
    if not table.is_file():
        raise UserError(f"There is no file {table}: TABLE is a CSV file with the columns {', '.join(_NEEDED)}.")
    try:
        if table.stat().st_size > MAX_BYTES:
            raise UserError(f"{table} is larger than {MAX_BYTES // 2**20} MB: split it.")
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise UserError(f"{table} has no column {missing[0]!r}: it needs the columns {', '.join(_NEEDED)}.")
            rows = [_row(line, f"{table}, line {reader.line_num}") for line in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{table} is not a readable CSV file ({error}).") from None
    if not rows:
        raise UserError(f"{table} names no frame.")
    return rows


def table_screen_frames(
    folder: Path,
    table: Path,
    hfov_deg: float,
    tally: Tally,
    *,
    open_observer: OpenObserver = open_observer,
) -> Iterator[ScreenFrame]:
    """The frames of the table in its order; `hfov_deg` is used for rows without their own.

    Raises UserError if the table is not as described.
    """
    rows = read_frame_table(table)
    with open_observer() as observer:
        for row in rows:
            image = read_image(folder / row.file)
            if image is None:
                tally.add("pictures are missing or broken")
                continue
            height, width = image.shape[:2]
            camera = Intrinsics.from_hfov(width, height, row.hfov_deg or hfov_deg)
            yield ScreenFrame(observe(observer, image, camera), np.array([row.x, row.y]), row.series)


def _row(line: dict[str, str | None], where: str) -> TableRow:
    name = Path(line["file"] or "")
    if not name.parts or name.is_absolute() or ".." in name.parts:
        raise UserError(f"{where}: {str(name)[:80]!r} is not a file inside the folder of frames.")
    hfov = _number(line, "hfov_deg", where) if line.get("hfov_deg") else None
    if hfov is not None and not 1 < hfov < 179:
        raise UserError(f"{where}: hfov_deg is {hfov:g}, it has to be between 1 and 179.")
    return TableRow(str(name), _number(line, "x", where), _number(line, "y", where), line.get("series") or "", hfov)


def _number(line: dict[str, str | None], column: str, where: str) -> float:
    try:
        value = float(line[column] or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(f"{where}: {column} is {str(line[column])[:40]!r}, which is not a number.")
    return value
