from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from gaze_demo import clock
from gaze_demo.camera import virtual_process
from gaze_demo.camera.frame import Truth
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.camera.source import SourceError
from gaze_demo.camera.virtual_process import VirtualProcess
from gaze_demo.errors import UserError
from gaze_demo.participant.names import NAMES

SMALL = SourceOptions(width=320, height=240, rate=30)


def test_files_of_the_folder_that_the_app_is_started_in_are_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cv2.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')\nraise ImportError")
    monkeypatch.chdir(tmp_path)
    source = VirtualProcess("virtual:pointer,seed=5", SMALL)
    source.open()
    try:
        assert source.read().image.std() > 10
    finally:
        source.close()
    assert not (tmp_path / "run").exists()


@pytest.fixture
def source() -> Iterator[VirtualProcess]:
    source = VirtualProcess("virtual:pointer,seed=5", SMALL)
    source.open()
    yield source
    source.close()


def test_frames_of_the_other_process_carry_image_time_and_truth(source: VirtualProcess) -> None:
    frames = [source.read() for _ in range(3)]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert frames[0].image.shape == (240, 320, 3)
    assert frames[0].image.std() > 10
    assert abs(frames[-1].time_s - clock.now_s()) < 5
    truth = frames[-1].truth
    assert truth is not None
    ray = truth.target_mm - truth.left_eye_mm
    assert truth.left @ ray / np.linalg.norm(ray) == pytest.approx(1.0, abs=1e-3)
    assert truth.head_rotation @ truth.head_rotation.T == pytest.approx(np.eye(3))


def test_the_whole_truth_comes_through_the_pipe_also_the_lids() -> None:
    rng = np.random.default_rng(1)
    truth = Truth(*(rng.normal(size=3) for _ in range(5)), rng.normal(size=(3, 3)), closure=0.75)
    again = virtual_process._truth(virtual_process._numbers(truth))
    for field in fields(Truth):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(truth, field.name), field.name)


def test_it_shows_what_the_source_itself_would() -> None:
    spec = "virtual:path,person=1,seed=3"
    plain, other = open_source(spec, SMALL), VirtualProcess(spec, SMALL)
    assert other.intrinsics == plain.intrinsics
    assert other.frame_rate == plain.frame_rate
    plain.open()
    other.open()
    mine, theirs = plain.read(), other.read()
    other.close()
    assert mine is not None
    assert np.abs(mine.image.astype(int) - theirs.image).mean() < 3


def test_the_eyes_follow_what_they_are_told(source: VirtualProcess) -> None:
    target = np.array([120.0, 90.0, 0.0])
    source.look_at_mm(target)
    deadline = clock.now_s() + 10
    while clock.now_s() < deadline:
        truth = source.read().truth
        assert truth is not None
        if np.linalg.norm(truth.target_mm - target) < 5:
            return
    pytest.fail("the eyes never got there")


def test_a_dot_comes_before_the_pointer_until_it_is_gone(source: VirtualProcess) -> None:
    def looks_at(target: np.ndarray) -> bool:
        deadline = clock.now_s() + 10
        while clock.now_s() < deadline:
            truth = source.read().truth
            assert truth is not None
            if np.linalg.norm(truth.target_mm - target) < 5:
                return True
        return False

    pointer, dot = np.array([120.0, 90.0, 0.0]), np.array([-120.0, 90.0, 0.0])
    source.look_at_mm(pointer)
    source.fixate_mm(dot)
    assert looks_at(dot)
    source.fixate_mm(None)
    assert looks_at(pointer)


def test_a_target_given_before_the_opening_is_not_lost() -> None:
    source = VirtualProcess("virtual:pointer", SMALL)
    source.look_at_screen_px(1800, 900)
    source.open()
    wanted = source.screen.px_to_camera((1800, 900))
    truths = [source.read().truth for _ in range(20)]
    source.close()
    assert truths[-1] is not None
    assert np.linalg.norm(truths[-1].target_mm - wanted) < 5


def test_a_process_that_ended_is_told_and_can_be_opened_again(source: VirtualProcess) -> None:
    source.read()
    assert source._child is not None
    source._child.kill()
    source._child.wait(10)
    with pytest.raises(SourceError, match="has stopped"):
        [source.read() for _ in range(5)]  # what was in the pipe already may still come
    source.close()
    source.open()
    assert source.read().index > 0


def test_closing_ends_the_process(source: VirtualProcess) -> None:
    source.read()
    child = source._child
    assert child is not None
    started = clock.now_s()
    source.close()
    assert child.poll() is not None
    assert clock.now_s() - started < 4
    source.close()


@pytest.mark.fault("settings of the virtual participant that cannot be", "one sentence before a process is started")
def test_settings_that_cannot_be_are_refused_before_anything_is_started() -> None:
    with pytest.raises(UserError, match="person"):
        VirtualProcess(f"virtual:person={len(NAMES)}", SMALL)
