from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.live.sights import seen_frame, shot
from app.tiny_models import follows_head
from gaze_demo import clock
from gaze_demo.filter.one_euro import of_strength
from gaze_demo.geometry import angle_between
from gaze_demo.live.model_worker import ModelWorker
from gaze_demo.live.shot import Sight
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import ModelEntry, read_entry
from gaze_demo.model.session import GazeModel


class Listener:
    """Keeps what a worker delivers."""

    def __init__(self) -> None:
        self.sights: list[Sight] = []
        self.loads: list[tuple[ModelEntry, Exception | None]] = []

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = clock.now_s() + 10
        while not condition():
            assert clock.now_s() < deadline
            time.sleep(0.005)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def worker(listener: Listener) -> Iterator[ModelWorker]:
    loaded = lambda entry, error, notice: listener.loads.append((entry, error))  # noqa: E731
    worker = ModelWorker("a", load_model, listener.sights.append, loaded)
    yield worker
    worker.close()
    worker.join(5)


@pytest.fixture
def entry(tmp_path: Path) -> ModelEntry:
    return read_entry(follows_head(tmp_path / "tiny.onnx"), "path")


def test_without_a_model_shots_are_delivered_as_they_are(worker: ModelWorker, listener: Listener) -> None:
    one = shot()
    worker.offer(one)
    listener.wait(lambda: bool(listener.sights))
    assert listener.sights[0].shot is one
    assert listener.sights[0].estimate is None


def test_a_model_gives_raw_and_filtered_gaze(worker: ModelWorker, listener: Listener, entry: ModelEntry) -> None:
    worker.use(entry)
    worker.filter = of_strength(1.0)
    for i in range(3):
        worker.offer(shot(seen_frame(i)))
        listener.wait(lambda: len(listener.sights) > i)  # noqa: B023
    assert listener.loads == [(entry, None)]
    last = listener.sights[-1]
    assert last.estimate is not None
    assert last.estimate.model == "tiny"
    assert last.filtered.mean is not None
    assert np.degrees(angle_between(last.estimate.gaze, last.filtered.mean)) < 3
    assert last.lag_s > 0


def test_after_a_jump_in_a_film_the_filter_starts_over(
    worker: ModelWorker, listener: Listener, entry: ModelEntry
) -> None:
    worker.use(entry)
    worker.filter = of_strength(1.0)
    for i, cuts in enumerate((0, 0, 1)):
        worker.offer(shot(seen_frame(i), cuts=cuts))
        listener.wait(lambda: len(listener.sights) > i)  # noqa: B023
    before, after = listener.sights[1:]
    assert before.lag_s > 0
    assert after.lag_s == 0


def test_a_new_model_estimates_the_last_shot_again(worker: ModelWorker, listener: Listener, entry: ModelEntry) -> None:
    worker.offer(shot())
    listener.wait(lambda: len(listener.sights) == 1)
    worker.use(entry)
    listener.wait(lambda: len(listener.sights) == 2)
    assert listener.sights[1].estimate is not None


@pytest.mark.fault("a model cannot be loaded while the window runs", "it is told; the picture goes on")
def test_a_model_that_cannot_be_loaded_is_reported_and_the_picture_goes_on(
    worker: ModelWorker, listener: Listener, entry: ModelEntry
) -> None:
    entry.path.write_bytes(b"no model at all")
    worker.use(entry)
    worker.offer(shot())
    listener.wait(lambda: bool(listener.loads and listener.sights))
    assert "tiny.onnx" in str(listener.loads[0][1])
    assert listener.sights[0].estimate is None


def test_while_a_model_is_busy_the_newest_shot_waits(
    worker: ModelWorker, listener: Listener, entry: ModelEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, go = threading.Event(), threading.Event()
    estimate = GazeModel.estimate

    def slow(self: GazeModel, seen: Any) -> Any:
        busy.set()
        go.wait(5)
        return estimate(self, seen)

    monkeypatch.setattr(GazeModel, "estimate", slow)
    worker.use(entry)
    worker.offer(shot(seen_frame(0)))
    assert busy.wait(10)
    started = clock.now_s()
    for i in range(1, 50):
        worker.offer(shot(seen_frame(i)))
    assert clock.now_s() - started < 2.0  # nobody waits for the model
    go.set()
    listener.wait(lambda: len(listener.sights) == 2)
    assert [one.shot.observation.frame.index for one in listener.sights] == [0, 49]


def test_an_exception_in_a_model_does_not_end_its_worker(
    worker: ModelWorker, listener: Listener, entry: ModelEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: GazeModel, seen: Any) -> Any:
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(GazeModel, "estimate", broken)
        worker.use(entry)
        worker.offer(shot())
        listener.wait(lambda: len(listener.loads) == 2)
    assert "out of memory" in str(listener.loads[1][1])
    worker.use(entry)
    listener.wait(lambda: bool(listener.sights and listener.sights[-1].estimate))
