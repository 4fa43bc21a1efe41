"""Completes a session folder: at the end of a recording, or after an interrupted one."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from gaze_demo.errors import UserError
from gaze_demo.session import columns, eye_crops, pictures
from gaze_demo.session.about import Ended, SessionAbout, utc_now
from gaze_demo.session.arrow import ArrowReader, ArrowWriter, Torn, load_pyarrow, refuse_missing
from gaze_demo.session.names import ABOUT, CROPS, GAZE, PICTURES, TABLE, TORN_VIDEO, VIDEO
from gaze_demo.whole_file import cannot_write, write_whole

MOST_GAZE_BYTES = 4 * 2**30
MOST_PICTURE_BYTES = 256 * 2**30
_GROUP_ROWS = 60_000
# Numbers that differ from row to row compress better if their bytes are split; the others are the same for all models
# of a frame.
_OF_EACH_MODEL = (
    "gaze_x gaze_y gaze_z left_x left_y left_z right_x right_y right_z var_pitch var_yaw cov_pitch_yaw point_x_px "
    "point_y_px shown_x_px shown_y_px"
).split()
_PACKED_ROWS = 300
_SETTLE_S = 1.2


def finish(folder: Path, about: SessionAbout, ended: Ended) -> Torn:
    """Turn `gaze.arrows` into `gaze.parquet` and say in `session.json` how it ended; returns what could be read.

    Each step leaves a folder that can be opened. Raises UserError if the disk cannot be written.
    """
    reader = ArrowReader(folder / GAZE, columns.schema(), MOST_GAZE_BYTES)
    frames = _write_parquet(folder / TABLE, reader)
    if ended.repaired:
        ended = ended.model_copy(update={"rows": reader.torn.rows, "frames": frames})
    write_whole(folder / ABOUT, about.model_copy(update={"ended": ended}).to_json(), private=True)
    with suppress(OSError):
        (folder / GAZE).unlink()
    return reader.torn


def repair(folder: Path, settle_s: float = _SETTLE_S) -> list[str]:
    """Repair an interrupted session; returns what was found and what is lost, one sentence each. A complete session is
    not changed. Raises UserError if the folder is not a session, is still being recorded, or has no gaze that can be
    read.
    """
    from gaze_demo.session.folder import load_about, unfinished_parts  # which itself imports this module

    about = load_about(folder)
    kept = _kept_pictures(folder)
    torn_pictures = None if kept is None else _torn_pictures(kept)
    if not (folder / GAZE).exists() and not (folder / TABLE).exists():
        raise UserError(f"{folder} has neither {GAZE} nor {TABLE}: there is nothing to save.")
    if about.ended is not None and not (folder / GAZE).exists() and torn_pictures is None:
        read_parquet(folder / TABLE)  # raises UserError if it is damaged
        return [f"{folder} is complete: nothing was changed."]
    _refuse_growing(folder, settle_s)
    said = []
    if (folder / GAZE).exists():
        repaired = Ended(utc=utc_now(), frames=0, rows=0, repaired=True)
        torn = finish(folder, about, repaired)
        said.append(f"{torn.rows} rows were saved; {lost_sentence(torn)}")
    else:
        table = read_parquet(folder / TABLE)
        frames = len(set(table.column("frame").to_pylist()))
        ended = Ended(utc=utc_now(), frames=frames, rows=table.num_rows, repaired=True)
        write_whole(folder / ABOUT, about.model_copy(update={"ended": ended}).to_json(), private=True)
        said.append(f"{table.num_rows} rows are there.")
    if kept is not None and torn_pictures is not None:
        saved = repack(kept)
        said.append(f"The pictures of {saved.rows} frames were saved; {lost_sentence(saved)}")
    if (folder / TORN_VIDEO).exists() and not (folder / VIDEO).exists():
        with suppress(OSError):
            (folder / TORN_VIDEO).replace(folder / VIDEO)
            said.append(f"{VIDEO} holds the video up to that moment.")
    for part in unfinished_parts(folder):
        with suppress(OSError):
            part.unlink()
    return said


def lost_sentence(torn: Torn) -> str:
    """What is lost of a stream that could be read up to this point."""
    if torn.ended:
        return "nothing is lost."
    tail = f"{torn.lost_bytes} bytes after them were half written, and " if torn.lost_bytes else ""
    return f"{tail}up to a second before the end was never written."


def read_parquet(path: Path) -> Any:
    """The table of `gaze.parquet`. Raises UserError if the file is not one or has other columns."""
    pa = load_pyarrow()
    try:
        if path.stat().st_size > MOST_GAZE_BYTES:
            raise UserError(f"{path}: at most {MOST_GAZE_BYTES // 2**20} MB can be read.")
        with pa.parquet.ParquetFile(path) as file:  # read_table would load pyarrow's data sets, and those pandas
            table = file.read()
        table.validate(full=True)
        refuse_missing(table)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or 'it is damaged'}.") from None
    except (pa.ArrowException, ValueError):
        raise UserError(f"{path} is damaged or not a recording.") from None
    wanted = columns.schema()
    if table.schema.names != wanted.names or any(
        not field.type.equals(wanted.field(field.name).type) for field in table.schema
    ):
        raise UserError(f"{path} has other columns than this version of gaze-demo writes.")
    return table


def _write_parquet(path: Path, reader: ArrowReader) -> int:
    """Write all whole batches of a stream; returns how many frames they have."""
    pa = load_pyarrow()
    part = path.with_name(path.name + ".part")
    frames: set[int] = set()
    try:
        with suppress(FileNotFoundError):
            part.unlink()
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with pa.parquet.ParquetWriter(
            part,
            columns.schema(),
            compression="zstd",
            compression_level=6,
            use_dictionary=False,
            use_byte_stream_split=_OF_EACH_MODEL,
        ) as writer:
            waiting: list[Any] = []
            for batch in reader:
                waiting.append(batch)
                frames.update(batch.column("frame").to_pylist())
                if sum(one.num_rows for one in waiting) >= _GROUP_ROWS:
                    writer.write_table(pa.Table.from_batches(waiting))
                    waiting = []
            if waiting:
                writer.write_table(pa.Table.from_batches(waiting))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise cannot_write(path, error) from None
    return len(frames)


def _kept_pictures(folder: Path) -> Path | None:
    return next((folder / name for name in (PICTURES, CROPS) if (folder / name).exists()), None)


def _picture_schema(path: Path) -> Any:
    return eye_crops.schema() if path.name == CROPS else pictures.schema()


def _torn_pictures(path: Path) -> Torn | None:
    """How the pictures ended if they are incomplete; None if they are complete."""
    reader = ArrowReader(path, _picture_schema(path), MOST_PICTURE_BYTES)
    for _ in reader:
        pass
    return None if reader.torn.ended else reader.torn


def repack(path: Path) -> Torn:
    """Write all whole batches of kept pictures again as fewer and larger ones, which take less space.

    Raises UserError where the disk does not take it; the file stays as it is then.
    """
    pa = load_pyarrow()
    part, schema = path.with_name(path.name + ".part"), _picture_schema(path)
    with suppress(OSError):
        part.unlink()
    reader = ArrowReader(path, schema, MOST_PICTURE_BYTES)
    writer = ArrowWriter(part, schema)
    waiting: list[Any] = []

    def write() -> None:
        for batch in pa.Table.from_batches(waiting, schema).combine_chunks().to_batches():
            writer.write(batch)
        waiting.clear()

    try:
        for batch in reader:
            waiting.append(batch)
            if sum(one.num_rows for one in waiting) >= _PACKED_ROWS:
                write()
        write()
        writer.sync()
        writer.close()
        part.replace(path)
    except (UserError, OSError) as error:
        with suppress(UserError):
            writer.close(whole=False)
        with suppress(OSError):
            part.unlink()
        raise error if isinstance(error, UserError) else cannot_write(path, error) from None
    return reader.torn


def _refuse_growing(folder: Path, settle_s: float) -> None:
    """Raise UserError if a program is still writing."""
    watched = [path for path in (folder / GAZE, folder / PICTURES, folder / CROPS) if path.exists()]
    before = [path.stat().st_size for path in watched]
    time.sleep(settle_s)
    if [path.stat().st_size for path in watched] != before:
        raise UserError(f"{folder} is still being recorded: end the recording first.")
