import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics, normalised
from gaze_training.readers.gazecapture import gazecapture_screen_frames, read_gazecapture
from gaze_training.readers.tally import Tally
from training.readers.fake_observer import FakeObserver, eyes_mm, gaze_in_camera, picture

CAMERA = Intrinsics.from_hfov(480, 640, 50)


def write(root: Path, person: str = "00002", split: str = "train") -> Path:
    """Three frames: dots at the person's right and below the lens; none found in the second."""
    folder = root / person
    (folder / "frames").mkdir(parents=True)
    for k in range(3):
        cv2.imwrite(str(folder / "frames" / f"{k:05}.jpg"), picture(CAMERA))
    contents = {
        "dotInfo": {"XCam": [2.5, 0.0, -1.0], "YCam": [-6.0, -1.0, 4.0]},
        "info": {"Dataset": split, "DeviceName": "iPhone 6"},
        "appleFace": {"IsValid": [1, 0, 1]},
        "appleLeftEye": {"IsValid": [1, 1, 1]},
        "appleRightEye": {"IsValid": [1, 1, 1]},
    }
    for name, content in contents.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder


def test_the_dot_at_the_persons_right_is_at_the_images_left(tmp_path: Path) -> None:
    write(tmp_path)
    (faces,) = read_gazecapture(tmp_path, open_observer=FakeObserver)
    assert len(faces) == 2
    np.testing.assert_allclose(gaze_in_camera(faces, 0), normalised([-25.0, 60.0, 0.0] - eyes_mm()), atol=1e-6)
    np.testing.assert_allclose(gaze_in_camera(faces, 1), normalised([10.0, -40.0, 0.0] - eyes_mm()), atol=1e-6)


def test_a_number_that_is_missing_costs_its_own_frame_alone(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "dotInfo.json").write_text('{"XCam": [2.5, null, NaN], "YCam": [-6.0, null, 4.0]}')
    tally = Tally()
    (faces,) = read_gazecapture(tmp_path, tally, open_observer=FakeObserver)
    assert len(faces) == 1
    assert tally.counts["frames without the place of the dot were left out"] == 1


def test_frames_for_the_screen_test_have_the_dot_as_the_person_sees_it(tmp_path: Path) -> None:
    write(tmp_path)
    frames = list(gazecapture_screen_frames(tmp_path, open_observer=FakeObserver))
    assert [frame.point.tolist() for frame in frames] == [[25.0, 60.0], [-10.0, -40.0]]
    assert frames[0].series == "00002"


def test_splits_are_by_person(tmp_path: Path) -> None:
    write(tmp_path, "00002", "train")
    write(tmp_path, "00003", "test")
    everyone = list(read_gazecapture(tmp_path, open_observer=FakeObserver))
    (tested,) = read_gazecapture(tmp_path, split="test", open_observer=FakeObserver)
    assert tested.person[0] == everyone[1].person[0] != everyone[0].person[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("dotInfo", "{"),
        ("dotInfo", "[1, 2]"),
        ("dotInfo", '{"XCam": [1, 2, 3], "YCam": [1, 2]}'),
        ("dotInfo", '{"XCam": ["1", 2, 3], "YCam": [1, 2, 3]}'),
        ("appleFace", "{}"),
        ("appleFace", "[" * 100000),
    ],
)
def test_broken_metadata_is_told_in_one_sentence(tmp_path: Path, name: str, content: str) -> None:
    (write(tmp_path) / f"{name}.json").write_text(content)
    with pytest.raises(UserError, match=rf"{name}\.json"):
        list(read_gazecapture(tmp_path, open_observer=FakeObserver))


def test_an_unknown_split_is_told_in_one_sentence(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(UserError, match="train, val, test"):
        list(read_gazecapture(tmp_path, split="dev", open_observer=FakeObserver))
