"""A video file as a player: from another thread, while a reader reads it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.camera.made_films import make_film, number_of
from gaze_demo import clock
from gaze_demo.camera.reader import Reader
from gaze_demo.camera.source import Interruptible, Player
from gaze_demo.camera.video import VideoFile

COUNT, PERIOD_S = 20, 0.05


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "a.mp4", [PERIOD_S * i for i in range(COUNT)])


@pytest.fixture
def film(path: Path) -> Iterator[VideoFile]:
    source = VideoFile(path, real_time=True, hold_at_end=True)
    source.open()
    yield source
    source.close()


@pytest.fixture
def playing(path: Path) -> Iterator[tuple[VideoFile, Reader]]:
    source = VideoFile(path, real_time=True, hold_at_end=True)
    reader = Reader(source)
    reader.start()
    yield source, reader
    began = clock.now_s()
    reader.stop()
    assert reader.join(2.0)
    assert clock.now_s() - began < 1.0


def read(source: VideoFile) -> int:
    frame = source.read()
    assert frame is not None
    return number_of(frame.image)


def wait_for(condition: Callable[[], bool]) -> None:
    limit = clock.now_s() + 5
    while not condition():
        assert clock.now_s() < limit
        time.sleep(0.005)


def test_it_is_a_player_that_can_be_interrupted(film: VideoFile) -> None:
    assert isinstance(film, Player)
    assert isinstance(film, Interruptible)
    assert film.duration_s == pytest.approx(COUNT * PERIOD_S, abs=0.06)


def test_a_paused_film_steps_both_ways_and_goes_on_where_it_was(film: VideoFile) -> None:
    assert [read(film), read(film)] == [0, 1]
    film.step()
    assert film.paused
    assert read(film) == 2
    film.step(3)
    assert read(film) == 5
    film.step(-1)
    assert read(film) == 4
    film.step(-2)
    assert read(film) == 2
    film.step(-100)
    assert read(film) == 0
    assert film.position_s == 0.0
    film.resume()
    assert read(film) == 1


def test_a_search_shows_that_frame_and_tells_that_it_is_a_cut(film: VideoFile) -> None:
    first = film.read()
    film.seek(10.2 * PERIOD_S)
    found = film.read()
    after = film.read()
    assert first is not None
    assert found is not None
    assert after is not None
    assert [number_of(frame.image) for frame in (first, found, after)] == [0, 10, 11]
    assert [frame.cut for frame in (first, found, after)] == [False, True, False]
    assert first.index < found.index < after.index
    assert found.time_s == pytest.approx(10 * PERIOD_S, abs=0.002)
    film.pause()
    film.seek(0.0)
    assert read(film) == 0
    assert film.paused


def test_twice_as_fast_takes_half_as_long(film: VideoFile) -> None:
    took = []
    for speed in (1.0, 2.0):
        film.seek(0.0)
        film.speed = speed
        read(film)
        began = clock.now_s()
        while film.position_s < 0.8 * COUNT * PERIOD_S:
            read(film)
        took.append(clock.now_s() - began)
    assert 0.3 < took[1] / took[0] < 0.7


def test_a_loop_begins_again(film: VideoFile) -> None:
    film.loop = True
    film.seek((COUNT - 1.5) * PERIOD_S)
    frames = [film.read() for _ in range(3)]
    assert [frame and number_of(frame.image) for frame in frames] == [COUNT - 2, COUNT - 1, 0]
    assert [frame and frame.cut for frame in frames] == [True, False, True]
    assert not film.ended


def test_at_its_end_it_stays_until_something_is_asked_for(playing: tuple[VideoFile, Reader]) -> None:
    film, reader = playing
    wait_for(lambda: reader.status.state == "ended")
    assert film.ended
    last = reader.next(-1, 0.1)
    assert last is not None
    assert number_of(last.image) == COUNT - 1
    film.resume()
    again = reader.next(last.index, 1.0)
    assert again is not None
    assert number_of(again.image) == 0
    assert reader.status.state == "streaming"


def test_a_paused_film_is_stopped_at_once_and_sends_nothing(playing: tuple[VideoFile, Reader]) -> None:
    film, reader = playing
    assert reader.next(-1, 2.0) is not None
    film.pause()
    time.sleep(0.1)
    newest = reader.next(-1, 0.1)
    assert newest is not None
    assert reader.next(newest.index, 0.3) is None
    assert reader.status.state == "streaming"


def test_orders_from_many_threads_do_no_harm(playing: tuple[VideoFile, Reader]) -> None:
    film, reader = playing

    def orders(seed: int) -> None:
        for i in range(seed, seed + 40):
            (film.pause, film.resume, film.step, lambda: film.seek(seed * PERIOD_S))[i % 4]()

    threads = [threading.Thread(target=orders, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    newest = reader.next(-1, 1.0)
    assert newest is not None
    film.resume()
    film.seek(0.0)
    assert reader.next(newest.index, 2.0) is not None
