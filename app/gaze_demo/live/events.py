"""The events that worker threads send to the window; each event of a source has the source's number."""

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
    """The source was created; its first frame has not come yet."""

    number: int
    source: Source


@dataclass(frozen=True, eq=False)
class StatusChanged:
    """The state of reading has changed."""

    number: int
    status: ReaderStatus


@dataclass(frozen=True, eq=False)
class SourceFailed:
    """The source cannot be created, or has failed."""

    number: int
    error: Exception


@dataclass(frozen=True, eq=False)
class SightReady:
    """`Engine.take` has a sight of this pane; sent once for all that come before it is taken."""

    pane: PaneId


@dataclass(frozen=True, eq=False)
class ModelLoaded:
    """A model was loaded, or failed with `error`; `notice`: a sentence if it does not run on the chosen provider."""

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
