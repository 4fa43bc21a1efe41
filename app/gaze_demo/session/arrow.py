"""Arrow IPC streams: written in small batches, and read up to the last complete batch, however they ended."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaze_demo.errors import UserError
from gaze_demo.optional import optional
from gaze_demo.whole_file import DISK_FULL, DISK_GONE, cannot_write


def load_pyarrow() -> Any:
    """The module pyarrow, with pyarrow.parquet loaded. Raises UserError if it is not installed."""
    remedy = "Recorded sessions need pyarrow: install it with 'pip install pyarrow'."
    optional("pyarrow.parquet", remedy)
    return optional("pyarrow", remedy)


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
            self._writer = pa.ipc.new_stream(self._file, schema, options=pa.ipc.IpcWriteOptions(compression="zstd"))
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
