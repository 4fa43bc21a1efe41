from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from app.live.fakes import FakeObserver, FakeSource, wait_until
from gaze_demo import clock
from gaze_demo.camera.source import SourceError
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics
from gaze_demo.intrinsics import Lens
from gaze_demo.live.events import Event, SourceFailed, SourceOpened, StatusChanged
from gaze_demo.live.feed import Feed, Wishes
from gaze_demo.live.shot import Shot

Start = Callable[..., Feed]


@pytest.fixture(autouse=True)
def _no_observers() -> None:
    FakeObserver.made.clear()


@pytest.fixture
def told() -> list[Event]:
    return []


def states(told: list[Event]) -> list[str]:
    return [event.status.state for event in told if isinstance(event, StatusChanged)]


@pytest.fixture
def shots() -> list[Shot]:
    return []


@pytest.fixture
def wishes() -> Wishes:
    return Wishes(preview_box=(320, 240))


@pytest.fixture
def start(shots: list[Shot], wishes: Wishes, told: list[Event]) -> Iterator[Start]:
    feeds: list[Feed] = []

    def start(source: FakeSource | Exception, after: Feed | None = None) -> Feed:
        def open_source() -> FakeSource:
            if isinstance(source, Exception):
                raise source
            return source

        feed = Feed(len(feeds) + 1, open_source, FakeObserver, wishes, shots.append, told.append, after)
        feeds.append(feed)
        return feed

    yield start
    for feed in feeds:
        feed.stop()
    for feed in feeds:
        feed.join(5)


def test_frames_become_shots_ready_to_draw(start: Start, shots: list[Shot], told: list[Event]) -> None:
    feed = start(FakeSource())
    feed.start()
    wait_until(lambda: len(shots) > 3)
    one = shots[0]
    assert one.source == 1
    assert one.preview.shape == (240, 320, 4)
    assert one.captured_s <= one.taken_s <= one.ready_s <= clock.now_s()
    assert one.crops is None
    assert [shot.observation.frame.index for shot in shots] == sorted({s.observation.frame.index for s in shots})
    assert isinstance(told[0], SourceOpened)
    assert told[0].number == 1
    wait_until(lambda: "streaming" in states(told))


def test_eye_crops_are_made_on_demand(start: Start, shots: list[Shot], wishes: Wishes) -> None:
    wishes.crops = True
    start(FakeSource()).start()
    wait_until(lambda: bool(shots))
    assert shots[0].crops is not None
    assert {crop.shape for crop in shots[0].crops} == {(90, 150, 4)}


def test_a_face_that_is_chosen_reaches_the_observer(start: Start, shots: list[Shot]) -> None:
    feed = start(FakeSource())
    feed.choose_face(1.0, 2.0)  # nothing is observed yet: nothing happens
    feed.start()
    wait_until(lambda: bool(shots))
    feed.choose_face(120.0, 80.0)
    assert FakeObserver.made[-1].chosen == [(120.0, 80.0)]


def test_the_source_s_own_lens_counts_then_a_given_one_then_the_field_of_view(
    start: Start, shots: list[Shot], wishes: Wishes
) -> None:
    wishes.hfov_deg = 75.0
    start(FakeSource()).start()
    wait_until(lambda: bool(shots))
    assert FakeObserver.made[0].lenses[-1] == Lens(75.0)
    wishes.lens = Lens(50.0)
    count = len(shots)
    wait_until(lambda: len(shots) > count + 2)
    assert FakeObserver.made[0].lenses[-1] == Lens(50.0)
    known = FakeSource()
    known.intrinsics = Intrinsics.from_hfov(160, 120, 44.0)
    start(known).start()
    wait_until(lambda: len(FakeObserver.made) == 2 and bool(FakeObserver.made[1].lenses))
    assert FakeObserver.made[1].lenses[0] == Lens(known=known.intrinsics)


def test_a_held_picture_is_observed_again_when_something_changes(
    start: Start, shots: list[Shot], wishes: Wishes
) -> None:
    start(FakeSource()).start()
    wait_until(lambda: len(shots) > 2)
    wishes.paused = True
    time.sleep(0.15)
    held, count = shots[-1].observation.frame.index, len(shots)
    wishes.preview_box = (160, 120)
    wishes.revision += 1
    wait_until(lambda: len(shots) == count + 1)
    time.sleep(0.15)
    assert len(shots) == count + 1
    assert shots[-1].observation.frame.index == held
    assert shots[-1].preview.shape == (120, 160, 4)


@pytest.mark.parametrize("wish", ["paused", "held"])
def test_who_waits_costs_nothing_and_goes_on_with_the_newest_frame(
    start: Start, shots: list[Shot], wishes: Wishes, wish: str
) -> None:
    feed = start(FakeSource())
    feed.start()
    wait_until(lambda: len(shots) > 2)
    setattr(wishes, wish, True)
    time.sleep(0.1)
    assert feed.reader is not None
    own, asked = feed.reader.next, []
    feed.reader.next = lambda *a: asked.append(1) or own(*a)  # type: ignore[method-assign, func-returns-value]
    last, count = shots[-1].observation.frame.index, len(shots)
    time.sleep(0.3)
    assert len(shots) == count
    assert len(asked) < 40  # 50 frames per second
    setattr(wishes, wish, False)
    wait_until(lambda: len(shots) > count)
    assert shots[count].observation.frame.index > last + 5


def test_a_picture_that_comes_while_the_feed_is_held_is_observed_afterwards(
    start: Start, shots: list[Shot], wishes: Wishes
) -> None:
    wishes.held = True
    start(FakeSource(frames=1)).start()
    time.sleep(0.3)
    assert not shots
    wishes.held = False
    wait_until(lambda: len(shots) == 1)


@pytest.mark.fault("a fault that nobody foresaw, in the worker that sees", "it is told; the stream resumes")
def test_a_fault_is_told_and_the_stream_resumes(start: Start, shots: list[Shot], told: list[Event]) -> None:
    source = FakeSource()
    feed = start(source)
    feed.start()
    wait_until(lambda: bool(shots))
    source.fault = SourceError("unplugged", "Fake camera was unplugged: plug it in again.")
    wait_until(lambda: any(isinstance(e, StatusChanged) and "unplugged" in e.status.message for e in told))
    source.fault = None
    count = len(shots)
    wait_until(lambda: len(shots) > count + 2)
    wait_until(lambda: states(told)[-1] == "streaming")


@pytest.mark.fault("a source cannot be made", "one sentence")
@pytest.mark.parametrize("error", [UserError("There is no file x.mp4: check its name."), RuntimeError("a bug")])
def test_a_source_that_cannot_be_made_is_told(start: Start, error: Exception, told: list[Event]) -> None:
    feed = start(error)
    feed.start()
    wait_until(lambda: bool(told))
    assert isinstance(told[0], SourceFailed)
    assert (told[0].number, told[0].error) == (1, error)


def test_the_next_feed_waits_until_the_camera_is_free(start: Start, shots: list[Shot]) -> None:
    camera = FakeSource()
    first = start(camera)
    first.start()
    wait_until(lambda: bool(shots))
    first.stop()
    closed_before: list[int] = []
    second_source = FakeSource()
    second_source.open = lambda: closed_before.append(camera.closed)  # type: ignore[method-assign]
    start(second_source, after=first).start()
    wait_until(lambda: bool(closed_before))
    assert closed_before == [1]


@pytest.mark.parametrize(
    ("live", "mirror", "mirrored"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_camera_is_mirrored_as_wished_and_a_file_never(
    start: Start, shots: list[Shot], wishes: Wishes, live: bool, mirror: bool, mirrored: bool
) -> None:
    wishes.mirror = bool(mirror)
    start(FakeSource(live=bool(live))).start()
    wait_until(lambda: bool(shots))
    assert shots[0].mirrored == mirrored


def test_no_more_frames_are_worked_on_than_wished_for(start: Start, shots: list[Shot], wishes: Wishes) -> None:
    wishes.most_fps = 5.0
    start(FakeSource()).start()
    wait_until(lambda: len(shots) > 4)
    taken = [shot.taken_s for shot in shots]
    assert min(later - earlier for earlier, later in pairwise(taken)) > 0.15
