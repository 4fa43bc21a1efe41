"""What can be seen of an eye, through whole renderers: what the lids do shows in the truth, whoever draws the face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gaze_demo import paths
from gaze_demo.geometry import Array, pitch_yaw_to_vector
from gaze_demo.landmarks.search import FaceSearch
from gaze_training.data import photo, procedural
from gaze_training.data.photo import render_photo
from gaze_training.data.photo_face import load_photo_face
from gaze_training.data.procedural import draw_procedural
from gaze_training.data.rendered import RenderedFace
from gaze_training.data.sampler import EyeDraw, draw_eyes

Draw = Callable[[int], RenderedFace]


@pytest.fixture(scope="module", params=["photo", "photo, its own eyeball", "procedural"])
def draw(request: pytest.FixtureRequest) -> Draw:
    if request.param == "procedural":
        return lambda seed: draw_procedural(np.random.default_rng(seed))[0]
    with FaceSearch(video=False, blendshapes=False) as search:
        face = load_photo_face(search, paths.assets() / "portrait.jpg", "nasa", "collins")
    assert face is not None
    turned = request.param != "photo"
    return lambda seed: render_photo(np.random.default_rng(seed), face, turned_eyes=turned)


@pytest.fixture
def show(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Array]:
    """iris_visible (people, 2) with lids and a gaze as told, nothing before the eyes."""

    def show(pitch_deg: float, **lids: float) -> Array:
        relaxed = {"closure": 0.0, "droop_mm": 0.0, "hood_mm": 0.0, "narrow": 0.0, "squint_mm": 0.0, **lids}

        def eyes(rng: np.random.Generator) -> EyeDraw:
            drawn = draw_eyes(rng)
            return replace(drawn, lids=replace(drawn.lids, **relaxed))

        for renderer in (photo, procedural):
            monkeypatch.setattr(renderer, "draw_eyes", eyes)
            monkeypatch.setattr(renderer, "draw_gaze", lambda *_: pitch_yaw_to_vector((np.radians(pitch_deg), 0.0)))
            monkeypatch.setattr(renderer, "obstruct", lambda _, eye: eye)
            monkeypatch.setattr(renderer, "_GLASSES_SHARE", 0.0)
        return np.array([[eye.iris_visible for eye in draw(seed).eyes] for seed in range(12)])

    return show


def test_an_open_eye_shows_most_of_its_iris_and_a_shut_one_nothing(show: Callable[..., Array]) -> None:
    assert np.median(show(0.0)) > 0.6
    assert show(0.0, closure=1.15).max() < 0.1


def test_what_hangs_or_narrows_hides_more_of_the_iris(show: Callable[..., Array]) -> None:
    relaxed, far_down = show(0.0), show(-30.0)
    assert np.mean(show(0.0, droop_mm=2.4)) < np.mean(relaxed) - 0.1
    assert np.mean(show(-30.0, narrow=0.5)) < np.mean(far_down) - 0.1


def test_an_eye_that_looks_far_down_can_still_be_read(show: Callable[..., Array]) -> None:
    assert np.mean(show(-30.0) > 0.15) > 0.9
