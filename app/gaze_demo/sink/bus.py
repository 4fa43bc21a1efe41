"""Hands each sample to every sink, each in its own thread, so that a slow sink never slows the source or another
sink."""

from __future__ import annotations

import logging
import threading
from collections import deque
from types import TracebackType

from gaze_demo.ending import undivided
from gaze_demo.errors import UserError
from gaze_demo.pipeline import GazeSample
from gaze_demo.sink.mailbox import Mailbox
from gaze_demo.sink.sink import Run, Sink

# Samples that may wait for a sink that loses nothing: 20 s at 30 frames per second, and 1 s if each contains a picture
# (27 MB at 640 x 480 px).
QUEUE, QUEUE_WITH_PICTURES = 600, 30
_logger = logging.getLogger(__name__)


class Bus:
    """Sinks with one bounded queue each; a context manager that completes them all.

    For a sink whose policy is "newest", a sample replaces the one that waits. For one whose policy is "all", samples
    wait in a queue. If it is full and the bus is `patient`, as for a file, `write` waits. A camera cannot wait, so the
    sample is lost, counted in `lost` and reported in `problems`.

    Example:
        with Bus(patient=True) as bus:
            bus.add(GazeCsv(Path("gaze.csv")), Run(models=("teacher",)))
            bus.write(pipeline.process(frame))
    """

    def __init__(self, *, patient: bool = False) -> None:
        self._patient = patient
        self._lanes: list[_Lane] = []
        self._ended: list[_Lane] = []

    def __enter__(self) -> Bus:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
            return
        try:
            self.close()
        except UserError as second:  # only the first error is reported
            _logger.warning("%s", second)

    def add(self, sink: Sink, run: Run) -> None:
        """Open a sink and write to it from now on. Raises UserError if it cannot be opened."""
        lane = _Lane(sink, patient=self._patient)
        lane.start(run)
        self._lanes = [*self._lanes, lane]  # a new list: `write` may be going through the old one

    def remove(self, sink: Sink) -> None:
        """Complete a sink after it has received the waiting samples; nothing happens if it is not on the bus. Raises
        UserError if it could not be completed."""
        for lane in [lane for lane in self._lanes if lane.sink is sink]:
            self._lanes = [other for other in self._lanes if other is not lane]
            self._ended.append(lane)
            lane.close()
            lane.check()

    def write(self, sample: GazeSample) -> None:
        """Hand a sample to every sink, also if a signal comes meanwhile; raises nothing else, see `check`."""
        light: GazeSample | None = None
        with undivided():
            for lane in self._lanes:
                if lane.sink.needs_picture:
                    lane.put(sample)
                else:
                    light = light or sample.without_picture()
                    lane.put(light)

    def check(self) -> None:
        """Raise the UserError of the first sink that has ended with one."""
        for lane in self._lanes:
            lane.check()

    @property
    def problems(self) -> list[str]:
        """One sentence for each sink that has ended early or lost samples, also those removed since."""
        return [problem for lane in (*self._ended, *self._lanes) for problem in lane.problems]

    @property
    def lost(self) -> int:
        """The number of samples lost by sinks that should lose none."""
        return sum(lane.lost for lane in (*self._ended, *self._lanes))

    def close(self) -> None:
        """Complete all sinks after they have received the waiting samples. Raises the UserError of the first that
        failed."""
        lanes, self._lanes = self._lanes, []
        self._ended.extend(lanes)
        for lane in lanes:
            lane.ask_to_end()
        for lane in lanes:
            lane.close()
        for lane in lanes:
            lane.check()


class _Lane:
    """A sink, its queue and its thread."""

    def __init__(self, sink: Sink, *, patient: bool) -> None:
        self.sink = sink
        self.lost = 0
        self.error: Exception | None = None
        self._told = False
        self._opened = threading.Event()
        size = QUEUE_WITH_PICTURES if sink.needs_picture else QUEUE
        newest = sink.policy == "newest"
        self._queue: Mailbox[GazeSample] | _Queue = Mailbox() if newest else _Queue(size, patient=patient)
        self._thread = threading.Thread(target=self._run, name=f"sink {type(sink).__name__}", daemon=True)
        self._settings = Run()

    @property
    def problems(self) -> list[str]:
        name = type(self.sink).__name__
        found = []
        if self.error is not None:
            found.append(str(self.error) if isinstance(self.error, UserError) else f"{name} has failed: {self.error}")
        if self.lost:
            found.append(f"{name} cannot keep up: {self.lost} samples were not written.")
        return found

    def start(self, run: Run) -> None:
        self._settings = run
        self._thread.start()
        self._opened.wait()
        self.check()

    def put(self, sample: GazeSample) -> None:
        if self.error is not None:
            return
        if isinstance(self._queue, Mailbox):
            self._queue.put(sample)
        elif not self._queue.put(sample) and self.error is None:
            self.lost += 1

    def check(self) -> None:
        """Raise the sink's error, once."""
        error = self.error
        if error is None or self._told:
            return
        self._told = True
        if isinstance(error, UserError):
            raise error
        raise UserError(f"{type(self.sink).__name__} has failed: {error}") from error

    def ask_to_end(self) -> None:
        self._queue.close()

    def close(self) -> None:
        self._queue.close()
        self._thread.join()

    def _run(self) -> None:
        opened = False
        try:
            self.sink.open(self._settings)
            opened = True
            self._opened.set()
            while (sample := self._queue.take(None)) is not None:
                self.sink.write(sample)
        except Exception as error:  # a sink from another package may raise anything: it ends, the others continue
            self._fail(error)
        finally:
            try:
                if opened:
                    self.sink.close()
            except Exception as error:
                self._fail(error)
            self._queue.close()
            self._opened.set()

    def _fail(self, error: Exception) -> None:
        if self.error is None:
            self.error = error
        if not isinstance(error, UserError):
            _logger.error("The sink %s has failed", type(self.sink).__name__, exc_info=error)


class _Queue:
    """Up to `size` samples in order; if it is full, `patient` waits, otherwise the sample is refused."""

    def __init__(self, size: int, *, patient: bool) -> None:
        self._size, self._patient = size, patient
        self._changed = threading.Condition()
        self._samples: deque[GazeSample] = deque()
        self._closed = False

    def put(self, sample: GazeSample) -> bool:
        """False if it was refused."""
        with self._changed:
            if self._patient:
                self._changed.wait_for(lambda: self._closed or len(self._samples) < self._size)
            if self._closed or len(self._samples) >= self._size:
                return False
            self._samples.append(sample)
            self._changed.notify_all()
            return True

    def take(self, timeout_s: float | None = None) -> GazeSample | None:
        """The oldest sample, waiting for one; None once it is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._samples), timeout_s)
            sample = self._samples.popleft() if self._samples else None
            self._changed.notify_all()
            return sample

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
