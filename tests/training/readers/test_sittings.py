from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaze_demo.calibration.sample import CameraKey, Fixation, Sample, Session
from gaze_demo.calibration.session_file import save_session
from gaze_demo.camera.frame import Truth
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics, normalised
from gaze_demo.screen import ScreenGeometry
from gaze_training.readers.measured import observe
from gaze_training.readers.sittings import read_sittings, sittings_screen_frames
from training.readers.fake_observer import POSE, FakeObserver, eyes_mm, gaze_in_camera, picture

CAMERA = Intrinsics(640, 480, 550, 550, 320, 240)
SCREEN = ScreenGeometry.of_monitor("screen", 1920, 1080, 480, 270, given=True)


def write(path: Path, point_px: tuple[float, float] = (1920, 540), truth: Truth | None = None) -> None:
    seen = observe(FakeObserver(), picture(CAMERA), CAMERA)
    seen = replace(seen, frame=replace(seen.frame, truth=truth))
    fixation = Fixation("fit", 0, 1, (Sample(seen, np.array(point_px)),))
    key = CameraKey(name="camera", width=640, height=480, hfov_deg=60)
    save_session(Session(SCREEN, key, "2020-01-01T00:00:00Z", (fixation,)), path)


def test_the_screens_right_edge_is_at_the_images_left(tmp_path: Path) -> None:
    write(tmp_path / "anna.npz")
    (faces,) = read_sittings(tmp_path)
    target = np.array([-240.0, 135.0 + 10.0, 0.0])  # the lens is above the middle of the top edge
    np.testing.assert_allclose(gaze_in_camera(faces), normalised(target - eyes_mm()), atol=1e-6)


def test_exact_axes_count_before_the_screen(tmp_path: Path) -> None:
    left, right = normalised([0.1, 0.2, -1.0]), normalised([-0.1, 0.1, -1.0])
    truth = Truth(np.array([0.0, 90.0, 0.0]), left, right, POSE.left_eye_mm, POSE.right_eye_mm, POSE.rotation)
    write(tmp_path / "virtual.npz", truth=truth)
    (faces,) = read_sittings(tmp_path)
    np.testing.assert_allclose(gaze_in_camera(faces), [left, right], atol=1e-6)


def test_a_folder_is_a_person(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "first.npz")
    write(tmp_path / "anna" / "second.npz")
    write(tmp_path / "ben.npz")
    people = {int(faces.person[0]): len(faces) for faces in read_sittings(tmp_path)}
    assert sorted(people.values()) == [1, 2]


def test_a_broken_sitting_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "anna.npz").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"anna\.npz"):
        list(read_sittings(tmp_path))


def test_an_empty_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no recorded sitting"):
        list(read_sittings(tmp_path))


def test_frames_for_the_screen_test_have_the_target_in_px(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "first.npz", (480, 270))
    (frame,) = sittings_screen_frames(tmp_path)
    assert frame.point.tolist() == [480, 270]
    assert frame.series == "first"
