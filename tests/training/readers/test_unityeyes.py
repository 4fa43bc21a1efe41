import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.geometry import pitch_yaw_to_vector
from gaze_training.readers.unityeyes import read_unityeyes

PX_PER_MM = 71.7593 / 12


def write(folder: Path, number: int = 1, *, right_eye: bool = False, **changes: object) -> None:
    """An eye 27.5 mm wide in the middle of 640 x 480 px; its iris, a black disc, 6 mm to the image's right."""
    image = np.full((480, 640, 3), 180, np.uint8)
    cv2.circle(image, (320 + round(6 * PX_PER_MM), 240), round(5 * PX_PER_MM), (0, 0, 0), -1)
    cv2.imwrite(str(folder / f"{number}.jpg"), image)
    half = 27.5 / 2 * PX_PER_MM
    nose, corner = (320 + half, 320 - half) if right_eye else (320 - half, 320 + half)
    ring = [(320 + 6 * PX_PER_MM + 30 * c, 240 + 30 * s) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))]
    content: dict[str, object] = {
        "caruncle_2d": [f"({nose:.4f}, 240.0000, 9.0)"] * 3,
        "interior_margin_2d": [f"({corner:.4f}, 240.0, 9.0)", "(320.0, 290.0, 9.0)", "(320.0, 200.0, 9.0)"],
        "iris_2d": [f"({x:.4f}, {y:.4f}, 9.0)" for x, y in ring],
        "head_pose": "(0.0000, 180.0000, 0.0000)",
        "eye_details": {"look_vec": "(0.3000, 0.2000, -0.9327, 0.0000)"},
    }
    (folder / f"{number}.json").write_text(json.dumps({**content, **changes}))


def test_y_up_becomes_y_down(tmp_path: Path) -> None:
    write(tmp_path)
    (faces,) = read_unityeyes(tmp_path)
    assert faces.valid.tolist() == [[True, False]]
    np.testing.assert_allclose(pitch_yaw_to_vector(faces.gaze[0, 0]), [0.3, -0.2, -0.9327], atol=1e-3)
    assert faces.gaze[0, 0, 0] > 0 > faces.gaze[0, 0, 1]  # up, and to the image's right


def test_an_eye_with_its_nose_at_the_right_is_mirrored(tmp_path: Path) -> None:
    write(tmp_path, right_eye=True)
    (faces,) = read_unityeyes(tmp_path)
    assert faces.valid.tolist() == [[False, True]]
    assert faces.gaze[0, 1, 1] > 0
    assert faces.crops[0, 1, 18, 30 - 9] < 20


@pytest.mark.parametrize("right_eye", [False, True])
def test_the_crop_has_the_models_scale(tmp_path: Path, right_eye: bool) -> None:
    """1.6 px per mm: the iris lies 9.6 px beside the middle and is 16 px wide."""
    write(tmp_path, right_eye=right_eye)
    (faces,) = read_unityeyes(tmp_path)
    side = int(right_eye)
    row = faces.crops[0, side, 18] < 90
    assert row.sum() == pytest.approx(16, abs=1)
    x = np.flatnonzero(row).mean() + 0.5
    assert x == pytest.approx(30 - 9.6 if right_eye else 30 + 9.6, abs=0.5)
    np.testing.assert_allclose(faces.iris_px[0, side], [x, 18], atol=0.6)


@pytest.mark.parametrize(
    ("pose", "pitch", "yaw"),
    [
        ("(0.0, 180.0, 0.0)", 0, 0),
        ("(0.0, 190.0, 0.0)", 0, -10),  # the camera stands to the face's right, so the face looks to the image's right
        ("(350.0, 180.0, 0.0)", 10, 0),  # the camera looks up at the face from below, which then looks above it
    ],
)
def test_the_cameras_angles_become_the_heads(tmp_path: Path, pose: str, pitch: float, yaw: float) -> None:
    write(tmp_path, head_pose=pose)
    (faces,) = read_unityeyes(tmp_path)
    np.testing.assert_allclose(np.degrees(faces.head[0, 0]), [pitch, yaw], atol=1e-3)


def test_pictures_that_are_missing_are_passed_over(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        write(tmp_path, number)
    (tmp_path / "2.jpg").unlink()
    (faces,) = read_unityeyes(tmp_path)
    assert len(np.unique(faces.person)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"eye_details": {}},
        {"eye_details": "none"},
        {"eye_details": {"look_vec": "(1.0)"}},
        {"iris_2d": []},
        {"iris_2d": ["(1.0, 2.0, 3.0)", "(1.0, 2.0)"]},
        {"head_pose": 7},
        {"caruncle_2d": ["__import__('os').getcwd()"]},
    ],
)
def test_a_broken_description_is_told_in_one_sentence(tmp_path: Path, changes: dict[str, object]) -> None:
    write(tmp_path, **changes)
    with pytest.raises(UserError, match=r"1\.json"):
        list(read_unityeyes(tmp_path))


def test_another_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not hold UnityEyes"):
        list(read_unityeyes(tmp_path))
