from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from gaze_demo import clock
from gaze_demo.camera import faults, reader
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.reader import Reader, ReaderStatus
from gaze_demo.camera.source import SourceError
from gaze_demo.errors import UserError

Step = Frame | Exception | None


class Played:
    """A source that a test controls: `read` waits for what `give` gets; an exception is raised, None is the end.
    `refuse`: raised by `open` as long as it is set. `log`: the calls.
    """

    name = "Test camera"
    independent = False
    frame_count = None
    intrinsics = None

    def __init__(self, live: bool = True) -> None:
        self.live = live
        self.rendered = False
        self.frame_rate: float | None = None
        self.refuse: Exception | None = None
        self.log: list[str] = []
        self._steps: queue.Queue[Step] = queue.Queue()

    def give(self, *steps: Step) -> None:
        for step in steps:
            self._steps.put(step)

    def open(self) -> None:
        self.log.append("open")
        if self.refuse is not None:
            raise self.refuse

    def read(self) -> Frame | None:
        step = self._steps.get()
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        self.log.append("close")


def frame(index: int) -> Frame:
    return Frame(np.zeros((48, 64, 3), np.uint8), index, float(index))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "RETRY_S", 0.01)


@pytest.fixture
def start() -> Iterator[Callable[[Played], Reader]]:
    """Starts a reader of a source, and ends it after the test."""
    running: list[tuple[Played, Reader]] = []

    def start(source: Played) -> Reader:
        running.append((source, Reader(source)))
        running[-1][1].start()
        return running[-1][1]

    yield start
    for source, reading in running:
        reading.stop()
        source.give(None)
        assert reading.join(5.0)


def wait_for(reading: Reader, condition: Callable[[ReaderStatus], bool]) -> ReaderStatus:
    limit = clock.now_s() + 5.0
    while not condition(status := reading.status):
        assert clock.now_s() < limit, f"still {status}"
        time.sleep(0.002)
    return status


def wait_for_state(reading: Reader, state: str) -> ReaderStatus:
    return wait_for(reading, lambda status: status.state == state)


def test_the_newest_frame_wins_and_the_others_count_as_dropped(start: Callable[[Played], Reader]) -> None:
    source = Played()
    reading = start(source)
    source.give(*(frame(index) for index in range(5)))
    wait_for(reading, lambda status: status.dropped == 4)
    newest = reading.next(-1, 1.0)
    assert newest is not None
    assert newest.index == 4
    status = reading.status
    assert (status.state, status.delivered, status.dropped) == ("streaming", 1, 4)
    assert (status.width, status.height, status.message) == (64, 48, "")


def test_a_cut_that_nobody_took_is_told_by_the_frame_that_came_after_it(start: Callable[[Played], Reader]) -> None:
    source = Played(live=False)
    reading = start(source)
    source.give(frame(0), replace(frame(1), cut=True), frame(2))
    wait_for(reading, lambda status: status.dropped == 2)
    newest = reading.next(-1, 1.0)
    assert newest is not None
    assert (newest.index, newest.cut) == (2, True)
    source.give(frame(3))
    following = reading.next(2, 1.0)
    assert following is not None
    assert not following.cut


def test_all_who_ask_see_the_same_frame_which_is_delivered_once(start: Callable[[Played], Reader]) -> None:
    source = Played()
    reading = start(source)
    source.give(frame(0))
    first, second = reading.next(-1, 1.0), reading.next(-1, 1.0)
    assert first is second
    assert reading.status.delivered == 1


def test_a_gap_in_a_files_frames_counts_as_dropped(start: Callable[[Played], Reader]) -> None:
    source = Played(live=False)
    reading = start(source)
    source.give(frame(0))
    assert reading.next(-1, 1.0) is not None
    source.give(frame(3))
    assert reading.next(0, 1.0) is not None
    assert reading.status.dropped == 2


def test_waiting_for_a_newer_frame_ends_after_the_given_time(start: Callable[[Played], Reader]) -> None:
    source = Played()
    reading = start(source)
    source.give(frame(0))
    assert reading.next(-1, 1.0) is not None
    began = clock.now_s()
    assert reading.next(0, 0.1) is None
    assert 0.09 < clock.now_s() - began < 2.0


def test_the_rate_is_that_of_the_frames_that_came_lately(start: Callable[[Played], Reader]) -> None:
    source = Played()
    reading = start(source)
    for index in range(11):
        source.give(frame(index))
        time.sleep(0.02)
    assert 5 < wait_for_state(reading, "streaming").fps < 55


@pytest.mark.fault("a camera falls silent while its driver blocks", "it is called silent in time")
def test_a_silent_camera_is_noticed_in_time_while_its_driver_blocks(start: Callable[[Played], Reader]) -> None:
    source = Played()
    reading = start(source)
    source.give(frame(0))
    assert reading.next(-1, 1.0) is not None
    began = clock.now_s()
    status = wait_for_state(reading, "silent")
    assert clock.now_s() - began < 5.0
    assert status.fault == "silent"
    assert status.fps == 0.0
    assert status.message.startswith("Test camera sends no picture: check its cable")
    source.give(frame(1))  # the driver comes back by itself
    assert wait_for_state(reading, "streaming").message == ""
    assert source.log == ["open"]


@pytest.mark.fault("a camera never sends anything", "it is called silent")
def test_a_camera_that_never_sends_anything_is_silent(start: Callable[[Played], Reader]) -> None:
    began = clock.now_s()
    reading = start(Played())
    assert reading.status.state == "opening"
    wait_for_state(reading, "silent")
    assert clock.now_s() - began < 5.0


def test_a_camera_that_stays_silent_is_started_anew_and_called_silent_until_it_sends(
    start: Callable[[Played], Reader],
) -> None:
    source = Played()
    reading = start(source)
    source.give(frame(0), faults.silent(source.name))
    wait_for(reading, lambda status: source.log == ["open", "close", "open"])
    assert reading.status.state == "silent"
    source.give(frame(1))
    wait_for_state(reading, "streaming")


@pytest.mark.fault("a camera is unplugged and plugged in again", "it is called lost, then it streams again")
def test_an_unplugged_camera_is_lost_and_streams_again_when_it_is_back(start: Callable[[Played], Reader]) -> None:
    source = Played()
    reading = start(source)
    source.give(frame(0))
    wait_for_state(reading, "streaming")
    source.refuse = faults.absent(source.name)
    source.give(faults.unplugged(source.name))
    status = wait_for_state(reading, "lost")
    wait_for(reading, lambda _: source.log.count("open") > 3)
    for seen in (status, reading.status):
        assert (seen.state, seen.fault) == ("lost", "unplugged")
        assert seen.message.startswith("Test camera was unplugged: plug it in again")
        assert seen.message.endswith("It then starts by itself.")
    source.refuse = None
    source.give(frame(1))
    wait_for_state(reading, "streaming")
    assert source.log.count("open") == source.log.count("close") + 1


@pytest.mark.parametrize(
    ("refusal", "sentence", "waits"),
    [
        (faults.absent("Test camera"), "is not connected: plug it in", True),
        (faults.busy("Test camera"), "is in use by another program: close that program", True),
        (faults.denied("Test camera", "ask for it"), "cannot be used by this account: ask for it", False),
    ],
)
def test_a_camera_that_cannot_be_had_is_tried_until_it_can(
    refusal: SourceError, sentence: str, waits: bool, start: Callable[[Played], Reader]
) -> None:
    source = Played()
    source.refuse = refusal
    reading = start(source)
    status = wait_for_state(reading, "failed")
    assert sentence in status.message
    assert status.message.endswith("It then starts by itself.") == waits
    assert status.fault == refusal.kind
    source.refuse = None
    source.give(frame(0))
    wait_for_state(reading, "streaming")


@pytest.mark.fault("a film cannot be read", "one sentence; it is not tried again")
def test_a_file_that_cannot_be_read_fails_for_good(start: Callable[[Played], Reader]) -> None:
    source = Played(live=False)
    source.refuse = SourceError("unreadable", "film.mp4 is damaged.")
    reading = start(source)
    assert wait_for_state(reading, "failed").message == "film.mp4 is damaged."
    assert reading.join(2.0)
    assert source.log == ["open", "close"]


def test_a_file_ends_and_its_last_frame_can_still_be_had(start: Callable[[Played], Reader]) -> None:
    source = Played(live=False)
    reading = start(source)
    source.give(frame(0), None)
    assert wait_for_state(reading, "ended").message == ""
    last = reading.next(-1, 0.1)
    assert last is not None
    assert last.index == 0
    assert source.log == ["open", "close"]


@pytest.mark.fault("a fault that nobody foresaw, in the reader", "it is told; the source is tried again")
@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("the driver's words"), "Test camera cannot be read: the driver's words."),
        (UserError("Do this."), "Do this."),
    ],
)
def test_a_fault_that_nobody_thought_of_is_told_and_tried_again(
    error: Exception, message: str, start: Callable[[Played], Reader]
) -> None:
    source = Played()
    source.refuse = error
    reading = start(source)
    assert wait_for_state(reading, "failed").message.startswith(message)
    source.refuse = None
    source.give(frame(0))
    wait_for_state(reading, "streaming")


@pytest.mark.fault("a camera's driver hangs", "no call waits for it")
def test_no_call_waits_for_a_driver_that_hangs() -> None:
    released = threading.Event()
    source = Played()
    source.open = lambda: released.wait(30) and None  # type: ignore[method-assign]
    reading = Reader(source)
    began = clock.now_s()
    reading.start()
    assert reading.status.state == "opening"
    assert reading.next(-1, 0.05) is None
    reading.stop()
    assert reading.next(-1, 10.0) is None, "a stopped reader has nothing to wait for"
    assert not reading.join(0.05)
    assert clock.now_s() - began < 5.0
    released.set()
    source.give(None)
    assert reading.join(5.0)
    assert source.log == ["close"]


def test_a_camera_of_one_frame_a_second_is_not_silent_until_it_misses_two(
    start: Callable[[Played], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SILENT_AFTER_S", 0.1)
    source = Played()
    reading = start(source)
    for index in range(4):
        source.give(frame(index))
        time.sleep(0.3)
        assert index < 1 or reading.status.state == "streaming"
    assert 2.0 < reading.status.fps < 4.0
    wait_for_state(reading, "silent")


def test_a_source_that_promises_few_frames_is_given_the_time_for_the_first_two() -> None:
    source = Played()
    source.frame_rate = 0.5
    reading = Reader(source)
    reading._opened_s = clock.now_s() - 4.0
    assert reading.status.state == "opening"
    reading._opened_s = clock.now_s() - 6.0
    assert reading.status.state == "silent"


def test_a_camera_that_repeats_one_picture_is_told_until_it_changes(
    start: Callable[[Played], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "FROZEN_AFTER_S", 0.05)
    source = Played()
    reading = start(source)
    for index in range(12):
        source.give(frame(index))
        time.sleep(0.01)
    status = wait_for(reading, lambda status: status.fault == "frozen")
    assert status.state == "streaming"
    assert status.message.startswith("Test camera keeps sending the same picture: open its cover")
    another = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
    source.give(Frame(another, 12, 12.0))
    assert wait_for(reading, lambda status: status.fault is None).message == ""


def test_a_still_film_and_a_still_drawing_are_not_frozen(
    start: Callable[[Played], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "FROZEN_AFTER_S", 0.0)
    drawn = Played()
    drawn.rendered = True
    for source in (Played(live=False), drawn):
        reading = start(source)
        for index in range(15):
            source.give(frame(index))
        wait_for(reading, lambda status: status.dropped + status.delivered == 14)
        assert reading.status.fault is None


def test_a_drawing_has_no_cable(start: Callable[[Played], Reader]) -> None:
    source = Played()
    source.rendered = True
    reading = start(source)
    source.give(frame(0))
    status = wait_for_state(reading, "silent")
    assert "cable" not in status.message
    assert status.message.startswith("Test camera draws no picture: the computer is too busy")


def test_frames_within_one_tick_of_the_clock_have_no_rate(
    start: Callable[[Played], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader.clock, "now_s", lambda: 5.0)
    source = Played(live=False)
    reading = start(source)
    source.give(frame(0), frame(1))
    for _ in range(500):
        if reading.next(0, 0.0) is not None:
            break
        time.sleep(0.01)
    assert reading.status.fps == 0.0


def test_a_status_tells_whose_it_is() -> None:
    assert Reader(Played(), number=7).status.number == 7


def test_a_change_of_state_or_message_is_noticed(start: Callable[[Played], Reader]) -> None:
    source = Played()
    reading = start(source)
    before = reading.status
    assert not reading.has_changed(before)
    source.give(frame(0))
    streaming = wait_for_state(reading, "streaming")
    assert reading.has_changed(before)
    source.give(frame(1))
    wait_for(reading, lambda status: status.dropped == 1)
    assert not reading.has_changed(streaming)  # figures alone do not count
    source.give(SourceError("absent", "It was unplugged."))
    wait_for(reading, lambda status: status.message != "")
    assert reading.has_changed(streaming)
