from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from gaze_demo.camera.film import Film
from gaze_demo.live.film_pictures import FilmPictures, Picture

COUNT = 90


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds whose frame `i` is grey of brightness 40 + 2 i on the left, and white on the right."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", 30, options={"crf": "2"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(COUNT):
            image = np.full((48, 64, 3), 255, np.uint8)
            image[:, :32] = 40 + 2 * i
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    return path


class Shown:
    """The pictures that came, and a way to ask for one and wait."""

    def __init__(self, path: Path, *, mirrored: bool = False) -> None:
        self.came = threading.Event()
        self.last: tuple[int, Picture] | None = None
        self.pictures = FilmPictures(path, self._take, mirrored=mirrored)

    def _take(self, number: int, picture: Picture) -> None:
        self.last = number, picture
        self.came.set()

    def ask(self, number: int) -> Picture:
        self.came.clear()
        self.pictures.want(number)
        assert self.came.wait(30)
        assert self.last is not None
        assert self.last[0] == number
        return self.last[1]


@pytest.fixture
def shown(film: Path) -> Iterator[Shown]:
    one = Shown(film)
    yield one
    one.pictures.close()


def test_each_frame_that_is_asked_for_is_that_one(film: Path, shown: Shown) -> None:
    in_order, decoder = [], Film(film)
    while decoder.grab():
        in_order.append(decoder.image())
    decoder.close()
    assert len({int(image[:, :32].mean()) for image in in_order}) > 0.9 * COUNT  # they can be told apart
    for number in (0, 1, 2, 40, 41, 10, 9, COUNT - 1, 0):
        assert np.array_equal(shown.ask(number)[..., :3], in_order[number])


def test_a_mirrored_picture_has_its_left_on_the_right(film: Path) -> None:
    one = Shown(film, mirrored=True)
    picture = one.ask(0)
    one.pictures.close()
    assert picture[:, :28, :3].mean() > 200 > picture[:, 36:, :3].mean()


def test_frames_that_a_film_does_not_have_give_nothing_and_the_next_wish_is_served(shown: Shown) -> None:
    shown.pictures.want(COUNT + 5)
    shown.pictures.want(-1)
    assert shown.ask(3).shape == (48, 64, 4)


def test_a_file_that_is_no_film_gives_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"no film")
    came: list[int] = []
    pictures = FilmPictures(path, lambda number, picture: came.append(number), mirrored=False)
    pictures.want(0)
    for thread in threading.enumerate():
        if thread.name == "film pictures":
            thread.join(10)
    assert came == []
