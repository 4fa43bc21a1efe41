from __future__ import annotations

import multiprocessing
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from app.camera.made_films import make_film, number_of
from gaze_demo.camera import film as film_module
from gaze_demo.camera.film import Film
from gaze_demo.camera.source import SourceError

TIMES_S = [0.02 * i for i in range(12)] + [0.24 + 0.06 * i for i in range(12)]


def everything(film: Film) -> list[tuple[int, float]]:
    seen = []
    while film.grab():
        seen.append((number_of(film.image()), film.time_s))
    film.close()
    return seen


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
def test_frames_have_the_times_of_the_file_also_where_the_rate_varies(tmp_path: Path, name: str) -> None:
    seen = everything(Film(make_film(tmp_path / name, TIMES_S)))
    assert [number for number, _ in seen] == list(range(len(TIMES_S)))
    np.testing.assert_allclose([time_s for _, time_s in seen], TIMES_S, atol=0.002)


@pytest.mark.parametrize(
    ("aspect", "size"), [(Fraction(2), (128, 48)), (Fraction(1, 2), (64, 96)), (Fraction(1), (64, 48))]
)
def test_pixels_that_are_not_square_are_made_so(tmp_path: Path, aspect: Fraction, size: tuple[int, int]) -> None:
    film = Film(make_film(tmp_path / "a.mkv", [0, 0.1], aspect=aspect))
    assert film.grab()
    image = film.image()
    film.close()
    assert (image.shape[1], image.shape[0]) == size
    assert abs((image[size[1] // 2] > 128).all(-1).sum() - size[0] // 4) <= 2


@pytest.mark.parametrize("codec", ["libsvtav1", "libx264"])
def test_modern_codecs_are_read(tmp_path: Path, codec: str) -> None:
    film = tmp_path / "a.mp4", [0.04 * i for i in range(10)], (128, 96), codec
    # In a process of its own: run by root, SVT-AV1 gives the process that encodes real-time priority for good, and all
    # tests after it would leave no processor time to anything else on the machine.
    maker = multiprocessing.get_context("spawn").Process(target=make_film, args=film)
    maker.start()
    maker.join()
    seen = everything(Film(film[0]))
    assert [number for number, _ in seen] == list(range(10))


@pytest.mark.parametrize(
    ("time_s", "number"),
    [(0.0, 0), (0.019, 0), (0.021, 1), (0.25, 12), (0.3, 13), (0.29, 12), (99.0, 23), (0.1, 5)],
)
def test_a_search_finds_the_frame_that_is_shown_then(tmp_path: Path, time_s: float, number: int) -> None:
    film = Film(make_film(tmp_path / "a.mp4", TIMES_S))
    for _ in range(3):
        film.grab()
    film.seek(time_s)
    following = []
    for _ in range(2):
        if film.grab():
            following.append(number_of(film.image()))
    film.close()
    assert following == [number, number + 1][: 24 - number]


def test_a_file_that_cannot_be_searched_is_read_again_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.m4v"  # a bare stream: no container, no times
    make_film(path, [0.04 * i for i in range(10)])
    film = Film(path)
    while film.grab():
        pass
    film.seek(0.0)
    assert film.grab()
    assert number_of(film.image()) == 0
    film.close()


def test_playlists_that_name_other_files_or_addresses_are_no_films(tmp_path: Path) -> None:
    make_film(tmp_path / "a.mp4", [0, 0.1])
    lists = {
        "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.mp4\n#EXT-X-ENDLIST\n",
        "list.ffconcat": "ffconcat version 1.0\nfile a.mp4\n",
        "list.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(SourceError, match="cannot be read as a video"):
            Film(tmp_path / name)


def test_frames_too_large_for_the_memory_are_refused_with_their_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_film(tmp_path / "a.mp4", [0, 0.1])
    monkeypatch.setattr(film_module, "LARGEST_PX", 64 * 48 - 1)
    with pytest.raises(SourceError, match="64 x 48 px"):
        Film(path)


def test_a_file_with_sound_alone_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(8000))
    with pytest.raises(SourceError, match=r"only sound|cannot be read"):
        Film(path)
