from pathlib import Path

import cv2
import pytest

from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics
from gaze_training.readers.frame_table import TableRow, read_frame_table, table_screen_frames
from gaze_training.readers.tally import Tally
from training.readers.fake_observer import FakeObserver, picture


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_have_what_the_table_tells(tmp_path: Path) -> None:
    table = write(tmp_path / "t.csv", "\ufefffile,x,y,series,hfov_deg\na.jpg,10,20.5,first,\nb/c.jpg,-1,2,,75\n")
    assert read_frame_table(table) == [TableRow("a.jpg", 10, 20.5, "first"), TableRow("b/c.jpg", -1, 2, "", 75)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no column 'file'"),
        ("file,x\na.jpg,1\n", "no column 'y'"),
        ("file,x,y\n", "names no frame"),
        ("file,x,y\na.jpg,1,nan\n", "line 2: y is 'nan'"),
        ("file,x,y\na.jpg,1\n", "line 2: y is 'None'"),
        ("file,x,y\n../a.jpg,1,2\n", "line 2: .* is not a file inside the folder"),
        ("file,x,y\n,1,2\n", "line 2: .* is not a file inside the folder"),
        ("file,x,y,hfov_deg\na.jpg,1,2,200\n", "line 2: hfov_deg is 200"),
    ],
)
def test_a_broken_table_is_told_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read_frame_table(write(tmp_path / "t.csv", text))


def test_frames_come_in_the_tables_order_and_missing_ones_are_counted(tmp_path: Path) -> None:
    camera = Intrinsics.from_hfov(640, 480, 60)
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / name), picture(camera))
    table = write(tmp_path / "t.csv", "file,x,y,hfov_deg\nb.png,1,2,40\ngone.png,0,0,\na.png,3,4,\n")
    tally = Tally()
    frames = list(table_screen_frames(tmp_path, table, 60.0, tally, open_observer=FakeObserver))
    assert [frame.point.tolist() for frame in frames] == [[1, 2], [3, 4]]
    assert frames[0].seen.camera.fx == pytest.approx(Intrinsics.from_hfov(640, 480, 40).fx)
    assert frames[1].seen.camera.fx == pytest.approx(camera.fx)
    assert tally.counts == {"pictures are missing or broken": 1}
