from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.session.samples import recorded
from app.session.test_recorder import environment
from gaze_demo.errors import UserError
from gaze_demo.session.arrow import array_of, numpy_of
from gaze_demo.session.folder import load_session
from gaze_demo.session.names import CROPS, TABLE

_RECORD_AND_READ = """
import sys, pathlib
from app.session.samples import recorded
from gaze_demo.session.again import frames_again
from gaze_demo.session.folder import load_session

for keep in ("nothing", "crops", "eyes"):
    folder = pathlib.Path(sys.argv[1]) / keep
    recorded(folder, 40, keep=keep)
    session = load_session(folder)
    session.trace(session.models[1])
    if session.has_pictures:
        list(frames_again(session))
print("pandas" in sys.modules)
"""


def many(kind: pa.DataType, count: int = -1) -> pa.DataType:
    return pa.list_(pa.field("item", kind, nullable=False), count)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.5, float("inf"), -2.0], pa.float64()),
        ([0.1, 0.2], pa.float32()),
        ([7, -8], pa.int32()),
        ([True, False, True] * 5, pa.bool_()),
        (["", "ä", "no face"], pa.string()),
        ([b"", b"\x00\xff"], pa.binary()),
        ([(1.0, 2.0), np.array([3.0, 4.0])], many(pa.float64(), 2)),
        ([["a", ""], ["b", "ccc"]], many(pa.string(), 2)),
        ([[1, 2, 3], [], [4]], many(pa.int16())),
        ([[b"x"], [], [b"", b"yz"]], many(pa.binary())),
        ([], pa.string()),
        ([], many(pa.float64(), 9)),
        ([], many(pa.int16())),
    ],
)
def test_an_array_is_the_one_that_pyarrow_makes(values: list[object], kind: pa.DataType) -> None:
    made = array_of(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(values, kind))


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0, 4.0], [True, False, True, True], [5, 6, 7, 8]])
def test_numbers_come_back_from_whole_and_cut_columns(values: list[object]) -> None:
    array = pa.array(values)
    if pa.types.is_integer(array.type):
        array = array.cast(pa.int32())
    assert numpy_of(array).tolist() == values
    assert numpy_of(array.slice(1, 2)).tolist() == values[1:3]
    assert numpy_of(pa.chunked_array([array, array.slice(3)])).tolist() == [*values, values[3]]
    assert numpy_of(array.slice(0, 0)).tolist() == []
    assert numpy_of(pa.chunked_array([], array.type)).tolist() == []


def test_neither_recording_nor_reading_loads_pandas(tmp_path: Path, repository: Path) -> None:
    """pyarrow loads it by itself, which takes half a second of the processor while frames come."""
    command = [sys.executable, "-c", _RECORD_AND_READ, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(repository))
    assert done.stdout == "False\n", done.stderr


def with_missing(column: pa.Array) -> pa.Array:
    """The same, but the second value is missing."""
    return pa.array([None if i == 1 else value for i, value in enumerate(column.to_pylist())], column.type)


def test_a_table_with_a_missing_value_is_refused(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "s", 10).folder
    table = pq.read_table(folder / TABLE)
    at = table.column_names.index("gaze_x")
    missing = table.set_column(at, pa.field("gaze_x", pa.float64()), with_missing(table.column(at)))
    pq.write_table(missing, folder / TABLE)
    with pytest.raises(UserError, match="damaged"):
        load_session(folder)


def test_crops_are_read_up_to_a_batch_with_a_missing_value(tmp_path: Path) -> None:
    session = load_session(recorded(tmp_path / "s", 10, keep="crops").folder)
    path = session.folder / CROPS
    with pa.OSFile(str(path), "rb") as file:
        table = pa.ipc.open_stream(file).read_all()
    columns = [
        with_missing(c) if n == "crops_h264" else c.combine_chunks()
        for n, c in zip(table.column_names, table, strict=True)
    ]
    missing = pa.record_batch(columns, schema=table.schema)
    whole = table.combine_chunks().to_batches()[0]
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_batch(whole)
        writer.write_batch(missing)
    assert len(list(session.observations())) == whole.num_rows
