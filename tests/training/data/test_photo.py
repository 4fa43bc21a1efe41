"""The photo renderer, on the portrait that the app ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.geometry import angle_between, normalised
from gaze_demo.landmarks.face import FaceLandmarker
from gaze_training.data.photo import photo_renderer, render_photo
from gaze_training.data.photo_face import PhotoFace, load_photo_face


@pytest.fixture(scope="module")
def face() -> PhotoFace:
    with FaceLandmarker(video=False, blendshapes=False) as landmarker:
        loaded = load_photo_face(landmarker, paths.assets() / "portrait.jpg", "nasa", "collins")
    assert loaded is not None
    return loaded


def test_both_eyes_look_at_one_point(face: PhotoFace) -> None:
    rendered = render_photo(np.random.default_rng(3), face)
    left, right = rendered.eyes
    across = left.centre_mm - right.centre_mm
    normal = np.cross(left.gaze, right.gaze)
    assert abs(normalised(across) @ normalised(normal)) < 1e-6  # the two rays lie in one plane
    assert across[0] > 0
    assert left.gaze[0] < right.gaze[0]  # and meet in front of the face


def test_iris_goes_where_the_gaze_goes(face: PhotoFace) -> None:
    rows = []
    for seed in range(40):
        rendered = render_photo(np.random.default_rng(seed), face)
        for eye in rendered.eyes:
            in_head = rendered.head_rotation.T @ eye.gaze
            offset = eye.iris_px - eye.corners_px.mean(0)
            rows.append((*in_head[:2], *offset))
    table = np.array(rows)
    assert np.corrcoef(table[:, 0], table[:, 2])[0, 1] > 0.9
    assert np.corrcoef(table[:, 1], table[:, 3])[0, 1] > 0.8


def test_the_iris_is_dark_where_the_label_says(face: PhotoFace) -> None:
    darker = 0
    for seed in range(30):
        eye = render_photo(np.random.default_rng(seed), face).eyes[0]
        x, y = eye.iris_px.astype(int)
        row = eye.linear[y, int(eye.corners_px[0, 0]) + 5 : int(eye.corners_px[1, 0]) - 5].mean(-1)
        darker += eye.linear[y - 1 : y + 2, x - 1 : x + 2].mean() < np.median(row)
    assert darker > 22  # hidden by a lid, or a glint on it, now and then


def test_own_eyes_turn_with_the_head(face: PhotoFace) -> None:
    rendered = render_photo(np.random.default_rng(5), face, own_eyes=True)
    for eye, patch in zip(rendered.eyes, face.eyes, strict=True):
        before = face.pose.rotation.T @ -normalised(patch.centre_mm)
        assert angle_between(rendered.head_rotation.T @ eye.gaze, before) < 1e-9


def test_the_same_seed_draws_the_same_face(face: PhotoFace) -> None:
    first, second = (render_photo(np.random.default_rng(9), face) for _ in range(2))
    np.testing.assert_array_equal(first.eyes[1].linear, second.eyes[1].linear)
    np.testing.assert_array_equal(first.eyes[1].gaze, second.eyes[1].gaze)


def test_a_folder_without_faces_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no photograph with a face"):
        photo_renderer(tmp_path, 0.1, "all")
