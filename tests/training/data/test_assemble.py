"""From a rendered face to a sample: labels follow the app's own normalisation, whatever the landmark error."""

from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.geometry import angle_between, mirror_vector, pitch_yaw_to_vector, rotation_from_angles
from gaze_demo.normalisation.normalise import CropGeometry, normalising_rotation
from gaze_training.data.assemble import CROP, assemble
from gaze_training.data.rendered import RenderedEye, RenderedFace

_PATCH = CropGeometry(width=204, height=168, focal_px=2250)


def _face(dot_mm: float = 0.0) -> RenderedFace:
    """Grey patches with a dark dot `dot_mm` to the image's right of each eye's centre; both look 12 deg left, 8 up."""
    head = rotation_from_angles(0.1, -0.2, 0.05)
    gaze = pitch_yaw_to_vector((np.radians(8), np.radians(12)))
    eyes = []
    for side in (1, -1):
        centre = np.array([0.0, 0.0, 600.0]) + head @ np.array([side * 31.0, 0.0, 0.0])
        linear = np.full((_PATCH.height, _PATCH.width, 3), 0.4, np.float32)
        x, y = _PATCH.width / 2 + dot_mm * 3.75, _PATCH.height / 2
        yy, xx = np.mgrid[: _PATCH.height, : _PATCH.width] + 0.5
        linear[(xx - x) ** 2 + (yy - y) ** 2 < 14**2] = 0.02
        corners = np.array([[50.0, 84.0], [154.0, 84.0]])
        rotation = normalising_rotation(centre, head)
        eyes.append(RenderedEye(linear, rotation, centre, gaze, corners, np.array([x, y]), 0.3))
    return RenderedFace((eyes[0], eyes[1]), _PATCH, head, 100.0, "drawn")


@pytest.mark.parametrize("seed", range(5))
def test_gaze_is_the_camera_frames_gaze_rotated_by_r_alone(seed: int) -> None:
    sample = assemble(np.random.default_rng(seed), _face())
    truth = pitch_yaw_to_vector((np.radians(8), np.radians(12)))
    left = sample.rotation[0].T @ pitch_yaw_to_vector(sample.gaze[0])
    right = sample.rotation[1].T @ mirror_vector(pitch_yaw_to_vector(sample.gaze[1]))
    assert angle_between(left, truth) < 1e-9
    assert angle_between(right, truth) < 1e-9


def test_crops_have_the_live_size_and_the_right_eye_is_mirrored() -> None:
    sample = assemble(np.random.default_rng(1), _face(dot_mm=6.0))
    assert sample.crops.shape == (2, CROP.height, CROP.width)
    assert sample.iris_px[0, 0] > CROP.width / 2 + 4
    assert sample.iris_px[1, 0] < CROP.width / 2 - 4
    for crop, iris in zip(sample.crops, sample.iris_px, strict=True):
        x, y = iris.astype(int)
        assert crop[y - 1 : y + 2, x - 1 : x + 2].mean() < np.median(crop) - 5


def test_the_measured_head_is_near_the_true_one_but_not_it() -> None:
    heads = np.array([assemble(np.random.default_rng(s), _face()).head[0] for s in range(60)])
    spread = np.degrees(heads.std(0))
    assert ((spread > 0.8) & (spread < 4.0)).all()
    assert np.degrees(heads.mean(0)) == pytest.approx(np.degrees([0.1, -0.2]), abs=4.0)


def test_without_an_outside_teacher_its_label_is_unknown() -> None:
    assert np.isnan(assemble(np.random.default_rng(0), _face()).outside).all()
