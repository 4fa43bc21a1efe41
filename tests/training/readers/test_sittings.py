from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaze_demo.calibration.sample import CameraKey, Fixation, Kind, Sample, SittingData
from gaze_demo.calibration.sitting_file import save_sitting
from gaze_demo.camera.frame import Truth
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics, normalised
from gaze_demo.pipeline import GazeSample
from gaze_demo.screen import ScreenGeometry
from gaze_demo.session.about import Keep
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.sink import Run, opened
from gaze_training.readers.measured import observe
from gaze_training.readers.sittings import read_sittings, sittings_screen_frames
from gaze_training.readers.tally import Tally
from training.readers.fake_observer import POSE, FakeObserver, eyes_mm, gaze_in_camera, picture

CAMERA = Intrinsics(640, 480, 550, 550, 320, 240)
SCREEN = ScreenGeometry.of_monitor("screen", 1920, 1080, 480, 270, given=True)


def write(
    path: Path, point_px: tuple[float, float] = (1920, 540), truth: Truth | None = None, kind: Kind = "fit"
) -> None:
    seen = observe(FakeObserver(), picture(CAMERA), CAMERA)
    seen = replace(seen, frame=replace(seen.frame, truth=truth))
    fixation = Fixation(kind, 0, 1, (Sample(seen, np.array(point_px)),))
    key = CameraKey(name="camera", width=640, height=480, hfov_deg=60)
    save_sitting(SittingData(SCREEN, key, "2020-01-01T00:00:00Z", (fixation,)), path)


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


def test_of_one_kind_of_look_the_targets_are_the_labels(tmp_path: Path) -> None:
    axis = normalised([0.1, 0.2, -1.0])
    truth = Truth(np.array([0.0, 90.0, 0.0]), axis, axis, POSE.left_eye_mm, POSE.right_eye_mm, POSE.rotation)
    write(tmp_path / "anna" / "1.npz", truth=truth)
    write(tmp_path / "anna" / "2.npz", (0, 540), truth=truth, kind="validation")
    for kind, x_mm in (("fit", -240.0), ("validation", 240.0)):
        (faces,) = read_sittings(tmp_path, kind=kind)
        target = np.array([x_mm, 145.0, 0.0])
        assert len(faces) == 1
        np.testing.assert_allclose(gaze_in_camera(faces), normalised(target - eyes_mm()), atol=1e-6)


def record(folder: Path, keep: Keep = "eyes", screen: ScreenGeometry | None = SCREEN) -> None:
    """A session of 3 s whose eyes are on the screen's right edge from 0.5 s on, and on its left from 2 s on."""
    folder.parent.mkdir(exist_ok=True)
    recorder = SessionRecorder(Recording(folder, keep=keep, live=False, screen=screen))
    with opened(recorder, Run(source="drawn", models=())):
        for i in range(30):
            seen = observe(FakeObserver(), picture(CAMERA), CAMERA)
            seen = replace(seen, frame=replace(seen.frame, index=i, time_s=i / 10))
            if i in (5, 20):
                recorder.marker("target 1920 540" if i == 5 else "validation 0 540", i / 10)
            recorder.write(GazeSample.of(seen, []))


def test_a_session_that_kept_the_eyes_is_read_by_its_marked_targets(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    record(tmp_path / "anna" / "session")
    (faces,) = read_sittings(tmp_path)
    (fit,) = read_sittings(tmp_path, kind="fit")
    assert (len(fit), len(faces)) == (9, 12)  # without the 0.6 s that eyes are on their way
    np.testing.assert_allclose(gaze_in_camera(fit), normalised([-240.0, 145.0, 0.0] - eyes_mm()), atol=1e-6)
    assert len(np.unique(fit.crops)) > 2
    (alone,) = read_sittings(tmp_path / "anna" / "session")
    assert len(alone) == 12


def test_crops_that_a_session_kept_are_those_of_the_frames(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    record(tmp_path / "anna" / "session")
    record(tmp_path / "ben" / "session", keep="crops")
    anna, ben = read_sittings(tmp_path)
    np.testing.assert_array_equal(ben.gaze, anna.gaze)
    assert np.abs(ben.crops.astype(int) - anna.crops).mean() < 1


def test_a_session_that_does_not_know_its_screen_is_left_out_and_counted(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    record(tmp_path / "anna" / "session", screen=None)
    tally = Tally()
    assert list(read_sittings(tmp_path, tally)) == []
    assert any("--profile" in sentence for sentence in tally.sentences())


def test_a_session_without_pictures_is_left_out_and_counted(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    record(tmp_path / "anna" / "session", keep="nothing")
    tally = Tally()
    assert list(read_sittings(tmp_path, tally)) == []
    assert any("no picture of the eyes" in sentence for sentence in tally.sentences())


def test_the_sittings_of_a_profile_are_one_persons(tmp_path: Path) -> None:
    write(tmp_path / "anna-cam.0123456789ab.npz")
    write(tmp_path / "anna-cam.abcdef012345.npz")
    (faces,) = read_sittings(tmp_path)
    assert len(faces) == 2


def test_a_single_file_can_be_named(tmp_path: Path) -> None:
    write(tmp_path / "anna.npz")
    write(tmp_path / "ben.npz")
    (faces,) = read_sittings(tmp_path / "anna.npz")
    assert len(faces) == 1


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
    assert (frame.series, frame.look) == ("anna/first", 0)
