"""Plain tables: every column of the session, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

from gaze_demo.session.arrow import load_pyarrow
from gaze_demo.session.folder import Session
from gaze_demo.whole_file import write_whole, write_whole_by

EVENT_COLUMNS = ("time_s", "kind", "text")


def write_csv(session: Session, out: Path) -> list[Path]:
    """`gaze.csv`, one row for each frame and model, and `events.csv`; a cell is empty if nothing is known."""
    table = flat_table(session)
    columns = [_cells(table.column(name)) for name in table.column_names]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.column_names)
    writer.writerows(zip(*columns, strict=True))
    events = io.StringIO()
    rows = csv.writer(events)
    rows.writerow(EVENT_COLUMNS)
    rows.writerows((repr(event.time_s), event.kind, event.text) for event in session.events)
    paths = [out / "gaze.csv", out / "events.csv"]
    write_whole(paths[0], text.getvalue())
    write_whole(paths[1], events.getvalue())
    return paths


def write_parquet(session: Session, out: Path) -> list[Path]:
    """`gaze.parquet` with the columns of `gaze.csv`."""
    pq = load_pyarrow().parquet
    path = out / "gaze.parquet"
    write_whole_by(path, lambda file: pq.write_table(flat_table(session), file, compression="zstd"))
    return [path]


def flat_table(session: Session) -> Any:
    """The session's table with one number a column: the head's rotation in nine."""
    pa = load_pyarrow()
    table = session.table
    place = table.column_names.index("head_rotation")
    numbers = table.column(place).combine_chunks().flatten().to_numpy().reshape(-1, 9)
    table = table.remove_column(place)
    for i in range(9):
        table = table.append_column(f"head_rotation_{i // 3}{i % 3}", pa.array(np.ascontiguousarray(numbers[:, i])))
    return table


def _cells(column: Any) -> list[str]:
    return ["" if value != value else str(value) for value in column.to_pylist()]
