from __future__ import annotations

import os
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo import clock
from gaze_demo.camera.film import Film
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.source import SourceError
from gaze_demo.camera.video import LONGEST_GAP_S, VideoFile

RATE = 20
COUNT = 16


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """16 frames at 20 fps; each frame's grey level is ten times its number."""
    path = tmp_path_factory.mktemp("video") / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, (64, 48))
    for number in range(COUNT):
        writer.write(np.full((48, 64, 3), number * 10, np.uint8))
    writer.release()
    return path


def read_all(source: VideoFile, pause_s: float = 0.0) -> list[Frame]:
    source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
        time.sleep(pause_s)
    source.close()
    return frames


def numbers(frames: list[Frame]) -> list[int]:
    """Which frames of the clip these are, by what they show."""
    return [round(float(frame.image.mean()) / 10) for frame in frames]


def test_every_frame_comes_with_the_time_of_the_file(clip: Path) -> None:
    source = VideoFile(clip, real_time=False)
    began = clock.now_s()
    frames = read_all(source)
    assert clock.now_s() - began < COUNT / RATE
    assert numbers(frames) == [frame.index for frame in frames] == list(range(COUNT))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(COUNT) / RATE, atol=1e-3)
    assert (source.frame_rate, source.frame_count) == (RATE, COUNT)
    assert not source.live
    assert not source.independent


def test_it_may_be_opened_again(clip: Path) -> None:
    source = VideoFile(clip, real_time=False)
    assert numbers(read_all(source)) == numbers(read_all(source))


def test_in_real_time_it_takes_as_long_as_it_is(clip: Path) -> None:
    began = clock.now_s()
    frames = read_all(VideoFile(clip, real_time=True))
    assert (COUNT - 1) / RATE <= clock.now_s() - began < COUNT / RATE + 3.0
    assert len(frames) > COUNT / 2


def test_in_real_time_a_slow_reader_misses_frames_and_no_time(clip: Path) -> None:
    began = clock.now_s()
    frames = read_all(VideoFile(clip, real_time=True), pause_s=2.5 / RATE)
    assert clock.now_s() - began < COUNT / RATE + 1.0  # 2.5 times as long, if it waited for the reader
    assert len(frames) <= COUNT / 2
    assert numbers(frames) == [frame.index for frame in frames]


def test_after_a_long_pause_it_goes_on_instead_of_catching_up(clip: Path) -> None:
    source = VideoFile(clip, real_time=True)
    source.open()
    first = source.read()
    time.sleep(1.2)
    second = source.read()
    assert first is not None
    assert second is not None
    assert second.index == first.index + 1


@pytest.mark.fault("a file is no film", "one sentence")
@pytest.mark.parametrize("content", [b"", b"this is no video\n" * 50, b"\0\0\0\x18ftypmp42" + b"\xa7" * 5000])
def test_what_is_no_video_is_one_sentence(tmp_path: Path, content: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    source = VideoFile(path, real_time=False)
    with pytest.raises(SourceError, match=r"film\.mp4 cannot be read") as caught:
        source.open()
    assert caught.value.kind == "unreadable"
    assert capfd.readouterr().err == ""


@pytest.mark.fault("a film was cut off", "it is read as far as it goes")
def test_a_file_cut_short_ends_early(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.avi"
    path.write_bytes(clip.read_bytes()[: clip.stat().st_size * 2 // 3])
    frames = read_all(VideoFile(path, real_time=False))
    assert 0 < len(frames) < COUNT
    assert numbers(frames) == list(range(len(frames)))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no file .*film\.mp4") as caught:
        VideoFile(tmp_path / "film.mp4", real_time=True).open()
    assert caught.value.kind == "absent"


def test_a_file_that_may_not_be_read_says_so(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(SourceError, match="cannot be read") as caught:
        VideoFile(clip, real_time=True).open()
    assert caught.value.kind == "denied"


@pytest.mark.parametrize("decoding_s", [1.1 / RATE, 2.2 / RATE])
def test_a_film_that_decodes_slower_than_it_plays_is_shown_without_long_gaps(
    clip: Path, monkeypatch: pytest.MonkeyPatch, decoding_s: float
) -> None:
    grab = Film.grab

    def slowly(film: Film) -> bool:
        time.sleep(decoding_s)
        return grab(film)

    monkeypatch.setattr(Film, "grab", slowly)
    source = VideoFile(clip, real_time=True)
    source.open()
    shown = [clock.now_s()]
    while source.read() is not None:
        shown.append(clock.now_s())
    assert max(np.diff(shown)) < LONGEST_GAP_S + decoding_s + 0.3  # it was the whole film
    assert len(shown) - 1 >= COUNT * decoding_s / 0.26 - 1


def test_the_film_itself_never_waits_for_what_it_does_not_show(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames that are left out are not converted, which takes more than half of the time for large frames."""
    converted: list[float] = []
    image = Film.image
    monkeypatch.setattr(Film, "image", lambda film: (converted.append(film.time_s), image(film))[1])
    frames = read_all(VideoFile(clip, real_time=True), pause_s=2.5 / RATE)
    assert converted == [frame.time_s for frame in frames]
