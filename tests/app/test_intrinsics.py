from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics
from gaze_demo.intrinsics import load_intrinsics

MATRIX = np.array([[600.0, 0.0, 310.0], [0.0, 605.0, 245.0], [0.0, 0.0, 1.0]])
DISTORTION = (0.1, -0.2, 0.001, 0.002, 0.05)
EXPECTED = Intrinsics(640, 480, 600.0, 605.0, 310.0, 245.0, DISTORTION)

ROS = """image_width: 640
image_height: 480
camera_name: webcam
camera_matrix:
  rows: 3
  cols: 3
  data: [600.0, 0.0, 310.0, 0.0, 605.0, 245.0, 0.0, 0.0, 1.0]
distortion_model: plumb_bob
distortion_coefficients:
  rows: 1
  cols: 5
  data: [0.1, -0.2, 0.001, 0.002, 0.05]
"""
GOOD = "%YAML:1.0\n---\n" + ROS


@pytest.mark.parametrize("ending", ["yml", "xml", "json"])
def test_what_opencv_writes_is_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"camera.{ending}"
    storage = cv2.FileStorage(str(path), cv2.FILE_STORAGE_WRITE)
    storage.write("image_width", 640)
    storage.write("image_height", 480)
    storage.write("camera_matrix", MATRIX)
    storage.write("distortion_coefficients", np.array([DISTORTION]))
    storage.release()
    assert load_intrinsics(path) == EXPECTED


@pytest.mark.parametrize("text", [ROS, "---\n" + ROS, GOOD], ids=["as ROS writes it", "with ---", "with %YAML"])
def test_the_same_without_opencvs_first_line_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "camera.yaml"
    path.write_text(text)
    assert load_intrinsics(path) == EXPECTED


def test_coefficients_of_zero_or_none_at_all_are_no_distortion(tmp_path: Path) -> None:
    path = tmp_path / "camera.yaml"
    path.write_text(ROS.replace("0.1, -0.2, 0.001, 0.002, 0.05", "0, 0, 0, 0, 0"))
    assert load_intrinsics(path).distortion == ()
    path.write_text(ROS[: ROS.index("distortion_coefficients")])
    assert load_intrinsics(path).distortion == ()


# What is wrong with the file, and what the sentence names.
@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("", "'image_width'", id="empty"),
        pytest.param("a sentence", "no YAML", id="another text"),
        pytest.param("{", "no YAML", id="cut JSON"),
        pytest.param("<?xml", "no YAML", id="cut XML"),
        pytest.param('{"a":' * 100_000, "no YAML", id="JSON without end"),
        pytest.param("<?xml version='1.0'?>" + "<a>" * 100_000, "no YAML", id="XML without end"),
        pytest.param("%YAML:1.0\n---\n" + "".join(" " * i + "a:\n" for i in range(1000)), "no YAML", id="deep YAML"),
        pytest.param("%YAML:1.0\n---\n- 1\n", "no YAML", id="a list"),
        pytest.param(ROS.replace("image_width: 640", "image_width: wide"), "'image_width'", id="a word as width"),
        pytest.param(ROS.replace("image_height: 480\n", ""), "'image_height'", id="no height"),
        pytest.param(ROS.replace("image_width: 640", "image_width: -640"), "'image_width'", id="a negative width"),
        pytest.param(ROS.replace("camera_matrix", "matrix"), "'camera_matrix'", id="no matrix"),
        pytest.param(ROS.replace("rows: 3", "rows: 4"), "'camera_matrix'", id="rows that are not there"),
        pytest.param(ROS.replace("rows: 3", "rows: 999999999"), "'camera_matrix'", id="rows without end"),
        pytest.param(ROS.replace("rows: 3", "rows: .Nan"), "'camera_matrix'", id="rows that are no number"),
        pytest.param(ROS.replace("600.0, 0.0, 310.0", ".Nan, 0.0, 310.0"), "'camera_matrix'", id="no number"),
        pytest.param(ROS.replace("600.0, 0.0, 310.0", "0.0, 0.0, 310.0"), "'camera_matrix'", id="no focal length"),
        pytest.param(ROS.replace("600.0, 0.0, 310.0", "600.0, 9.0, 310.0"), "'camera_matrix'", id="skew"),
        pytest.param(ROS.replace("310.0", "910.0"), "'camera_matrix'", id="a principal point outside"),
        pytest.param(
            ROS.replace("cols: 5", "cols: 3").replace("0.1, -0.2, 0.001, 0.002, 0.05", "0.1, -0.2, 0.001"),
            "'distortion_coefficients'",
            id="three coefficients",
        ),
    ],
)
def test_an_error_names_the_file_and_the_field_in_one_sentence(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "camera.yaml"
    path.write_text(text)
    with pytest.raises(UserError) as error:
        load_intrinsics(path)
    assert str(path) in str(error.value)
    assert named in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.fault("a lens file is no calibration", "one sentence that names the file")
@pytest.mark.parametrize("content", [b"\xff\xfe\x00binary", b" " * 1_100_000], ids=["binary", "too large"])
def test_a_file_that_is_no_calibration_at_all_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "camera.yaml"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"camera\.yaml"):
        load_intrinsics(path)
    with pytest.raises(UserError, match=r"missing\.yaml"):
        load_intrinsics(tmp_path / "missing.yaml")
