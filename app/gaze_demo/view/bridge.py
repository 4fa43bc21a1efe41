"""The only connection from the worker threads to the window: their events as typed Qt signals on the window's
thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gaze_demo.live.events import (
    Event,
    ModelLoaded,
    Outcome,
    SightReady,
    SourceFailed,
    SourceOpened,
    StatusChanged,
)
from gaze_demo.log import logger

if TYPE_CHECKING:
    from gaze_demo.live.engine import Engine


class Bridge(QObject):
    """Passes events on, except late events of earlier sources.

    Signals: `source_opened`, with the source's number and the source; `status_changed`, with number and ReaderStatus;
    `source_failed`, with number and exception; `sight_ready`, with the pane whose newest sight waits in the engine;
    `model_loaded`, with pane, entry, None or the exception, and a sentence if it does not run on the chosen provider.
    """

    source_opened = Signal(int, object)
    status_changed = Signal(int, object)
    source_failed = Signal(int, object)
    sight_ready = Signal(object)
    model_loaded = Signal(object, object, object, str)
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine: Engine | None = None
        self._closed = False
        self._told.connect(self._pass_on)

    def serve(self, engine: Engine) -> None:
        """The engine whose source numbers count."""
        self._engine = engine

    def close(self) -> None:
        """The window closes: pending events are dropped."""
        self._closed = True

    def tell(self, event: Event) -> None:
        """Take an event, from any thread."""
        try:
            self._told.emit(event)
        except RuntimeError:  # the window was closed, and this object with it
            logger.info("An event came after the window had closed: %s", type(event).__name__)

    def _pass_on(self, event: Event) -> None:
        if self._closed:
            return
        if isinstance(event, Outcome):
            event.call()
        elif isinstance(event, SightReady):
            self.sight_ready.emit(event.pane)
        elif isinstance(event, ModelLoaded):
            self.model_loaded.emit(event.pane, event.entry, event.error, event.notice)
        elif self._engine is not None and event.number == self._engine.source_number:
            if isinstance(event, SourceOpened):
                self.source_opened.emit(event.number, event.source)
            elif isinstance(event, StatusChanged):
                self.status_changed.emit(event.number, event.status)
            elif isinstance(event, SourceFailed):
                self.source_failed.emit(event.number, event.error)
