"""Reads a session folder, even if the recording was interrupted; all of it is checked, nothing in it is executed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from gaze_demo.damaged import damaged
from gaze_demo.errors import UserError
from gaze_demo.observation import Observation
from gaze_demo.session import columns, eye_crops, pictures
from gaze_demo.session.about import SessionAbout
from gaze_demo.session.arrow import ArrowReader, load_pyarrow, numpy_of
from gaze_demo.session.events_file import Event, read_events
from gaze_demo.session.names import ABOUT, CROPS, EVENTS, GAZE, PICTURES, TABLE, TORN_VIDEO, VIDEO
from gaze_demo.session.repair import MOST_GAZE_BYTES, MOST_PICTURE_BYTES, lost_sentence, read_parquet
from gaze_demo.session.trace import GazeTrace

_MOST_ABOUT_BYTES = 16 * 2**20


@dataclass(frozen=True, eq=False)
class Session:
    """A recorded session.

    `table`: a pyarrow Table, one row for each frame and model; `gaze_demo.session.columns` says what its columns are.
    `problems`: what is missing, one sentence each; empty if the recording is complete. `film`: of a film that is no
    recording, its file; `folder` is that file then.
    """

    folder: Path
    about: SessionAbout
    table: Any
    events: tuple[Event, ...]
    problems: tuple[str, ...] = ()
    film: Path | None = None

    @cached_property
    def models(self) -> list[str]:
        """Names of the models that answered, in the order of the first answers."""
        return [name for name in self.table.column("model").unique().to_pylist() if name]

    def trace(self, model: str | None = None) -> GazeTrace:
        """The gaze of one model over time, or of the first. Raises UserError if there is none of that name."""
        names = self.models
        if model is not None and model not in names:
            known = ", ".join(names) or "none"
            raise UserError(f"{self.folder} has no gaze of {model!r}; its models are: {known}.")
        name = model or (names[0] if names else "")
        return GazeTrace.of(self.table, name)

    @property
    def has_pictures(self) -> bool:
        """Whether models can be run again on eyes or faces that were kept."""
        return any((self.folder / name).exists() for name in (PICTURES, CROPS))

    @property
    def can_run_models(self) -> bool:
        """Whether there is anything that models can be run on."""
        return self.has_pictures or self.video is not None

    @property
    def video(self) -> Path | None:
        if self.film is not None:
            return self.film
        paths = (self.folder / VIDEO, self.folder / TORN_VIDEO)
        return next((path for path in paths if path.exists()), None)

    def observations(self, fill: int = 0, first: int = 0) -> Iterator[Observation]:
        """The kept observations in order, from the frame of index `first` on; frames are `fill` (0..255) wherever no
        picture was kept.

        Raises UserError if there are none, or they are damaged.
        """
        if not self.has_pictures:
            raise UserError(f"{self.folder} keeps no pictures of the eyes: record with --keep crops, eyes or face.")
        if (self.folder / CROPS).exists():
            reader = eye_crops.CropReader(fill)
            for batch in ArrowReader(self.folder / CROPS, eye_crops.schema(), MOST_PICTURE_BYTES):
                yield from reader.observations_of(batch, first)
            return
        for batch in ArrowReader(self.folder / PICTURES, pictures.schema(), MOST_PICTURE_BYTES):
            early = np.count_nonzero(numpy_of(batch.column("frame")) < first)
            yield from pictures.observations_of(batch.slice(int(early)), fill)


def load_session(folder: Path) -> Session:
    """Read a session folder. Raises UserError if it is not one."""
    about = load_about(folder)
    problems: list[str] = []
    if about.ended is None:
        problems.append("The recording was interrupted: repair it with 'gaze-demo repair'.")
    elif about.ended.repaired:
        problems.append("The recording was interrupted and has been repaired: up to a second at its end is missing.")
    if about.ended is not None and about.ended.lost:
        problems.append(f"{about.ended.lost} samples came too fast to be written.")
    if (folder / TABLE).exists():
        table = read_parquet(folder / TABLE)
    elif (folder / GAZE).exists():
        pa = load_pyarrow()
        reader = ArrowReader(folder / GAZE, columns.schema(), MOST_GAZE_BYTES)
        table = pa.Table.from_batches(list(reader), columns.schema())
        if not reader.torn.ended:
            problems.append(f"{reader.torn.rows} rows could be read; {lost_sentence(reader.torn)}")
    else:
        raise UserError(f"{folder} has neither {TABLE} nor {GAZE}: it is not a recorded session.")
    events = read_events(folder / EVENTS)
    if events.broken:
        lines = "1 line" if events.broken == 1 else f"{events.broken} lines"
        problems.append(f"{lines} of {EVENTS} could not be read.")
    return Session(folder, about, table, events.events, tuple(problems))


def load_about(folder: Path) -> SessionAbout:
    """Read `session.json`. Raises UserError, naming the field that is wrong."""
    path = folder / ABOUT
    if not folder.is_dir() or not path.exists():
        raise UserError(f"{folder} is not a recorded session: it has no {ABOUT}.")
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_ABOUT_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
    if len(content) > _MOST_ABOUT_BYTES:
        raise UserError(f"{path}: at most {_MOST_ABOUT_BYTES // 2**20} MB can be read.")
    try:
        return SessionAbout.model_validate_json(content)
    except ValidationError as error:
        raise damaged(path, error, "the description of a session", "Restore it from a copy of the folder.") from None


def unfinished_parts(folder: Path) -> list[Path]:
    """Incomplete files that a writer left in the session's folder."""
    names = {f"{name}.part" for name in (TABLE, PICTURES, CROPS)}
    hidden = (f".{ABOUT}.",)
    return [
        path
        for path in folder.iterdir()
        if path.name in names or (path.name.startswith(hidden) and path.name.endswith(".part"))
    ]
