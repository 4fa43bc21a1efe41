"""What every sink of gaze samples offers."""

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
    """What a sink may want to know before the first sample.

    `source`: its name for people. `frame_rate`: nominal, if there is one. `models`: names, in the order of the
    samples' gazes. `screen`, `profile`: where points of gaze are told, and the name of the profile that tells them.
    `still`: each frame is a photograph of its own.
    """

    source: str = ""
    frame_rate: float | None = None
    models: tuple[str, ...] = ()
    screen: ScreenGeometry | None = None
    profile: str = ""
    still: bool = False


class Sink(Protocol):
    """Takes gaze samples. `open`, `write` and `close` are called from one thread, which is the sink's own on a bus.

    What a sink's user can mend is raised as UserError with one sentence; any exception ends this sink, and no other.

    Attributes:
        policy: "newest" for what is looked at, "all" for what is kept.
        needs_picture: the samples come with the frame's image; without it a sink can fall further behind.
    """

    @property
    def policy(self) -> Policy: ...
    @property
    def needs_picture(self) -> bool: ...

    def open(self, run: Run) -> None: ...
    def write(self, sample: GazeSample) -> None: ...
    def close(self) -> None:
        """Complete what was written. Called once where `open` was, whatever happened in between."""


AnySink = TypeVar("AnySink", bound=Sink)


@contextmanager
def opened(sink: AnySink, run: Run | None = None) -> Iterator[AnySink]:
    """A sink without a bus, opened and completed in this thread."""
    sink.open(run or Run())
    try:
        yield sink
    finally:
        sink.close()
