"""What the worker threads tell the window; each event of a source carries the source's number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gaze_demo.camera.reader import ReaderStatus
    from gaze_demo.camera.source import Source
    from gaze_demo.live.pane_id import PaneId
    from gaze_demo.model.registry import ModelEntry


@dataclass(frozen=True, eq=False)
class SourceOpened:
    """The source could be made; its first frame has not come yet."""

    number: int
    source: Source


@dataclass(frozen=True, eq=False)
class StatusChanged:
    """The reading goes otherwise than before."""

    number: int
    status: ReaderStatus


@dataclass(frozen=True, eq=False)
class SourceFailed:
    """The source cannot be made, or has ended by an error."""

    number: int
    error: Exception


@dataclass(frozen=True, eq=False)
class SightReady:
    """`Engine.take` has a sight of this pane; told once for all that come before it is taken."""

    pane: PaneId


@dataclass(frozen=True, eq=False)
class ModelLoaded:
    """A model runs, or with `error` does not; `notice`: a sentence if it does not run where it was to."""

    pane: PaneId
    entry: ModelEntry
    error: Exception | None
    notice: str = ""


@dataclass(frozen=True, eq=False)
class Outcome:
    """`call` is to be called by the receiver, in its own thread."""

    call: Callable[[], None]


Event = SourceOpened | StatusChanged | SourceFailed | SightReady | ModelLoaded | Outcome
Tell = Callable[[Event], None]  # called from the workers' threads
