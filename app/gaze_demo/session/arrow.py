"""Arrow IPC streams: written in small batches, and read up to the last complete batch, however they ended."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.optional import optional
from gaze_demo.whole_file import DISK_FULL, DISK_GONE, cannot_write

_NUMBERS = {
    "double": np.float64,
    "float": np.float32,
    "int32": np.int32,
    "int16": np.int16,
    "int8": np.int8,
    "uint8": np.uint8,
}


@cache  # it is asked for every column
def load_pyarrow() -> Any:
    """The module pyarrow, with pyarrow.parquet loaded. Raises UserError if it is not installed."""
    remedy = "Recorded sessions need pyarrow: install it with 'pip install pyarrow'."
    optional("pyarrow.parquet", remedy)
    return optional("pyarrow", remedy)


def record_batch(rows: Sequence[Mapping[str, Any]], schema: Any) -> Any:
    """An Arrow record batch of rows that have a value for each column."""
    columns = [array_of([row[field.name] for row in rows], field.type) for field in schema]
    return load_pyarrow().record_batch(columns, schema=schema)


def array_of(values: Any, kind: Any) -> Any:
    """An Arrow array of numbers, truth values, texts, bytes, or lists of these, none of them missing.

    pyarrow's own conversion of lists loads pandas where it is installed: half a second of the processor in the first
    moments of a recording.
    """
    pa = load_pyarrow()
    types, count = pa.types, len(values)
    if types.is_fixed_size_list(kind):
        return pa.FixedSizeListArray.from_arrays(_joined(values, kind.value_type), type=kind)
    if types.is_list(kind):
        offsets = array_of(_offsets(values), pa.int32())
        return pa.ListArray.from_arrays(offsets, _joined(values, kind.value_type), type=kind)
    if types.is_string(kind) or types.is_binary(kind):
        parts = [value.encode() if isinstance(value, str) else value for value in values]
        buffers = [_offsets(parts), b"".join(parts)]
    elif types.is_boolean(kind):
        buffers = [np.packbits(np.asarray(values, bool), bitorder="little")]
    else:
        buffers = [np.ascontiguousarray(values, _NUMBERS[str(kind)])]
    return pa.Array.from_buffers(kind, count, [None, *map(pa.py_buffer, buffers)])


def numpy_of(column: Any) -> NDArray[Any]:
    """The values (n,) of an array or a column of numbers or truth values, none of them missing.

    pyarrow's own conversion loads pandas, as with `array_of`.
    """
    chunks = [_chunk(chunk) for chunk in getattr(column, "chunks", [column])]
    return chunks[0] if len(chunks) == 1 else np.concatenate([*chunks, _chunk(column.slice(0, 0).combine_chunks())])


def _chunk(array: Any) -> NDArray[Any]:
    values = array.buffers()[1]
    truth = load_pyarrow().types.is_boolean(array.type)
    kind = np.dtype(bool) if truth else np.dtype(_NUMBERS[str(array.type)])
    if values is None or not len(array):
        return np.zeros(len(array), kind)
    if truth:
        bits = np.unpackbits(np.frombuffer(values, np.uint8), bitorder="little")
        return bits[array.offset : array.offset + len(array)].astype(bool)
    return np.frombuffer(values, kind, len(array), array.offset * kind.itemsize)


def _offsets(parts: Sequence[Any]) -> NDArray[np.int32]:
    return np.cumsum([0, *map(len, parts)], dtype=np.int32)


def _joined(values: Sequence[Any], kind: Any) -> Any:
    """All items of the lists as one array."""
    if str(kind) in _NUMBERS:
        parts = [np.asarray(value, _NUMBERS[str(kind)]) for value in values]
        return array_of(np.concatenate(parts) if parts else [], kind)
    return array_of([item for value in values for item in value], kind)


def refuse_missing(table: Any) -> None:
    """Raise ValueError if a value of a table or a batch is missing: no recording has that, and `numpy_of` would read
    something else in its place."""
    if any(column.null_count for column in table.columns):
        raise ValueError("a value is missing")


def open_output(path: Path) -> Any:
    """A pyarrow file that writes to `path` without a buffer. Raises OSError."""
    return load_pyarrow().OSFile(str(path), "wb")


def sync_file(path: Path, file: Any) -> None:
    """Have the system put an open file on the disk; nothing where a file system cannot do that. Raises UserError if the
    disk is full or gone."""
    try:
        os.fsync(file.fileno())
    except OSError as error:
        if error.errno in (*DISK_FULL, *DISK_GONE):
            raise cannot_write(path, error) from None
    except ValueError:  # it was closed in the meantime
        return


class ArrowWriter:
    """Appends record batches to a new file, which only this account may read.

    Nothing is buffered: a batch is safe once `write` has returned, even if this process is killed. Raises UserError if
    the file cannot be written.
    """

    def __init__(self, path: Path, schema: Any) -> None:
        pa = load_pyarrow()
        self.path = path
        self.size_bytes = 0
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._file = open_output(path)
            # threads would cost more than they save: a column of a batch has some hundred bytes
            options = pa.ipc.IpcWriteOptions(compression="zstd", use_threads=False)
            self._writer = pa.ipc.new_stream(self._file, schema, options=options)
        except OSError as error:
            raise cannot_write(path, error) from None

    def write(self, batch: Any) -> None:
        try:
            self._writer.write_batch(batch)
            self.size_bytes = self._file.tell()
        except OSError as error:
            raise cannot_write(self.path, error) from None

    def sync(self) -> None:
        """Have the system put it on the disk, so that it survives a loss of power. Raises UserError if the disk is full
        or gone: what was written since the last call is lost then."""
        sync_file(self.path, self._file)

    def close(self, *, whole: bool = True) -> None:
        """`whole` writes the end mark. Raises UserError if that fails."""
        try:
            if whole:
                self._writer.close()
                self.size_bytes = self._file.tell()
        except OSError as error:
            raise cannot_write(self.path, error) from None
        finally:
            with suppress(OSError):
                self._file.close()


@dataclass(frozen=True)
class Torn:
    """What was read of a stream: how many whole batches and rows, and the bytes after them that are lost."""

    batches: int
    rows: int
    lost_bytes: int
    ended: bool


class ArrowReader:
    """The whole batches of a stream, in order. After reading all of them, `torn` says how the stream ended.

    Raises UserError if the file cannot be read or has other columns.
    """

    def __init__(self, path: Path, schema: Any, most_bytes: int) -> None:
        pa = load_pyarrow()
        self.path = path
        self.torn = Torn(0, 0, 0, False)
        try:
            self._size = path.stat().st_size
            if self._size > most_bytes:
                raise UserError(f"{path}: at most {most_bytes // 2**20} MB can be read.")
            self._file = pa.OSFile(str(path), "rb")
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
        try:
            self._reader = pa.ipc.open_stream(self._file)
        except (pa.ArrowException, OSError, ValueError):
            self._file.close()
            if self._size < _head_bytes(schema):  # it was killed before its first batch
                self._reader = None
                self.torn = Torn(0, 0, self._size, False)
                return
            raise UserError(f"{path} is damaged or not a recording.") from None
        if not self._reader.schema.equals(schema):
            self._file.close()
            raise UserError(f"{path} has other columns than this version of gaze-demo writes.")

    def __iter__(self) -> Iterator[Any]:
        pa = load_pyarrow()
        if self._reader is None:
            return
        batches = rows = 0
        good, ended = self._file.tell(), False
        try:
            while True:
                try:
                    batch = self._reader.read_next_batch()
                    batch.validate(full=True)
                    refuse_missing(batch)
                except StopIteration:
                    ended = good < self._size  # the mark of the end was there
                    good = self._file.tell()
                    break
                except (pa.ArrowException, OSError, ValueError):
                    break
                good = self._file.tell()
                batches, rows = batches + 1, rows + batch.num_rows
                yield batch
        finally:
            self.torn = Torn(batches, rows, self._size - good, ended)
            self._file.close()


def _head_bytes(schema: Any) -> int:
    return int(schema.serialize().size)
