from pathlib import Path

import cv2
import numpy as np
import pytest
import scipy.io

from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics, normalised
from gaze_training.readers.mpiifacegaze import mpiifacegaze_screen_frames, read_mpiifacegaze
from gaze_training.readers.tally import Tally
from training.readers.fake_observer import FakeObserver, eyes_mm, gaze_in_camera, picture

CAMERA = Intrinsics(640, 480, 700, 690, 322, 238)
TARGET = (-60.0, 120.0, -4.0)


def write(root: Path, person: str = "p03", lines: int = 2) -> Path:
    folder = root / person
    (folder / "Calibration").mkdir(parents=True)
    (folder / "day01").mkdir()
    scipy.io.savemat(
        folder / "Calibration" / "Camera.mat", {"cameraMatrix": CAMERA.matrix, "distCoeffs": np.zeros((1, 5))}
    )
    rows = []
    for k in range(lines):
        cv2.imwrite(str(folder / "day01" / f"{k:04}.jpg"), picture(CAMERA))
        numbers = [100, 200, *range(12), *np.zeros(6), *np.zeros(3), *TARGET]
        rows.append(" ".join([f"day01/{k:04}.jpg", *map(str, numbers), "left"]))
    (folder / f"{person}.txt").write_text("\n".join([*rows, rows[0].replace("0000", "gone")]))
    return folder


def test_eyes_look_at_the_target_in_the_camera_frame(tmp_path: Path) -> None:
    write(tmp_path)
    tally = Tally()
    (faces,) = read_mpiifacegaze(tmp_path, tally, open_observer=FakeObserver)
    assert len(faces) == 2
    assert tally.sentences() == ["1 pictures are missing or broken."]
    np.testing.assert_allclose(gaze_in_camera(faces), normalised(np.array(TARGET) - eyes_mm()), atol=1e-6)


@pytest.mark.parametrize(
    "line", ["day01/0000.jpg 1 2 3", "../0000.jpg" + " 1" * 27, "day01/0000.jpg" + " x" * 27, "/a" + " 1" * 27]
)
def test_a_broken_annotation_is_told_in_one_sentence(tmp_path: Path, line: str) -> None:
    (write(tmp_path) / "p03.txt").write_text(line)
    with pytest.raises(UserError, match=r"p03\.txt"):
        list(read_mpiifacegaze(tmp_path, open_observer=FakeObserver))


@pytest.mark.parametrize("matrix", [np.eye(2), np.full((3, 3), np.nan)])
def test_a_broken_calibration_is_told_in_one_sentence(tmp_path: Path, matrix: np.ndarray) -> None:
    scipy.io.savemat(write(tmp_path) / "Calibration" / "Camera.mat", {"cameraMatrix": matrix})
    with pytest.raises(UserError, match=r"Camera\.mat: cameraMatrix"):
        list(read_mpiifacegaze(tmp_path, open_observer=FakeObserver))


def test_another_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not hold MPIIFaceGaze"):
        list(read_mpiifacegaze(tmp_path / "gone", open_observer=FakeObserver))


def test_frames_for_the_screen_test_have_the_point_in_px(tmp_path: Path) -> None:
    write(tmp_path)
    frames = list(mpiifacegaze_screen_frames(tmp_path, open_observer=FakeObserver))
    assert [frame.point.tolist() for frame in frames] == [[100.0, 200.0]] * 2
    assert {frame.series for frame in frames} == {"p03"}
