"""The photo renderer, on the portrait that the app ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.geometry import FORWARD, angle_between, normalised
from gaze_demo.landmarks.search import FaceSearch
from gaze_training.data.aperture import lid_lines
from gaze_training.data.data_config import DataConfig
from gaze_training.data.own_eye import BallPose, paint_own_eye
from gaze_training.data.photo import photo_renderer, render_photo
from gaze_training.data.photo_face import PhotoFace, load_photo_face

BALLS = pytest.mark.parametrize("turned_eyes", [False, True], ids=["ray traced", "its own, turned"])


@pytest.fixture(scope="module")
def face() -> PhotoFace:
    with FaceSearch(video=False, blendshapes=False) as search:
        loaded = load_photo_face(search, paths.assets() / "portrait.jpg", "nasa", "collins")
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
    assert np.corrcoef(table[:, 0], table[:, 2])[0, 1] > 0.85
    assert np.corrcoef(table[:, 1], table[:, 3])[0, 1] > 0.8


@BALLS
def test_the_iris_is_dark_where_the_label_says(face: PhotoFace, turned_eyes: bool) -> None:
    darker = 0
    for seed in range(30):
        eye = render_photo(np.random.default_rng(seed), face, turned_eyes=turned_eyes).eyes[0]
        x, y = eye.iris_px.astype(int)
        row = eye.linear[y, int(eye.corners_px[0, 0]) + 5 : int(eye.corners_px[1, 0]) - 5].mean(-1)
        darker += eye.linear[y - 1 : y + 2, x - 1 : x + 2].mean() < np.median(row)
    assert darker > 22  # hidden by a lid, or a glint on it, now and then


def test_own_eyes_turn_with_the_head(face: PhotoFace) -> None:
    rendered = render_photo(np.random.default_rng(5), face, own_eyes=True)
    for eye, patch in zip(rendered.eyes, face.eyes, strict=True):
        before = face.pose.rotation.T @ -normalised(patch.centre_mm)
        assert angle_between(rendered.head_rotation.T @ eye.gaze, before) < 1e-9


def test_an_eyeball_turned_by_nothing_is_the_photographs(face: PhotoFace) -> None:
    patch = face.eyes[0]
    ball = BallPose(np.append((patch.iris - [102, 84]) / 3.75, -2.5) + [0, 0, 11.0], FORWARD, np.array([0, -1.0, 0]))
    lids = lid_lines(patch.upper, patch.lower)
    colour, cover = paint_own_eye(np.random.default_rng(0), patch.own_eye, patch.linear, lids, ball, ball)
    clean = (cover > 0.99) & (patch.own_eye.seen > 0.99)
    assert clean.sum() > 500
    apart = np.abs(colour - patch.own_eye.linear).mean(-1)[clean]
    assert np.median(apart) < 0.005  # but for a reflection drawn anew


def test_what_the_lids_hid_is_filled(face: PhotoFace) -> None:
    for seed in range(20):
        rendered = render_photo(np.random.default_rng(seed), face, turned_eyes=True)
        for eye in rendered.eyes:
            assert np.isfinite(eye.linear).all()
            assert eye.linear.min() >= 0


def test_builds_differ_as_peoples_eyes_do(face: PhotoFace) -> None:
    def widths(spread: float) -> list[float]:
        seen = [render_photo(np.random.default_rng(s), face, build_spread=spread).eyes[0] for s in range(40)]
        return [float(np.ptp(eye.corners_px[:, 0])) for eye in seen]

    assert np.std(widths(1.0)) > np.std(widths(0.0))


def test_the_same_seed_draws_the_same_face(face: PhotoFace) -> None:
    first, second = (render_photo(np.random.default_rng(9), face) for _ in range(2))
    np.testing.assert_array_equal(first.eyes[1].linear, second.eyes[1].linear)
    np.testing.assert_array_equal(first.eyes[1].gaze, second.eyes[1].gaze)


def test_a_folder_without_faces_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no photograph with a face"):
        photo_renderer(DataConfig(renderer="photo", source=str(tmp_path), people="all"))
