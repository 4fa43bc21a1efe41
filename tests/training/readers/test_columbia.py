from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics, angle_between
from gaze_training.readers.columbia import FOCAL_WIDTHS, read_columbia
from training.readers.fake_observer import POSE, FakeObserver, gaze_in_camera, picture

CAMERA = Intrinsics(5184, 3456, FOCAL_WIDTHS * 5184, FOCAL_WIDTHS * 5184, 2592, 1728)
SMALL = Intrinsics(648, 432, FOCAL_WIDTHS * 648, FOCAL_WIDTHS * 648, 324, 216)


def write(root: Path, name: str, camera: Intrinsics = SMALL) -> None:
    folder = root / name[:4]
    folder.mkdir(exist_ok=True)
    cv2.imwrite(str(folder / f"{name}.jpg"), picture(camera))


def mean_gaze(root: Path) -> np.ndarray:
    (faces,) = read_columbia(root, open_observer=FakeObserver)
    return gaze_in_camera(faces).mean(0)


def test_no_angle_is_a_look_into_the_lens(tmp_path: Path) -> None:
    write(tmp_path, "0001_2m_-30P_0V_0H")
    assert np.degrees(angle_between(mean_gaze(tmp_path), -POSE.eyes_middle_mm)) < 0.1


@pytest.mark.parametrize(("vertical", "horizontal"), [(0, 15), (0, -5), (10, 0), (-10, 10)])
def test_positive_angles_are_up_and_to_the_images_right(tmp_path: Path, vertical: int, horizontal: int) -> None:
    write(tmp_path, f"0001_2m_15P_{vertical}V_{horizontal}H")
    gaze = mean_gaze(tmp_path)
    away = gaze + POSE.eyes_middle_mm / np.linalg.norm(POSE.eyes_middle_mm)
    assert np.sign(np.round(away[:2], 2)).tolist() == [np.sign(horizontal), -np.sign(vertical)]
    expected = np.degrees(np.arccos(np.cos(np.radians(vertical)) * np.cos(np.radians(horizontal))))
    assert np.degrees(angle_between(gaze, -POSE.eyes_middle_mm)) == pytest.approx(expected, abs=0.1)


def test_pictures_at_full_size_are_read(tmp_path: Path) -> None:
    write(tmp_path, "0002_2m_0P_0V_0H", CAMERA)
    (faces,) = read_columbia(tmp_path, open_observer=FakeObserver)
    x, y = faces.iris_px[0, 0]
    assert faces.crops[0, 0][int(y), int(x)] < 30


def test_other_files_are_passed_over(tmp_path: Path) -> None:
    for name in ("0001_2m_0P_0V_0H", "0001_2m_0P_0V", "0001_notes"):
        write(tmp_path, name)
    (tmp_path / "0001" / "0001_2m_0P_10V_0H.jpg").write_bytes(b"broken")
    (faces,) = read_columbia(tmp_path, open_observer=FakeObserver)
    assert len(faces) == 1


def test_another_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Columbia"):
        list(read_columbia(tmp_path, open_observer=FakeObserver))
