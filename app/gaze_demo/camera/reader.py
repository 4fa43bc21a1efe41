"""Reads a source in a thread of its own: the newest frame wins, and callers never wait for a driver."""

from __future__ import annotations

import logging
import threading
import zlib
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from gaze_demo import clock
from gaze_demo.camera import faults
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.source import Fault, Interruptible, Player, Source, SourceError
from gaze_demo.errors import UserError

State = Literal["opening", "streaming", "silent", "lost", "ended", "failed"]

SILENT_AFTER_S = 1.0
FROZEN_AFTER_S = 3.0
RETRY_S = 0.5
_RATE_SPAN_S = 2.0
_KEPT_ARRIVALS = 4
# A camera counts as silent only after this many of its frame intervals, so that one with 1 frame per second does not.
_PERIODS, _LONGEST_PERIOD_S = 2.5, 4.0
_FROZEN_FRAMES = 10
_LOOK_AT_EVERY = 8

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReaderStatus:
    """The state of reading.

    `state`: "opening" until the first frame; "streaming"; "silent" if a connected camera sends nothing; "lost" if a
    camera that streamed has gone; "failed" if the source cannot be opened (a live source is tried again, others are
    not); "ended". `message`: the text for the user, empty while there is no problem; `fault`: its kind. `delivered`:
    frames that were taken; `dropped`: frames that were replaced by a newer one before they were taken, or that the
    source left out because they were late. `fps`: recent frames per second. `width`, `height`: of the last
    frame, 0 before the first. `number`: the reader's number, so that late messages can be recognised.

    A camera that repeats one picture stays "streaming", with a `message` and the fault "frozen".
    """

    state: State
    message: str
    fault: Fault | None
    delivered: int
    dropped: int
    fps: float
    width: int
    height: int
    number: int = 0


class Reader:
    """Keeps the newest frame of a source.

    Opening, reading and closing happen in a daemon thread. A live source that fails or is lost is opened again and
    again until it is back. No method waits for the source.
    """

    def __init__(self, source: Source, number: int = 0) -> None:
        self.source = source
        self.number = number
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)
        self._state: State = "opening"
        self._error: SourceError | None = None
        self._frame: Frame | None = None
        self._taken = False
        self._delivered = self._dropped = 0
        self._arrivals: deque[float] = deque()
        self._opened_s: float | None = None
        self._streamed = False
        self._look: int | None = None
        self._same_since_s = 0.0
        self._same_count = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end. It closes the source as soon as the driver returns; the caller does not wait for
        that."""
        self._stopping.set()
        if isinstance(self.source, Interruptible):
            self.source.interrupt()
        with self._changed:
            self._changed.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait for the source to be closed, at most that long; True if it is."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def next(self, after_index: int = -1, timeout_s: float = 0.1) -> Frame | None:
        """The newest frame, once there is one of a higher index than `after_index`; None if none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._newer(after_index) is not None or self._stopping.is_set(), timeout_s)
            frame = self._newer(after_index)
            if frame is not None and not self._taken:
                self._taken = True
                self._delivered += 1
            return frame

    @property
    def status(self) -> ReaderStatus:
        with self._changed:
            now = clock.now_s()
            state, message, fault = self._condition(now)
            return ReaderStatus(
                state,
                message,
                fault,
                self._delivered,
                self._dropped,
                self._fps(now) if state == "streaming" else 0.0,
                self._frame.width if self._frame else 0,
                self._frame.height if self._frame else 0,
                self.number,
            )

    def has_changed(self, status: ReaderStatus) -> bool:
        """Whether state or message are others than in this status; fast enough to be asked for every frame."""
        with self._changed:
            return self._condition(clock.now_s()) != (status.state, status.message, status.fault)

    def _condition(self, now: float) -> tuple[State, str, Fault | None]:
        state, error = self._state, self._error
        if self._is_silent(now):
            state, error = "silent", faults.silent(self.source.name, self._rendered)
        elif state == "streaming" and self._is_frozen(now):
            error = faults.frozen(self.source.name)
        if state == "streaming" and self._player is not None and self._player.ended:
            state = "ended"
        message = str(error) if error else ""
        if error and self.source.live and error.kind not in ("denied", "frozen"):
            message += " It then starts by itself."
        return state, message, error.kind if error else None

    @cached_property
    def _player(self) -> Player | None:
        """The source, if it is a film; the question itself takes too long to be asked for every frame."""
        return self.source if isinstance(self.source, Player) else None

    def _newer(self, after_index: int) -> Frame | None:
        return self._frame if self._frame is not None and self._frame.index > after_index else None

    def _is_silent(self, now: float) -> bool:
        if not self.source.live or self._opened_s is None:
            return False
        last = self._arrivals[-1] if self._arrivals else self._opened_s
        waited = now - max(self._opened_s, last)
        return waited > SILENT_AFTER_S and waited > _PERIODS * self._period_s()

    def _period_s(self) -> float:
        """The longest time between two of the last frames, or what the source promises before there are two."""
        recent = list(self._arrivals)[-_KEPT_ARRIVALS:]
        apart = [after - before for before, after in pairwise(recent)]
        rate = self.source.frame_rate
        longest = max(apart) if apart else 1 / rate if rate and rate > 0 else 0.0
        return min(longest, _LONGEST_PERIOD_S)

    def _is_frozen(self, now: float) -> bool:
        return self._same_count >= _FROZEN_FRAMES and now - self._same_since_s > FROZEN_AFTER_S

    @property
    def _rendered(self) -> bool:
        return bool(getattr(self.source, "rendered", False))

    def _fps(self, now: float) -> float:
        longest = max(_RATE_SPAN_S, 3 * self._period_s())
        recent = [arrival for arrival in self._arrivals if now - arrival <= longest]
        span_s = recent[-1] - recent[0] if recent else 0.0
        return (len(recent) - 1) / span_s if span_s > 0 else 0.0  # the clock may not have ticked in between

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.source.open()
                self._pump()
            except SourceError as error:
                if not self._stopping.is_set():
                    self._fail(error)
            except UserError as error:
                self._fail(SourceError("unreadable", str(error)))
            except Exception as error:  # if a driver fails, the window must say why there are no pictures
                logger.exception("Reading %s failed", self.source.name)
                self._fail(SourceError("unreadable", f"{self.source.name} cannot be read: {error}."))
            finally:
                self._close()
            if not self.source.live:
                return
            self._stopping.wait(RETRY_S)

    def _pump(self) -> None:
        """Take frames until the end, or until asked to stop."""
        with self._changed:
            self._opened_s = clock.now_s()
        while not self._stopping.is_set():
            frame = self.source.read()
            if frame is None:
                with self._changed:
                    self._state, self._error = "ended", None
                return
            self._offer(frame)

    def _offer(self, frame: Frame) -> None:
        look: int | None = None
        if self.source.live and not self._rendered:  # because of the sensor's noise, no two pictures are equal
            look = zlib.crc32(frame.image[::_LOOK_AT_EVERY, ::_LOOK_AT_EVERY].tobytes())
        with self._changed:
            before = self._frame
            if before is not None:
                self._dropped += (not self._taken) + max(frame.index - before.index - 1, 0)
                frame = frame if self._taken else frame.after(before)
            self._frame, self._taken = frame, False
            now = clock.now_s()
            self._arrivals.append(now)
            while len(self._arrivals) > _KEPT_ARRIVALS and now - self._arrivals[0] > _RATE_SPAN_S:
                self._arrivals.popleft()
            went_on = len(self._arrivals) > 1 and now - self._arrivals[-2] < SILENT_AFTER_S
            if look is None or look != self._look or not went_on:
                self._look, self._same_since_s, self._same_count = look, now, 0
            self._same_count += 1
            if self._state != "streaming":
                logger.info("%s streams at %d x %d", self.source.name, frame.width, frame.height)
            self._state, self._error, self._streamed = "streaming", None, True
            self._changed.notify_all()

    def _fail(self, error: SourceError) -> None:
        """A silent source stays silent while it is restarted; one that streamed is lost; any other has failed."""
        with self._changed:
            if error.kind == "absent" and self._error and self._error.kind == "unplugged":
                return  # the message has not changed
            state: State = "silent" if error.kind == "silent" else "lost" if self._streamed else "failed"
            if self._error is None or str(error) != str(self._error):
                logger.warning("%s", error)
            self._state, self._error = state, error

    def _close(self) -> None:
        with self._changed:
            self._opened_s = None
            self._arrivals.clear()
            self._same_count = 0
        try:
            self.source.close()
        except Exception:  # as above; it is opened again in any case
            logger.exception("Closing %s failed", self.source.name)
