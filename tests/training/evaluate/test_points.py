from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_training.evaluate.points import load_point_eyes, point_result, point_test
from gaze_training.evaluate.predict import Angles, Crops


def write(file: Path, points: int = 12, frames: int = 25, noise: float = 0.0) -> Path:
    """Eyes whose top row's brightness says where they look: x / 10 at the image's right, y / 10 at its left."""
    rng = np.random.default_rng(0)
    where = np.repeat(rng.integers(0, 1000, (points, 2)), frames, 0)
    images = np.full((len(where), 50, 100), 100, np.uint8)
    images[:, :, 60:] = (where[:, 0] / 10)[:, None, None]
    images[:, :, :40] = (where[:, 1] / 10)[:, None, None]
    np.savez(file, image=images, point_px=where.astype(np.int16))
    return file


def sees_everything(crops: Crops, head: Angles) -> Angles:
    """x at the crop's left: the crop is the mirrored image."""
    return np.stack([crops[:, 18, 50], crops[:, 18, 10]], -1).astype(np.float32) * np.float32(-0.01)


def test_a_model_that_sees_the_point_finds_it(tmp_path: Path) -> None:
    result = point_test(load_point_eyes(write(tmp_path / "eyes.npz")), sees_everything)
    assert min(result.r2_x, result.r2_y) > 0.99
    assert max(result.median_quadratic, result.median_affine, result.median_9, result.median_40) < 12
    assert result.guess > 100


def test_a_model_that_knows_the_eyes_but_not_the_direction_gains_nothing(tmp_path: Path) -> None:
    """Points are left out whole: an answer that tells points apart without any order among them cannot help."""
    eyes = load_point_eyes(write(tmp_path / "eyes.npz"))
    answer = np.random.default_rng(5).normal(0, 0.2, (12, 2))[eyes.points.number]
    result = point_result(eyes.points, answer)
    assert max(result.r2_x, result.r2_y) < 0.4
    assert result.median_affine > 0.7 * result.guess


def test_the_corners_fill_27_of_the_crops_37_mm(tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", image=np.tile(np.arange(100, dtype=np.uint8), (1, 50, 1)), point_px=[[1, 2]])
    row = load_point_eyes(tmp_path / "one.npz").crops[0, 18].astype(int)
    assert np.all(np.diff(row) <= 0)  # mirrored
    assert (np.diff(row) < 0).sum() == pytest.approx(44, abs=1)


def test_the_crop_grows_with_the_scale(tmp_path: Path) -> None:
    assert load_point_eyes(write(tmp_path / "eyes.npz"), scale=2).crops.shape[1:] == (72, 120)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"not an archive"),
        lambda path: np.savez(path, image=np.zeros((3, 50, 100), np.uint8)),
        lambda path: np.savez(path, image=np.zeros((3, 50, 100), np.uint8), point_px=np.zeros((2, 2))),
        lambda path: np.savez(path, image=np.zeros((3, 50, 100)), point_px=np.zeros((3, 2))),
        lambda path: np.savez(path, image=np.array([{"a": 1}], object), point_px=np.zeros((1, 2))),
        lambda path: np.savez(path, image=np.zeros((3, 100, 50), np.uint8), point_px=np.zeros((3, 2))),
        lambda path: np.savez(path, image=np.zeros((3, 50, 100), np.uint8), point_px=np.full((3, 2), np.nan)),
        lambda path: path.unlink(missing_ok=True),
    ],
)
def test_a_file_that_is_none_is_told_in_one_sentence(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    path = tmp_path / "eyes.npz"
    damage(path)
    with pytest.raises(UserError, match="webcam eyes"):
        load_point_eyes(path)
