from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics
from gaze_demo.intrinsics import Undistortion, load_intrinsics

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
        pytest.param("", "it is not", id="empty"),
        pytest.param("a sentence", "it is not", id="another text"),
        pytest.param("{", "it is not", id="cut JSON"),
        pytest.param("<?xml", "it is not", id="cut XML"),
        pytest.param('{"a":' * 100_000, "it is not", id="JSON without end"),
        pytest.param("<?xml version='1.0'?>" + "<a>" * 100_000, "it is not", id="XML without end"),
        pytest.param("%YAML:1.0\n---\n" + "".join(" " * i + "a:\n" for i in range(1000)), "it is not", id="deep YAML"),
        pytest.param("%YAML:1.0\n---\n- 1\n", "it is not", id="a list"),
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


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


BLOCK_LIST = ROS.replace(
    "data: [0.1, -0.2, 0.001, 0.002, 0.05]", "data:\n  - 0.1\n  - -0.2\n  - 1e-3\n  - 0.002\n  - 0.05"
)
ROWS = """image_width: 640
image_height: 480
camera_matrix:
- - 600.0
  - 0.0
  - 310.0
- - 0.0
  - 605.0
  - 245.0
- - 0.0
  - 0.0
  - 1.0
dist_coeff:
- [0.1, -0.2, 0.001, 0.002, 0.05]
"""
INTERACTIVE = """%YAML:1.0
---
calibrationDate: "Fri Nov 27 2026"
framesCount: 40
cameraResolution: [ 640, 480 ]
cameraMatrix: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 600., 0., 310., 0., 605., 245., 0., 0., 1. ]
dist_coeffs: !!opencv-matrix
   rows: 1
   cols: 5
   dt: d
   data: [ 1.0e-01, -2.0e-01, 1.0e-03, 2.0e-03, 5.0e-02 ]
avg_reprojection_error: 0.31
"""
CAMERA_INFO = """header: {frame_id: camera}
height: 480
width: 640
distortion_model: plumb_bob
D: [0.1, -0.2, 0.001, 0.002, 0.05]
K: [600.0, 0.0, 310.0, 0.0, 605.0, 245.0, 0.0, 0.0, 1.0]
R: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
P: [600.0, 0.0, 310.0, 0.0, 0.0, 605.0, 245.0, 0.0, 0.0, 0.0, 1.0, 0.0]
binning_x: 0
binning_y: 0
roi: {x_offset: 0, y_offset: 0, height: 0, width: 0, do_rectify: false}
"""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# made by hand\n\n---\n" + ROS, id="comments before ---"),
        pytest.param("# made by hand\n%YAML:1.0\n# another\n---\n" + ROS, id="comments before %YAML"),
        pytest.param(BLOCK_LIST, id="block lists"),
        pytest.param(ROWS, id="rows of rows"),
        pytest.param(INTERACTIVE, id="OpenCV's interactive calibration"),
        pytest.param(CAMERA_INFO, id="a CameraInfo message of ROS"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_other_programs_write_is_read_in_any_unicode(tmp_path: Path, text: str, encoding: str) -> None:
    assert load_intrinsics(write(tmp_path / "camera.yaml", text, encoding)) == EXPECTED


FISHEYE = (-0.02, 0.01, -0.003, 0.0005)
WIDE = ROS.replace("600.0, 0.0, 310.0, 0.0, 605.0, 245.0", "300.0, 0.0, 320.0, 0.0, 300.0, 240.0")
EQUIDISTANT = (
    WIDE.replace("plumb_bob", "equidistant")
    .replace("cols: 5", "cols: 4")
    .replace("0.1, -0.2, 0.001, 0.002, 0.05", str(list(FISHEYE))[1:-1])
)
FISHEYE_MODEL = EQUIDISTANT.replace("distortion_model: equidistant", "fisheye_model: 1")
ANGLES_DEG = (10.0, 44.5, 53.6, 60.8)


def distance_px(angle_deg: float) -> float:
    """From the middle of the image, where the fisheye model of Kannala and Brandt puts a ray (by its own formula)."""
    theta = np.radians(angle_deg)
    k1, k2, k3, k4 = FISHEYE
    return float(300.0 * theta * (1 + k1 * theta**2 + k2 * theta**4 + k3 * theta**6 + k4 * theta**8))


@pytest.mark.parametrize("text", [EQUIDISTANT, FISHEYE_MODEL], ids=["ROS", "OpenCV"])
@pytest.mark.parametrize("angle_deg", ANGLES_DEG)
def test_rays_of_a_fisheye_lens_are_where_they_truly_are(tmp_path: Path, text: str, angle_deg: float) -> None:
    camera = load_intrinsics(write(tmp_path / "camera.yaml", text))
    assert camera.fisheye
    away = distance_px(angle_deg)
    points = Undistortion(camera).undo_points([[320.0 + away, 240.0], [320.0, 240.0 - away]])
    rays = np.degrees(np.arctan(np.abs(points - [320.0, 240.0]).max(1) / 300.0))
    assert rays == pytest.approx([angle_deg, angle_deg], abs=0.01)


def test_a_picture_of_a_fisheye_lens_is_straightened(tmp_path: Path) -> None:
    camera = load_intrinsics(write(tmp_path / "camera.yaml", EQUIDISTANT))
    image = np.zeros((480, 640, 3), np.uint8)
    cv2.circle(image, (round(320 + distance_px(40.0)), 240), 4, (255, 255, 255), -1)
    flat = Undistortion(camera).undo(image)
    found = np.argwhere(flat[..., 0] > 128).mean(0)
    assert found == pytest.approx([240, 320 + 300 * np.tan(np.radians(40.0))], abs=1.5)


def test_a_fisheye_without_coefficients_of_its_own_is_still_one(tmp_path: Path) -> None:
    text = EQUIDISTANT.replace(str(list(FISHEYE))[1:-1], "0, 0, 0, 0")
    camera = load_intrinsics(write(tmp_path / "camera.yaml", text))
    (point,) = Undistortion(camera).undo_points([[320.0 + 300 * np.radians(53.6), 240.0]])
    assert np.degrees(np.arctan((point[0] - 320) / 300)) == pytest.approx(53.6, abs=0.01)


def test_the_fisheye_model_stays_when_the_camera_reads_out_smaller(tmp_path: Path) -> None:
    small = load_intrinsics(write(tmp_path / "camera.yaml", EQUIDISTANT)).scaled(320, 240)
    assert (small.fisheye, small.fx, small.distortion) == (True, 150.0, FISHEYE)


RATIONAL = [0.5, -0.2, 0.001, 0.002, 0.05, 0.4, -0.1, 0.02]


@pytest.mark.parametrize(
    "coefficients",
    [RATIONAL, [*RATIONAL, 0.01, 0.001, -0.01, 0.002], [*RATIONAL, 0.01, 0.001, -0.01, 0.002, 0.02, -0.01]],
    ids=["rational", "thin prism", "tilted"],
)
def test_every_part_of_the_standard_model_is_honoured(tmp_path: Path, coefficients: list[float]) -> None:
    text = ROS.replace("plumb_bob", "rational_polynomial").replace("cols: 5", f"cols: {len(coefficients)}")
    text = text.replace("0.1, -0.2, 0.001, 0.002, 0.05", str(coefficients)[1:-1])
    camera = load_intrinsics(write(tmp_path / "camera.yaml", text))
    ray = np.array([[0.4, 0.25, 1.0]])
    seen, _ = cv2.projectPoints(ray, np.zeros(3), np.zeros(3), camera.matrix, np.array(coefficients))
    assert Undistortion(camera).undo_points(seen.reshape(1, 2)) == pytest.approx(camera.project(ray), abs=0.05)


def test_a_part_of_the_image_and_binning_are_honoured(tmp_path: Path) -> None:
    part = CAMERA_INFO.replace(
        "{x_offset: 0, y_offset: 0, height: 0, width: 0", "{x_offset: 100, y_offset: 60, height: 240, width: 320"
    )
    camera = load_intrinsics(write(tmp_path / "camera.yaml", part))
    assert (camera.width, camera.height, camera.cx, camera.cy) == (320, 240, 210.0, 185.0)
    binned = part.replace("binning_x: 0", "binning_x: 2").replace("binning_y: 0", "binning_y: 1")
    camera = load_intrinsics(write(tmp_path / "camera.yaml", binned))
    assert (camera.width, camera.height, camera.fx, camera.fy, camera.cx) == (160, 240, 300.0, 605.0, 105.0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param(ROS.replace("plumb_bob", "ftheta"), "'distortion_model'", id="an unknown model"),
        pytest.param(ROS.replace("plumb_bob", "[1, 2]"), "'distortion_model'", id="a model that is no word"),
        pytest.param(ROS.replace("plumb_bob", "equidistant"), "'distortion_coefficients'", id="a fisheye of five"),
        pytest.param(ROS.replace("plumb_bob", "rational_polynomial"), "'distortion_coefficients'", id="too few"),
        pytest.param(ROS + "fisheye_model: 1\n", "'fisheye_model'", id="two models"),
        pytest.param(ROS + "fisheye_model: 7\n", "'fisheye_model'", id="no model's number"),
        pytest.param(ROS + "xi: 1.2\n", "'xi'", id="an omnidirectional model"),
        pytest.param(CAMERA_INFO.replace("R: [1.0, 0.0", "R: [0.9, 0.1"), "'R'", id="a rectification"),
        pytest.param(
            CAMERA_INFO.replace("height: 0, width: 0", "height: 9000, width: 9000"), "'roi'", id="a part beyond"
        ),
        pytest.param(CAMERA_INFO.replace("binning_x: 0", "binning_x: 0.5"), "'binning_x'", id="half a px"),
        pytest.param(ROS + "K: [1, 0, 0, 0, 1, 0, 0, 0, 1]\n", "'K'", id="two matrices"),
        pytest.param(ROS.replace("webcam", "&a [*a, *a]"), "it is not", id="aliases"),
        pytest.param('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "it is not", id="entities"),
        pytest.param("a: 1\n---\nb: 2\n", "it is not", id="two documents"),
        pytest.param("a: !!python/object/apply:os.getcwd []\n", "'image_width'", id="an order to Python"),
    ],
)
def test_a_field_that_changes_the_meaning_of_others_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(UserError) as error:
        load_intrinsics(write(tmp_path / "camera.yaml", text))
    assert named in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_never_reaches_opencvs_own_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("OpenCV's parser was called")

    monkeypatch.setattr(cv2, "FileStorage", refuse)
    assert load_intrinsics(write(tmp_path / "camera.yaml", GOOD)) == EXPECTED
