"""All workers of the window: one feed of frames, and one model worker a pane."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from gaze_demo.sink.mailbox import Mailbox
from gaze_demo.view.workers.feed import Feed, Wishes
from gaze_demo.view.workers.model_worker import ModelWorker
from gaze_demo.view.workers.shot import Shot, Sight

if TYPE_CHECKING:
    from gaze_demo.camera.reader import ReaderStatus
    from gaze_demo.camera.source import Source
    from gaze_demo.intrinsics import Lens
    from gaze_demo.model.registry import ModelEntry

SIDES: Final = ("left", "right")


class Engine(QObject):
    """Starts, changes and stops the workers; every call returns at once.

    Signals, all of them on the GUI thread: `sight_ready`, with the side whose newest sight waits in `take`;
    `source_opened`, with the source; `status_changed`, with a ReaderStatus; `source_failed`, with the exception;
    `model_loaded`, with side, entry and None or the exception why not.
    """

    sight_ready = Signal(str)
    source_opened = Signal(object)
    status_changed = Signal(object)
    source_failed = Signal(object)
    model_loaded = Signal(str, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.wishes = Wishes()
        self.source: Source | None = None
        self._feed: Feed | None = None
        self._opened = 0
        self._sights: dict[str, Mailbox[Sight]] = {side: Mailbox() for side in SIDES}
        self._active: tuple[str, ...] = SIDES
        self._closed = False
        self._listener: Callable[[Shot], None] | None = None
        self._workers: dict[str, ModelWorker] = {side: self._worker(side) for side in SIDES}

    @property
    def source_number(self) -> int:
        """Counts the sources opened; a shot of another number is of one before."""
        return self._opened

    @property
    def reader_status(self) -> ReaderStatus | None:
        reader = self._feed.reader if self._feed else None
        return reader.status if reader else None

    def open(self, open_source: Callable[[], Source]) -> None:
        """Leave the source in use for another; `open_source` is called in the feed's thread."""
        before = self._feed
        if before is not None:
            before.stop()
            for signal in (before.opened, before.status_changed, before.failed):
                signal.disconnect()
        self.source = None
        self._opened += 1
        feed = Feed(self._opened, open_source, self.wishes, self._offer, after=before)
        feed.opened.connect(self._on_opened)
        feed.status_changed.connect(self.status_changed)
        feed.failed.connect(self.source_failed)
        self._feed = feed
        feed.start()

    def take(self, side: str) -> Sight | None:
        """The newest sight of a pane that was not taken yet."""
        return self._sights[side].take()

    def use_model(self, side: str, entry: ModelEntry | None) -> None:
        self._workers[side].use(entry)

    def listen(self, listener: Callable[[Shot], None] | None) -> None:
        """Hand every shot also to `listener`, from the feed's thread; None ends it."""
        self._listener = listener

    def use_panes(self, sides: tuple[str, ...]) -> None:
        """Only these panes get shots; a hidden one costs nothing."""
        self._active = sides
        self.refresh()

    def set_filter(self, strength: float) -> None:
        for worker in self._workers.values():
            worker.set_filter(strength)

    def lag_s(self, side: str) -> float | None:
        """Of the filter as it is now; None where nothing is filtered."""
        return self._workers[side].lag_s

    def set_lens(self, lens: Lens | None, hfov_deg: float) -> None:
        """`lens`, or where it is None one of that field of view; a source that knows its own keeps it."""
        self.wishes.lens, self.wishes.hfov_deg = lens, hfov_deg
        self.refresh()

    def refresh(self) -> None:
        """Observe the last frame again, where no other comes: what is wished for has changed."""
        self.wishes.revision += 1

    def close(self) -> None:
        """Stop all workers; those that hang in a driver end with the process."""
        if self._closed:
            return
        self._closed = True
        if self._feed is not None:
            self._feed.stop()
        for worker in self._workers.values():
            worker.close()
        for worker in self._workers.values():
            worker.join(0.5)
        if self._feed is not None:
            self._feed.join(1.0)

    def _worker(self, side: str) -> ModelWorker:
        def deliver(sight: Sight) -> None:
            if self._sights[side].put(sight) and not self._closed:
                self.sight_ready.emit(side)

        def loaded(entry: ModelEntry, error: Exception | None) -> None:
            if not self._closed:
                self.model_loaded.emit(side, entry, error)

        return ModelWorker(side, deliver, loaded)

    def _offer(self, shot: Shot) -> None:
        listener = self._listener
        if listener is not None:
            listener(shot)
        for side in self._active:
            self._workers[side].offer(shot)

    def _on_opened(self, source: Source) -> None:
        self.source = source
        self.source_opened.emit(source)
