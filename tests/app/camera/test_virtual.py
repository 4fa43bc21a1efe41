"""The virtual participant as a source: settings, pace, and what it looks at."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

from gaze_demo import clock
from gaze_demo.camera.source import Source, SourceError
from gaze_demo.camera.virtual import VirtualSource
from gaze_demo.errors import UserError
from gaze_demo.participant.person import PEOPLE


def test_it_is_a_source_with_an_exact_lens_and_needs_no_pace() -> None:
    source: Source = VirtualSource(width=320, height=240, hfov_deg=50, rate=20, real_time=False)
    source.open()
    frames = [source.read() for _ in range(3)]
    assert source.intrinsics is not None
    assert source.intrinsics.hfov_deg == pytest.approx(50)
    for k, frame in enumerate(frames):
        assert frame is not None
        assert (frame.index, frame.width, frame.height) == (k, 320, 240)
        assert frame.time_s == pytest.approx(k / 20)
        assert frame.truth is not None
    source.close()
    with pytest.raises(SourceError, match="open it first"):
        source.read()


def test_it_keeps_the_pace_of_a_camera_and_counts_on_when_opened_again() -> None:
    source = VirtualSource(width=320, height=240, rate=25)
    source.open()
    source.read()
    times = [source.read().time_s for _ in range(15)]
    assert np.median(np.diff(times)) == pytest.approx(1 / 25, abs=0.012)
    assert abs(times[-1] - clock.now_s()) < 0.5
    time.sleep(0.3)  # a reader that paused gets the newest frame, not those that it missed
    before = source.read()
    assert before.time_s > times[-1] + 0.25
    source.close()
    source.open()
    assert source.read().index == before.index + 1


def test_it_looks_where_it_is_told_from_any_thread() -> None:
    source = VirtualSource(width=320, height=240, real_time=False)
    source.look_at_screen_px(100, 900)  # before it is there
    source.open()
    other = threading.Thread(target=source.look_at_screen_px, args=(1500, 200))
    for _ in range(15):
        first = source.read().truth
    other.start()
    other.join()
    for _ in range(15):
        second = source.read().truth
    assert first is not None
    assert second is not None
    assert first.target_mm == pytest.approx(source.screen.px_to_camera((100, 900)), abs=0.01)
    assert second.target_mm == pytest.approx(source.screen.px_to_camera((1500, 200)), abs=0.01)
    assert first.target_mm[0] > 0 > second.target_mm[0]  # the screen's right is the image's left


def test_on_its_path_it_heeds_no_pointer() -> None:
    pointed, alone = (VirtualSource(mode="path", width=320, height=240, real_time=False) for _ in range(2))
    pointed.open()
    alone.open()
    pointed.look_at_mm((50.0, 50.0, 0.0))
    for _ in range(10):
        first, second = pointed.read().truth, alone.read().truth
    assert first is not None
    assert second is not None
    assert np.array_equal(first.target_mm, second.target_mm)


def test_a_dot_is_looked_at_on_its_path_too_until_it_is_gone() -> None:
    source = VirtualSource(mode="path", width=320, height=240, real_time=False)
    alone = VirtualSource(mode="path", width=320, height=240, real_time=False)
    source.open()
    alone.open()
    source.fixate_mm((50.0, 50.0, 0.0))
    during = [source.read().truth for _ in range(30)][-1]
    source.fixate_mm(None)
    after = [source.read().truth for _ in range(30)][-1]
    path = [alone.read().truth for _ in range(60)][-1]
    assert during is not None
    assert after is not None
    assert path is not None
    assert during.target_mm == pytest.approx([50.0, 50.0, 0.0], abs=1)
    assert after.target_mm == pytest.approx(path.target_mm, abs=1)


def test_a_target_is_a_finite_point() -> None:
    with pytest.raises(ValueError, match="finite"):
        VirtualSource().look_at_mm((0.0, float("nan"), 0.0))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"person": len(PEOPLE)}, f"no virtual person {len(PEOPLE)}: choose 0 to {len(PEOPLE) - 1}"),
        ({"width": 20}, "width lies between 160 and 4096 px, not at 20"),
        ({"hfov_deg": 170.0}, "field of view lies between 20 and 120 degrees"),
        ({"rate": 0.0}, "frame rate lies between 1 and 240"),
        ({"distance_mm": 5000.0}, "distance lies between 350 and 1000 mm"),
    ],
)
def test_a_setting_that_cannot_be_is_one_sentence(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        VirtualSource(**settings)


@pytest.mark.parametrize(("width", "height", "distance_mm"), [(640, 480, 450.0), (1280, 720, 600.0), (640, 360, 800.0)])
def test_any_size_and_distance_shows_a_face_there(width: int, height: int, distance_mm: float) -> None:
    source = VirtualSource(width=width, height=height, distance_mm=distance_mm, real_time=False)
    source.open()
    frame = source.read()
    assert frame.image.shape == (height, width, 3)
    assert frame.truth is not None
    middle = (frame.truth.left_eye_mm + frame.truth.right_eye_mm) / 2
    assert np.linalg.norm(middle) == pytest.approx(distance_mm, rel=0.001)
    x, y = source.intrinsics.project(middle)
    assert 0.4 < x / width < 0.6
    assert 0.3 < y / height < 0.6


def test_a_frame_is_drawn_in_time_for_thirty_a_second() -> None:
    """A generous limit, because tests share their processor: the work itself takes about 8 ms."""
    source = VirtualSource(head="moving", mode="path", real_time=False)
    source.open()
    source.read()
    taken = []
    for _ in range(40):
        start = time.thread_time()
        source.read()
        taken.append(time.thread_time() - start)
    assert np.median(taken) < 0.033
