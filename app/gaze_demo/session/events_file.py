"""`events.jsonl`: markers, notes and changes of state, one JSON object per line."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gaze_demo.errors import UserError
from gaze_demo.session.arrow import sync_file
from gaze_demo.whole_file import cannot_write

MOST_BYTES = 64 * 1024 * 1024
MOST_TEXT = 4000
KINDS = ("marker", "note", "state")


class Event(BaseModel):
    """`time_s`: of the session's clock. `kind`: "marker" is set by a person or a program, "note" is for people,
    "state" is a change of the recording itself. `data`: whatever a program adds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_s: float = Field(allow_inf_nan=False)
    kind: str = Field(pattern="^(marker|note|state)$")
    text: str = Field(max_length=MOST_TEXT)
    data: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class Events:
    """The events of a file in the order of their times, and how many lines could not be read."""

    events: tuple[Event, ...] = ()
    broken: int = field(default=0)


class EventsWriter:
    """Appends events to a new file; each is there at once. Raises UserError if the file cannot be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size_bytes = 0
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise cannot_write(path, error) from None

    def write(self, event: Event) -> None:
        line = (json.dumps(event.model_dump(exclude_defaults=True), ensure_ascii=False) + "\n").encode(
            "utf-8", "replace"
        )
        rest = memoryview(line)
        try:
            while rest:  # a disk that is nearly full takes a part of it
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise cannot_write(self.path, error) from None
        self.size_bytes += len(line)

    def sync(self) -> None:
        """Have the system put it on the disk. Raises UserError if the disk is full or gone."""
        sync_file(self.path, self._file)

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()


def read_events(path: Path) -> Events:
    """The events of a file, whose last line may be torn; none if there is no file. Raises UserError."""
    if not path.exists():
        return Events()
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
    if len(content) > MOST_BYTES:
        raise UserError(f"{path}: at most {MOST_BYTES // 2**20} MB of events can be read.")
    events, broken = [], 0
    for line in content.split(b"\n"):
        if not line.strip():
            continue
        try:
            events.append(Event.model_validate_json(line))
        except (ValidationError, RecursionError):
            broken += 1
    return Events(tuple(sorted(events, key=lambda event: event.time_s)), broken)
