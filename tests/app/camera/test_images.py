from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.camera.images import ImageFiles
from gaze_demo.camera.source import SourceError


def write(path: Path, level: int = 128, size: tuple[int, int] = (24, 32)) -> Path:
    """A grey image of (height, width)."""
    cv2.imencode(path.suffix, np.full((*size, 3), level, np.uint8))[1].tofile(path)
    return path


def read_all(source: ImageFiles) -> list[tuple[int, str]]:
    source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append((frame.index, frame.file))
    source.close()
    return frames


def test_a_folder_is_read_by_name_with_numbers_as_numbers(tmp_path: Path) -> None:
    for name in ("img10.png", "img2.jpg", "IMG1.PNG", "b.bmp"):
        write(tmp_path / name)
    source = ImageFiles(tmp_path)
    assert read_all(source) == [(0, "b.bmp"), (1, "IMG1.PNG"), (2, "img2.jpg"), (3, "img10.png")]
    assert source.frame_count == 4
    assert source.independent
    assert not source.live


def test_a_folder_may_be_read_again(tmp_path: Path) -> None:
    write(tmp_path / "a.png")
    source = ImageFiles(tmp_path)
    assert read_all(source) == read_all(source) == [(0, "a.png")]


@pytest.mark.fault(
    "a folder of photographs holds damaged and other files", "the others are read; the damaged ones are counted"
)
def test_odd_files_in_a_folder_are_left_out_and_damaged_images_counted(tmp_path: Path) -> None:
    write(tmp_path / "good.png")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "cut.png").write_bytes((tmp_path / "good.png").read_bytes()[:20])
    (tmp_path / "._good.png").write_bytes(b"another system's note")
    (tmp_path / "Thumbs.db").write_bytes(b"\0\1")
    (tmp_path / "folder.jpg").mkdir()
    source = ImageFiles(tmp_path)
    assert read_all(source) == [(0, "good.png")]
    assert sorted(source.skipped) == ["cut.png", "empty.jpg", "text.png"]


def test_names_in_any_script_are_read(tmp_path: Path) -> None:
    write(tmp_path / "глаз 眼 ü.png")
    assert read_all(ImageFiles(tmp_path)) == [(0, "глаз 眼 ü.png")]


@pytest.mark.parametrize(
    "pixels",
    [np.full((20, 30), 9, np.uint8), np.full((20, 30, 4), 9, np.uint8), np.full((20, 30), 2304, np.uint16)],
    ids=["grey", "transparent", "16 bit"],
)
def test_images_of_any_depth_come_as_8_bit_bgr(tmp_path: Path, pixels: np.ndarray) -> None:
    path = tmp_path / "image.png"
    cv2.imencode(".png", pixels)[1].tofile(path)
    source = ImageFiles(path)
    source.open()
    frame = source.read()
    assert frame is not None
    assert frame.image.shape == (20, 30, 3)
    assert frame.image.dtype == np.uint8
    assert np.all(frame.image == 9)


def test_a_folder_without_images_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(SourceError, match="holds no image") as caught:
        ImageFiles(tmp_path).open()
    assert caught.value.kind == "unreadable"


@pytest.mark.parametrize("whole_folder", [True, False])
def test_nothing_readable_is_one_sentence(tmp_path: Path, whole_folder: bool) -> None:
    (tmp_path / "damaged.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    source = ImageFiles(tmp_path if whole_folder else tmp_path / "damaged.jpg")
    source.open()
    with pytest.raises(SourceError, match=r"can(not)? be read") as caught:
        source.read()
    assert caught.value.kind == "unreadable"
    assert source.skipped == (["damaged.jpg"] if whole_folder else [])


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no file .*nowhere\.png") as caught:
        ImageFiles(tmp_path / "nowhere.png").open()
    assert caught.value.kind == "absent"


def test_a_single_image_in_a_window_stays(tmp_path: Path) -> None:
    source = ImageFiles(write(tmp_path / "a.png"), dwell_s=0.1)
    source.open()
    assert source.frame_count is None
    frames = [source.read() for _ in range(3)]
    assert [frame and (frame.index, frame.file) for frame in frames] == [(0, "a.png"), (1, "a.png"), (2, "a.png")]


def test_images_of_a_folder_in_a_window_take_turns(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        write(tmp_path / name)
    source = ImageFiles(tmp_path, dwell_s=0.2)
    source.open()
    files = [frame.file for _ in range(5) if (frame := source.read())]
    assert files == ["a.png", "a.png", "b.png", "b.png", "a.png"]
