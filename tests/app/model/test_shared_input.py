import copy
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.drawn_face import head_pose, landmarks_of, noise_image
from app.tiny_models import follows_head
from gaze_demo.camera.frame import Frame
from gaze_demo.landmarks.search import Sighting
from gaze_demo.model import session
from gaze_demo.model.registry import find_model
from gaze_demo.model.session import GazeModel
from gaze_demo.observation import Observation
from gaze_demo.observer import Observer


class Drawn:
    """Replaces the search, and always finds a drawn face."""

    def __init__(self, video: bool, engine: str) -> None:
        pass

    def find(self, image: np.ndarray, time_s: float) -> Sighting:
        return Sighting(landmarks_of(head_pose(0, 10, 0)), 1, 1)

    def close(self) -> None:
        pass


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Observation:
    monkeypatch.setattr("gaze_demo.observer.FaceSearch", Drawn)
    with Observer(video=False) as observer:
        return observer.observe(Frame(noise_image(), 0, 0.0))


def test_models_with_one_contract_share_their_crops_and_a_copy_makes_its_own(
    seen: Observation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (GazeModel(find_model(str(follows_head(tmp_path / name)))) for name in ("a.onnx", "b.onnx"))
    made = []
    make = session.make_views
    monkeypatch.setattr(session, "make_views", lambda *given: made.append(given) or make(*given))
    first, second = one.estimate(seen), other.estimate(seen)
    assert len(made) == 1
    assert first.gaze == pytest.approx(second.gaze)
    turned = replace(seen, pose=head_pose(0, -20, 0))
    assert one.estimate(turned).gaze != pytest.approx(first.gaze, abs=0.05)
    assert len(made) == 2


def test_a_deep_copy_of_an_observation_starts_without_what_was_made(seen: Observation) -> None:
    seen.prepared.once("number", lambda: 1)
    assert copy.deepcopy(seen).prepared.once("number", lambda: 2) == 2
    assert seen.prepared.once("number", lambda: 3) == 1


def test_two_threads_that_ask_at_the_same_time_make_a_thing_once(seen: Observation) -> None:
    made, started, go_on = [], threading.Event(), threading.Event()

    def make() -> int:
        made.append(threading.get_ident())
        started.set()
        go_on.wait(10)
        return len(made)

    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(seen.prepared.once("slow", make))) for _ in range(2)]
    threads[0].start()
    assert started.wait(10)
    threads[1].start()
    assert seen.prepared.once("other", lambda: "at once") == "at once"
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert answers == [1, 1]
