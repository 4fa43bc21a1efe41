from __future__ import annotations

import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.camera.images import ImageFiles
from gaze_demo.camera.open import open_source
from gaze_demo.camera.picture import READ, read_picture
from gaze_demo.camera.source import Album, SourceError


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
    [np.full((20, 30), 9, np.uint8), np.full((20, 30, 4), 9, np.uint8), np.full((20, 30, 3), 9, np.uint8)],
    ids=["grey", "transparent", "colour"],
)
def test_images_of_any_kind_come_as_8_bit_bgr(tmp_path: Path, pixels: np.ndarray) -> None:
    path = tmp_path / "image.png"
    cv2.imencode(".png", pixels)[1].tofile(path)
    source = ImageFiles(path)
    source.open()
    frame = source.read()
    assert frame is not None
    assert frame.image.shape == (20, 30, 3)
    assert frame.image.dtype == np.uint8
    assert np.all(frame.image == 9)


@pytest.mark.parametrize(("depth_bits", "expected"), [(16, 128), (14, 128), (12, 128), (10, 128), (8, 128)])
def test_a_sensor_of_fewer_bits_in_a_picture_of_16_is_not_dark(tmp_path: Path, depth_bits: int, expected: int) -> None:
    pixels = np.full((20, 30), 2 ** (depth_bits - 1), np.uint16)
    pixels[0, 0] = 2**depth_bits - 1
    path = tmp_path / "image.png"
    cv2.imencode(".png", pixels)[1].tofile(path)
    assert read_picture(path)[10, 10].tolist() == [expected] * 3


@pytest.mark.parametrize("ending", sorted(READ - {".gif", ".pbm"}))
def test_every_ending_that_is_promised_can_be_read(tmp_path: Path, ending: str) -> None:
    encoder = {".jfif": ".jpg"}.get(ending, ending)
    pixels = np.full((96, 128) if ending == ".pgm" else (96, 128, 3), 128, np.uint8)
    path = tmp_path / f"image{ending.upper()}"
    cv2.imencode(encoder, pixels)[1].tofile(path)
    assert np.abs(read_picture(path).astype(int) - 128).max() <= 3
    assert [name for _, name in read_all(ImageFiles(tmp_path))] == [path.name]


def test_kinds_that_have_to_be_converted_are_named(tmp_path: Path) -> None:
    (tmp_path / "b.heic").write_bytes(b"a phone's picture")
    with pytest.raises(SourceError, match=r"holds no image .*, only heic, which have to be converted first"):
        ImageFiles(tmp_path).open()
    write(tmp_path / "a.png")
    source = ImageFiles(tmp_path)
    assert read_all(source) == [(0, "a.png")]
    assert source.skipped == ["b.heic"]
    single = open_source(str(tmp_path / "b.heic"))
    single.open()
    with pytest.raises(SourceError, match="a HEIC picture, which this program does not read: convert it to JPEG"):
        single.read()


def test_a_small_file_of_a_huge_picture_is_refused_by_its_header(tmp_path: Path) -> None:
    """Width and height of a PNG stand in its header; here they are more than its data."""
    path = write(tmp_path / "huge.png")
    data = bytearray(path.read_bytes())
    header = b"IHDR" + (30000).to_bytes(4, "big") * 2 + bytes(data[24:29])
    data[12:29] = header
    data[29:33] = zlib.crc32(header).to_bytes(4, "big")
    path.write_bytes(data)
    source = ImageFiles(path)
    source.open()
    with pytest.raises(
        SourceError, match="it is too large: a picture has at most 67 megapixels, make it smaller first"
    ):
        source.read()


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


def album(tmp_path: Path, dwell_s: float = 10.0) -> ImageFiles:
    for number in range(3):
        write(tmp_path / f"{number}.png", level=number * 50)
    (tmp_path / "1b.png").write_text("damaged")
    source = ImageFiles(tmp_path, dwell_s)
    source.open()
    return source


def shown(source: ImageFiles) -> str:
    frame = source.read()
    assert frame is not None
    return frame.file


def test_an_album_can_be_turned_over_both_ways(tmp_path: Path) -> None:
    source = album(tmp_path)
    assert isinstance(source, Album)
    assert (source.number, source.current) == (0, "")
    assert shown(source) == "0.png"
    assert (source.number, source.count, source.current) == (1, 4, "0.png")
    source.next()
    assert shown(source) == "1.png"
    source.next()
    assert shown(source) == "2.png"  # past the damaged one
    source.previous()
    assert shown(source) == "1.png"
    source.previous()
    source.previous()
    assert shown(source) == "2.png"
    assert source.skipped == ["1b.png"]


def test_a_paused_album_stays_until_it_is_turned_over(tmp_path: Path) -> None:
    source = album(tmp_path, dwell_s=0.1)
    source.pause()
    assert [shown(source) for _ in range(4)] == ["0.png"] * 4
    source.next()
    assert [shown(source) for _ in range(2)] == ["1.png"] * 2
    source.resume()
    assert shown(source) == "2.png"
