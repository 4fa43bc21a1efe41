from pathlib import Path

import h5py
import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics, pitch_yaw_to_vector
from gaze_training.readers.ethxgaze import read_ethxgaze
from training.readers.fake_observer import FakeObserver, gaze_in_camera, picture

ANGLES = np.radians([[10.0, -25.0], [-5.0, 40.0]])
CAMERA = Intrinsics(224, 224, 960, 960, 112, 112)


def write(root: Path, name: str = "subject0003", angles: np.ndarray = ANGLES) -> Path:
    folder = root / "train"
    folder.mkdir(exist_ok=True)
    with h5py.File(folder / f"{name}.h5", "w") as file:
        file["face_patch"] = np.stack([picture(CAMERA)] * 2)
        file["face_gaze"] = angles
    return folder / f"{name}.h5"


def test_the_gaze_keeps_its_signs_and_serves_both_eyes(tmp_path: Path) -> None:
    write(tmp_path)
    (faces,) = read_ethxgaze(tmp_path, open_observer=FakeObserver)
    for row in (0, 1):
        np.testing.assert_allclose(
            gaze_in_camera(faces, row), np.tile(pitch_yaw_to_vector(ANGLES[row]), (2, 1)), atol=1e-6
        )


def test_each_file_is_a_person(tmp_path: Path) -> None:
    write(tmp_path, "subject0003")
    write(tmp_path, "subject0004")
    assert len({int(faces.person[0]) for faces in read_ethxgaze(tmp_path, open_observer=FakeObserver)}) == 2


def test_a_broken_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    write(tmp_path).write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"subject0003\.h5"):
        list(read_ethxgaze(tmp_path, open_observer=FakeObserver))


@pytest.mark.parametrize("angles", [ANGLES[:1], np.full((2, 2), np.nan), ANGLES[:, :1]])
def test_labels_that_do_not_fit_are_told_in_one_sentence(tmp_path: Path, angles: np.ndarray) -> None:
    write(tmp_path, angles=angles)
    with pytest.raises(UserError, match="face_gaze"):
        list(read_ethxgaze(tmp_path, open_observer=FakeObserver))


def test_a_test_file_without_labels_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "subject0001.h5"
    with h5py.File(path, "w") as file:
        file["face_patch"] = np.zeros((1, 224, 224, 3), np.uint8)
    with pytest.raises(UserError, match="face_patch and face_gaze"):
        list(read_ethxgaze(tmp_path, open_observer=FakeObserver))


def test_another_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not hold ETH-XGaze"):
        list(read_ethxgaze(tmp_path / "gone", open_observer=FakeObserver))
