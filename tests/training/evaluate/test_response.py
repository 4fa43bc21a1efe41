import numpy as np
import pytest

from gaze_training.data.renderers import RENDERERS
from gaze_training.data.sample import Faces
from gaze_training.evaluate.predict import into_the_lens
from gaze_training.evaluate.response import response_result, response_test


def faces(count: int = 400, renderer: str = "procedural") -> Faces:
    rng = np.random.default_rng(3)
    made = Faces.empty(count)
    made.valid[:] = True
    made.renderer[:] = RENDERERS[renderer].number
    made.head[:] = rng.normal(0, 0.25, made.head.shape)
    made.gaze[:] = rng.normal(0, 0.2, made.gaze.shape) + 0.5 * made.head
    return made


def test_gain_and_share_of_the_head_are_told_apart() -> None:
    """Gaze and head go together in the data, so a plain slope mixes them; the joint regression does not."""
    made = faces()
    answer = made.gaze * np.float32([0.7, 0.9]) + np.float32(0.2) * made.head + np.float32(np.radians([1, -2]))
    (row,) = response_result(made, answer)
    assert (row.pitch.gain, row.yaw.gain) == pytest.approx((0.7, 0.9), abs=1e-4)
    assert (row.pitch.per_head, row.yaw.per_head) == pytest.approx((0.2, 0.2), abs=1e-4)
    assert row.pitch.slope > 0.75


def test_the_truth_is_answered_without_error() -> None:
    made = faces()
    (row,) = response_result(made, made.gaze)
    assert max(row.error, row.error_eye, row.eyes_apart) < 1e-3
    assert (row.pitch.r2, row.yaw.r2) == pytest.approx((1, 1), abs=1e-6)
    assert all(true == pytest.approx(answer, abs=1e-3) for true, answer in row.yaw.curve)


def test_a_constant_answer_has_no_gain() -> None:
    (row,) = response_test(faces(), into_the_lens)
    assert (row.pitch.gain, row.yaw.gain, row.yaw.r2) == (0, 0, 0)


def test_each_renderer_has_its_row_and_unknown_eyes_are_left_out() -> None:
    made = Faces.concatenate([faces(100), faces(100, "photo"), faces(3, "head")])
    made.gaze[0] = np.nan
    made.valid[1, 0] = False
    answer = made.gaze.copy()
    answer[1, 0] = 7
    answer[2, 1] = np.nan
    rows = response_result(made, answer)
    assert [row.renderer for row in rows] == ["procedural", "photo"]  # three faces are too few to tell
    assert rows[0].error < 1e-3


def test_eyes_apart_counts_the_right_eye_unmirrored() -> None:
    made = faces()
    both_left = made.gaze + np.float32(np.radians([[0, 3], [0, -3]]))
    both_nasal = made.gaze + np.float32(np.radians([0, 3]))
    assert response_result(made, both_left)[0].eyes_apart == pytest.approx(0, abs=1e-3)
    assert response_result(made, both_nasal)[0].eyes_apart == pytest.approx(6, abs=1e-3)
