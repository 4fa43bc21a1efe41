import numpy as np
import pytest

from gaze_demo.estimate import EyeCondition
from gaze_demo.model.verdict import both_closed, judge
from gaze_demo.observation import EyeObservation, Reason

CLEAR = {"iris_visible": 0.7, "openness": 0.7, "blur": 0.25, "glare": 0.01, "cover": 0.01}


def eye(reason: Reason = Reason.NONE, width_px: float = 30.0, openness: float = 0.3) -> EyeObservation:
    return EyeObservation("left", np.array([30.0, 0, 600]), openness, False, width_px, 100.0, reason)


def verdict(seen: EyeObservation, **condition: float) -> Reason:
    return judge(seen, None, EyeCondition(**{**CLEAR, **condition}), np.diag([0.01, 0.01]))


def test_a_clear_eye_is_read_whatever_the_landmarks_believe_of_its_lids() -> None:
    assert verdict(eye()) is Reason.NONE
    assert verdict(eye(Reason.EYE_CLOSED)) is Reason.NONE


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"iris_visible": 0.2}, Reason.EYE_CLOSED),
        ({"cover": 0.8}, Reason.COVERED),
        ({"glare": 0.2}, Reason.GLARE),
        ({"blur": 0.97}, Reason.TOO_BLURRED),
    ],
)
def test_what_hides_an_eye_is_its_reason(condition: dict[str, float], reason: Reason) -> None:
    assert verdict(eye(), **condition) is reason


def test_an_iris_that_is_hardly_seen_is_closed_only_where_the_landmarks_agree() -> None:
    assert verdict(eye(), iris_visible=0.3) is Reason.NONE
    assert verdict(eye(Reason.EYE_CLOSED), iris_visible=0.3) is Reason.EYE_CLOSED
    assert verdict(eye(Reason.EYE_CLOSED), iris_visible=0.36) is Reason.NONE


def test_small_eyes_are_not_blurred_for_want_of_pixels_and_larger_ones_out_of_focus_are() -> None:
    assert verdict(eye(width_px=12.0), blur=0.7) is Reason.NONE
    assert verdict(eye(width_px=30.0), blur=0.7) is Reason.TOO_BLURRED
    assert verdict(eye(width_px=90.0), blur=0.4) is Reason.NONE


def test_a_gaze_that_may_lie_anywhere_is_unsure() -> None:
    assert judge(eye(), None, EyeCondition(**CLEAR), np.diag([0.01, 0.1])) is Reason.UNSURE
    assert judge(eye(), None, None, None) is Reason.NONE


def test_the_eye_itself_comes_first() -> None:
    assert verdict(eye(Reason.TOO_DARK), cover=0.9) is Reason.TOO_DARK


@pytest.mark.parametrize(
    ("left", "right", "openness", "closed"),
    [
        (0.30, 0.23, 0.15, True),  # a blink in a film, whose lids the landmarks think half open
        (0.32, 0.30, 0.15, False),
        (0.10, 0.45, 0.3, False),  # a wink, or a patch over one eye
        (0.38, 0.39, 0.05, True),
        (0.41, 0.42, 0.09, False),  # somebody who looks down through narrow lids
        (0.6, 0.6, 0.05, False),
        (float("nan"), 0.1, 0.05, False),
    ],
)
def test_eyes_that_close_together_are_judged_together(left: float, right: float, openness: float, closed: bool) -> None:
    conditions = [EyeCondition(iris_visible=left), EyeCondition(iris_visible=right)]
    assert both_closed([eye(openness=openness)] * 2, conditions) is closed


def test_a_model_that_tells_of_no_condition_leaves_both_eyes_to_the_landmarks() -> None:
    assert not both_closed([eye(openness=0.01)] * 2, [])
