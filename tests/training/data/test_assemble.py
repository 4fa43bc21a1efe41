"""From a rendered face to a sample: labels follow the app's own normalisation, whatever the landmark error."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaze_demo.geometry import angle_between, mirror_vector, pitch_yaw_to_vector, rotation_from_angles
from gaze_demo.normalisation.normalise import CropGeometry, normalising_rotation
from gaze_training.data import assemble as assembling
from gaze_training.data.assemble import BLUR_PX, CROP, assemble
from gaze_training.data.degrade import CameraDraw
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
        eyes.append(RenderedEye(linear, rotation, centre, gaze, corners, np.array([x, y]), 0.3, 0.8, 0.1, 0.2))
    return RenderedFace((eyes[0], eyes[1]), _PATCH, head, 100.0, "drawn")


@pytest.mark.parametrize("seed", range(5))
def test_gaze_is_the_camera_frames_gaze_rotated_by_r_alone(seed: int) -> None:
    sample = assemble(np.random.default_rng(seed), _face())
    truth = pitch_yaw_to_vector((np.radians(8), np.radians(12)))
    left = sample.rotation[0, 0].T @ pitch_yaw_to_vector(sample.gaze[0, 0])
    right = sample.rotation[0, 1].T @ mirror_vector(pitch_yaw_to_vector(sample.gaze[0, 1]))
    assert angle_between(left, truth) < 1e-6
    assert angle_between(right, truth) < 1e-6


def test_crops_have_the_live_size_and_the_right_eye_is_mirrored() -> None:
    sample = assemble(np.random.default_rng(1), _face(dot_mm=6.0))
    assert sample.crops.shape == (1, 2, CROP.height, CROP.width)
    assert sample.iris_px[0, 0, 0] > CROP.width / 2 + 4
    assert sample.iris_px[0, 1, 0] < CROP.width / 2 - 4
    for crop, iris in zip(sample.crops[0], sample.iris_px[0], strict=True):
        x, y = iris.astype(int)
        assert crop[y - 1 : y + 2, x - 1 : x + 2].mean() < np.median(crop) - 5


def test_the_measured_head_is_near_the_true_one_but_not_it() -> None:
    heads = np.array([assemble(np.random.default_rng(s), _face()).head[0, 0] for s in range(60)])
    spread = np.degrees(heads.std(0))
    assert ((spread > 0.8) & (spread < 4.0)).all()
    assert np.degrees(heads.mean(0)) == pytest.approx(np.degrees([0.1, -0.2]), abs=4.0)


def test_what_can_be_seen_of_the_eyes_is_told_as_the_renderer_drew_it() -> None:
    sample = assemble(np.random.default_rng(0), _face())
    for name, value in (("openness", 0.3), ("iris_visible", 0.8), ("glare", 0.1), ("cover", 0.2)):
        np.testing.assert_allclose(getattr(sample, name), value, rtol=1e-6)
    assert sample.valid.all()


def test_an_eye_whose_iris_is_hidden_is_not_valid_but_known() -> None:
    face = _face()
    hidden = replace(face, eyes=(replace(face.eyes[0], iris_visible=0.1), face.eyes[1]))
    sample = assemble(np.random.default_rng(0), hidden)
    assert sample.valid.tolist() == [[False, True]]
    assert sample.iris_visible[0, 0] == pytest.approx(0.1)


def test_the_blur_of_the_crop_grows_with_the_lenss(monkeypatch: pytest.MonkeyPatch) -> None:
    def blur(defocus_px: float) -> float:
        monkeypatch.setattr(assembling, "draw_camera", lambda *_: CameraDraw(30.0, False, defocus_px))
        return float(assemble(np.random.default_rng(2), _face()).blur.mean())

    crop_px = 104 * CROP.focal_px / _PATCH.focal_px / 30.0  # of one px of a camera that shows an eye with 30 px
    assert blur(2.0) == pytest.approx(np.hypot(2.0, 0.4) * crop_px / BLUR_PX, rel=0.15)
    assert blur(20.0) == 1.0


def test_without_an_outside_teacher_its_label_is_unknown() -> None:
    assert np.isnan(assemble(np.random.default_rng(0), _face()).outside).all()
