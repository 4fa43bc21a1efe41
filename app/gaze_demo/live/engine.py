"""All workers of the window: one feed of frames, and one model worker per pane."""

from __future__ import annotations

from collections.abc import Callable

from gaze_demo import clock
from gaze_demo.camera.reader import ReaderStatus
from gaze_demo.camera.source import Source
from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.intrinsics import Lens
from gaze_demo.live.events import Event, ModelLoaded, SightReady, SourceOpened, Tell
from gaze_demo.live.feed import Feed, Wishes
from gaze_demo.live.joiner import SampleJoiner
from gaze_demo.live.model_worker import ModelWorker
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Shot, Sight
from gaze_demo.live.tools import Tools
from gaze_demo.model.registry import ModelEntry
from gaze_demo.sink.mailbox import Mailbox

_CLOSING_S = 0.6  # for all workers together; those that are still in native code end with the process


class Engine:
    """Starts, changes and stops the workers; every call returns at once.

    `tell` gets their events, from their threads.

    Attributes: `source`, once it is open.
    """

    def __init__(self, tools: Tools, tell: Tell) -> None:
        self.wishes = Wishes()
        self.source: Source | None = None
        self._tools, self._tell_window = tools, tell
        self._feed: Feed | None = None
        self._opened = 0
        self._sights: dict[PaneId, Mailbox[Sight]] = {pane: Mailbox() for pane in PaneId}
        self._active: tuple[PaneId, ...] = tuple(PaneId)
        self._closed = False
        self._listener: Callable[[Shot], None] | None = None
        self._joiner: SampleJoiner | None = None
        self._workers: dict[PaneId, ModelWorker] = {pane: self._worker(pane) for pane in PaneId}

    @property
    def source_number(self) -> int:
        """Counts the sources opened; a shot or an event with another number comes from an earlier source."""
        return self._opened

    @property
    def reader_status(self) -> ReaderStatus | None:
        reader = self._feed.reader if self._feed else None
        return reader.status if reader else None

    def open(self, open_source: Callable[[], Source]) -> None:
        """Switch to another source; `open_source` is called in the feed's thread."""
        before = self._feed
        if before is not None:
            before.stop()
        self.source = None
        self._opened += 1
        self._feed = Feed(
            self._opened, open_source, self._tools.make_observer, self.wishes, self._offer, self._tell, after=before
        )
        self._feed.start()

    def take(self, pane: PaneId) -> Sight | None:
        """The newest sight of a pane that was not taken yet; sights of earlier sources are left out."""
        sight = self._sights[pane].take()
        return sight if sight is not None and sight.shot.source == self._opened else None

    def use_model(self, pane: PaneId, entry: ModelEntry | None) -> None:
        self._workers[pane].use(entry)

    def listen(self, listener: Callable[[Shot], None] | None) -> None:
        """Hand every shot also to `listener`, from the feed's thread; None ends it."""
        self._listener = listener

    def join(self, joiner: SampleJoiner | None) -> None:
        """Hand every shot and what the panes make of it also to `joiner`; None ends it."""
        self._joiner = joiner

    def use_panes(self, panes: tuple[PaneId, ...]) -> None:
        """Only these panes get shots, so that a hidden one costs nothing."""
        self._active = panes
        self.refresh()

    def set_filter(self, choice: FilterChoice) -> None:
        for worker in self._workers.values():
            worker.filter = choice

    def set_lens(self, lens: Lens | None, hfov_deg: float) -> None:
        """Use `lens`, or if it is None one with this field of view; a source with a known lens keeps it."""
        self.wishes.lens, self.wishes.hfov_deg = lens, hfov_deg
        self.refresh()

    def choose_face(self, x_px: float, y_px: float) -> None:
        """Follow the face at this point of the undistorted picture; if there is none, nothing changes."""
        if self._feed is not None:
            self._feed.choose_face(x_px, y_px)
            self.refresh()

    def refresh(self) -> None:
        """Observe the last frame again if no other one comes, because the settings have changed."""
        self.wishes.revision += 1

    def close(self) -> None:
        """Stop all workers; those that hang in a driver or a model end with the process."""
        if self._closed:
            return
        self._closed = True
        self._listener = None
        ending: list[Feed | ModelWorker] = list(self._workers.values())
        for worker in self._workers.values():
            worker.close()
        if self._feed is not None:
            self._feed.stop()
            ending.append(self._feed)
        until_s = clock.now_s() + _CLOSING_S
        for one in ending:
            one.join(max(until_s - clock.now_s(), 0.0))

    def _worker(self, pane: PaneId) -> ModelWorker:
        def deliver(sight: Sight) -> None:
            joiner = self._joiner
            if joiner is not None:
                joiner.add_sight(pane, sight)
            if self._sights[pane].put(sight):
                self._tell(SightReady(pane))

        def loaded(entry: ModelEntry, error: Exception | None, notice: str) -> None:
            self._tell(ModelLoaded(pane, entry, error, notice))

        return ModelWorker(pane.value, self._tools.load_model, deliver, loaded)

    def _offer(self, shot: Shot) -> None:
        if shot.source != self._opened:  # the previous feed has not ended yet
            return
        listener = self._listener
        if listener is not None:
            listener(shot)
        joiner, panes = self._joiner, self._active
        if joiner is not None:
            joiner.add_shot(shot, panes)
        for pane in panes:
            self._workers[pane].offer(shot)

    def _tell(self, event: Event) -> None:
        if self._closed:
            return
        if isinstance(event, SourceOpened) and event.number == self._opened:
            self.source = event.source
        self._tell_window(event)
