"""The procedural renderer: labels and pictures agree."""

from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.geometry import normalised
from gaze_training.data.procedural import render_procedural
from gaze_training.data.rendered import RenderedFace
from gaze_training.data.skin import Skin, draw_skin


@pytest.fixture(scope="module")
def skin() -> Skin:
    return draw_skin(np.random.default_rng(1))


@pytest.fixture(scope="module")
def faces(skin: Skin) -> list[RenderedFace]:
    return [render_procedural(np.random.default_rng(seed), skin) for seed in range(32)]


def test_the_same_numbers_give_the_same_face(skin: Skin, faces: list[RenderedFace]) -> None:
    again = render_procedural(np.random.default_rng(7), skin)
    for first, second in zip(faces[7].eyes, again.eyes, strict=True):
        np.testing.assert_array_equal(first.linear, second.linear)


def test_pictures_are_finite_light_of_every_level(faces: list[RenderedFace]) -> None:
    for face in faces:
        for eye in face.eyes:
            assert np.isfinite(eye.linear).all()
            assert eye.linear.min() >= 0
            assert eye.linear.std() > 0.002


def test_both_eyes_meet_at_one_point_before_the_face(faces: list[RenderedFace]) -> None:
    for face in faces:
        left, right = face.eyes
        across = left.centre_mm - right.centre_mm
        assert abs(normalised(across) @ normalised(np.cross(left.gaze, right.gaze))) < 1e-6
        assert across[0] > 0
        assert (left.gaze - right.gaze) @ across < 0


@pytest.mark.parametrize("side", [0, 1])
def test_the_iris_goes_where_the_gaze_goes(faces: list[RenderedFace], side: int) -> None:
    rows = []
    for face in faces:
        eye = face.eyes[side]
        in_view = eye.rotation @ (eye.gaze - face.head_rotation @ [0, 0, -1.0])
        rows.append((*in_view[:2], *(eye.iris_px - eye.corners_px.mean(0))))
    table = np.array(rows)
    assert np.corrcoef(table[:, 0], table[:, 2])[0, 1] > 0.9
    assert np.corrcoef(table[:, 1], table[:, 3])[0, 1] > 0.9


def test_the_iris_is_dark_where_the_label_says(faces: list[RenderedFace]) -> None:
    darker = []
    for face in faces:
        for eye in face.eyes:
            if eye.openness < 0.2:
                continue
            x, y = eye.iris_px.astype(int)
            left, right = np.clip(eye.corners_px[:, 0].astype(int) + [5, -5], 0, eye.linear.shape[1])
            row = eye.linear[np.clip(y, 0, eye.linear.shape[0] - 1), left:right].mean(-1)
            darker.append(np.median(eye.linear[y - 4 : y + 5, x - 4 : x + 5].mean(-1)) < np.median(row))
    assert len(darker) > 30
    assert np.mean(darker) > 0.8  # a lid, a reflection or glasses now and then


def test_eyes_close_as_they_look_down(faces: list[RenderedFace]) -> None:
    pitch = [(face.head_rotation.T @ eye.gaze)[1] for face in faces for eye in face.eyes]  # y down
    opening = [eye.openness for face in faces for eye in face.eyes]
    assert np.corrcoef(pitch, opening)[0, 1] < -0.4
