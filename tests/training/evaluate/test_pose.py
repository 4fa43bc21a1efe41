import numpy as np
import pytest

from gaze_training.evaluate.pose import pose_test
from gaze_training.evaluate.predict import Angles, Crops, along_the_head, into_the_lens
from training.evaluate.made_lens_faces import lens_faces


def leaning(crops: Crops, head: Angles) -> Angles:
    return np.asarray(head * np.array([0.4, -0.1]), np.float32)


def test_how_far_answers_lean_on_the_measured_head() -> None:
    rows = pose_test(lens_faces(), leaning)
    assert [row.group for row in rows] == ["town", "village", "all"]
    for row in rows:
        assert (row.lean_pitch, row.lean_yaw) == pytest.approx((0.4, -0.1), abs=1e-4)


def test_a_model_that_follows_the_heads_pitch_errs_less_where_all_heads_are_level() -> None:
    faces = lens_faces()
    row = pose_test(faces, along_the_head)[-1]
    assert row.head_pitch_spread == pytest.approx(float(np.degrees(faces.head[..., 0].mean(1).std())), rel=1e-5)
    assert row.error_level < row.error - 2
    still = pose_test(faces, into_the_lens)[-1]
    assert still.error_level == pytest.approx(still.error)
    assert (still.lean_pitch, still.lean_yaw) == (0, 0)
