"""The interface of a sink for gaze samples."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from gaze_demo.pipeline import GazeSample
from gaze_demo.screen import ScreenGeometry

Policy = Literal["newest", "all"]
"""What happens to samples that come while a sink is busy: the newest replaces what waits, or all of them wait."""


@dataclass(frozen=True)
class Run:
    """What a sink learns before the first sample.

    `source`: its name for people. `frame_rate`: nominal, if there is one. `models`: names, in the order of the samples'
    gazes. `screen`, `profile`: the screen of the points of gaze, and the name of the profile that maps them. `still`:
    each frame is a separate photograph.
    """

    source: str = ""
    frame_rate: float | None = None
    models: tuple[str, ...] = ()
    screen: ScreenGeometry | None = None
    profile: str = ""
    still: bool = False


class Sink(Protocol):
    """Takes gaze samples. `open`, `write` and `close` are called from one thread, which is the sink's own on a bus.

    Raise UserError with one sentence for errors that the user can fix; any exception ends only this sink.

    Attributes:
        policy: "newest" for a live display, "all" for a recording.
        needs_picture: the samples come with the frame's image; without it a sink can fall further behind.
    """

    @property
    def policy(self) -> Policy: ...
    @property
    def needs_picture(self) -> bool: ...

    def open(self, run: Run) -> None: ...
    def write(self, sample: GazeSample) -> None: ...
    def close(self) -> None:
        """Complete what was written. Called once if `open` was called, even after an error."""


AnySink = TypeVar("AnySink", bound=Sink)


@contextmanager
def opened(sink: AnySink, run: Run | None = None) -> Iterator[AnySink]:
    """A sink without a bus, opened and completed in this thread."""
    sink.open(run or Run())
    try:
        yield sink
    finally:
        sink.close()
