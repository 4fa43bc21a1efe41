from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.drawn_face import observation
from gaze_demo import clock
from gaze_demo.errors import UserError
from gaze_demo.pipeline import GazeSample
from gaze_demo.sink import bus as bus_module
from gaze_demo.sink.bus import Bus
from gaze_demo.sink.sink import Policy, Run

SEEN = observation()


def sample(index: int) -> GazeSample:
    return GazeSample.of(replace(SEEN, frame=replace(SEEN.frame, index=index)))


class Kept:
    """A sink that keeps the indices it was given, and may be held up or fail."""

    def __init__(self, policy: Policy = "all", needs_picture: bool = False) -> None:
        self.policy: Policy = policy
        self.needs_picture = needs_picture
        self.indices: list[int] = []
        self.calls: list[str] = []
        self.pictures: list[int] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.writing = threading.Event()
        self.error: Exception | None = None

    def open(self, run: Run) -> None:
        self.calls.append(f"open {run.source}")

    def write(self, sample: GazeSample) -> None:
        self.writing.set()
        self.go_on.wait(10)
        if self.error is not None:
            raise self.error
        self.indices.append(sample.index)
        self.pictures.append(sample.observation.frame.image.size)

    def close(self) -> None:
        self.calls.append("close")


def test_a_sink_for_files_gets_everything_in_order() -> None:
    kept = Kept()
    with Bus() as bus:
        bus.add(kept, Run(source="film"))
        for index in range(50):
            bus.write(sample(index))
    assert kept.indices == list(range(50))
    assert kept.calls == ["open film", "close"]
    assert bus.problems == []


def test_a_sink_for_views_gets_the_newest_and_the_writer_never_waits() -> None:
    view = Kept("newest")
    view.go_on.clear()
    with Bus() as bus:
        bus.add(view, Run())
        bus.write(sample(0))
        assert view.writing.wait(5)
        started = clock.now_s()
        for index in range(1, 100):
            bus.write(sample(index))
        assert clock.now_s() - started < 5
        view.go_on.set()
    assert view.indices == [0, 99]
    assert bus.lost == 0


def test_a_camera_does_not_wait_for_a_file_and_the_loss_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "QUEUE", 5)
    slow, quick = Kept(), Kept()
    slow.go_on.clear()
    with Bus() as bus:
        bus.add(slow, Run())
        bus.write(sample(0))
        assert slow.writing.wait(5)
        bus.add(quick, Run())
        for index in range(1, 9):
            bus.write(sample(index))
            assert wait_for(lambda index=index: index in quick.indices)
        slow.go_on.set()
    assert slow.indices == [0, 1, 2, 3, 4, 5]
    assert quick.indices == list(range(1, 9))
    assert bus.problems == ["Kept cannot keep up: 3 samples were not written."]


def wait_for(happened: object) -> bool:
    assert callable(happened)
    end = clock.now_s() + 5
    while clock.now_s() < end:
        if happened():
            return True
        threading.Event().wait(0.005)
    return False


def test_a_file_that_is_read_waits_for_a_slow_sink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "QUEUE", 2)
    slow = Kept()
    slow.go_on.clear()
    threading.Timer(0.1, slow.go_on.set).start()
    with Bus(patient=True) as bus:
        bus.add(slow, Run())
        for index in range(20):
            bus.write(sample(index))
    assert slow.indices == list(range(20))
    assert bus.lost == 0


@pytest.mark.fault("one of several outputs fails", "it ends alone and is completed; the others go on")
def test_a_sink_that_fails_ends_alone_and_is_completed() -> None:
    bad, good = Kept(), Kept()
    bad.error = ValueError("of another package")
    with Bus() as bus:
        bus.add(bad, Run())
        bus.add(good, Run())
        for index in range(3):
            bus.write(sample(index))
        assert wait_for(lambda: bad.calls[-1] == "close" and len(good.indices) == 3)
        with pytest.raises(UserError, match="Kept has failed: of another package"):
            bus.check()
        bus.write(sample(3))
    assert good.indices == [0, 1, 2, 3]
    assert bus.problems == ["Kept has failed: of another package"]


def test_a_sink_that_cannot_be_opened_says_so_at_once() -> None:
    class Refusing(Kept):
        def open(self, run: Run) -> None:
            raise UserError("There is no folder.")

    sink = Refusing()
    with Bus() as bus, pytest.raises(UserError, match="no folder"):
        bus.add(sink, Run())
    assert sink.calls == []


def test_the_error_of_a_close_is_told() -> None:
    class Unfinished(Kept):
        def close(self) -> None:
            raise UserError("The disk is full.")

    with pytest.raises(UserError, match="disk is full"), Bus() as bus:
        bus.add(Unfinished(), Run())


def test_only_a_sink_that_asks_for_pictures_gets_them() -> None:
    plain, picture = Kept(), Kept(needs_picture=True)
    with Bus() as bus:
        bus.add(plain, Run())
        bus.add(picture, Run())
        bus.write(sample(0))
    assert plain.pictures == [0]
    assert picture.pictures == [SEEN.frame.image.size]


def test_a_removed_sink_gets_what_waits_and_nothing_more() -> None:
    first, second = Kept(), Kept()
    with Bus() as bus:
        bus.add(first, Run())
        bus.add(second, Run())
        bus.write(sample(0))
        bus.remove(first)
        bus.write(sample(1))
    assert (first.indices, second.indices) == ([0], [0, 1])
    assert first.calls[-1] == "close"
