from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.drawn_face import observation
from gaze_demo.blink import BlinkWatch
from gaze_demo.estimate import EyeCondition, GazeEstimate
from gaze_demo.observation import Observation, Reason

NAN = float("nan")


def frame(index: int, lids: tuple[float, float], rate: float = 30.0) -> Observation:
    seen = observation()
    assert seen.left is not None
    assert seen.right is not None
    return replace(
        seen,
        frame=replace(seen.frame, index=index, time_s=index / rate),
        left=replace(seen.left, openness=lids[0]),
        right=replace(seen.right, openness=lids[1]),
    )


def estimate(irises: tuple[float, float] = (NAN, NAN), *, closed: bool = False) -> GazeEstimate:
    gaze = None if closed else np.array([0.0, 0.0, -1.0])
    told = [EyeCondition(iris_visible=iris) for iris in irises]
    reason = Reason.EYE_CLOSED if closed else Reason.NONE
    return GazeEstimate("m", gaze, gaze, gaze, None, reason, 0.0, 0.0, left_condition=told[0], right_condition=told[1])


def reasons(
    lids: list[float] | list[tuple[float, float]], irises: list[float] | list[tuple[float, float]] | None = None
) -> list[Reason]:
    """Of frames at 30 a second; without irises the model does not tell them, and lids below 0.09 are closed."""
    watch, found = BlinkWatch(), []
    for i, one in enumerate(lids):
        pair = one if isinstance(one, tuple) else (one, one)
        iris = irises[i] if irises else NAN
        told = estimate(iris if isinstance(iris, tuple) else (iris, iris), closed=irises is None and max(pair) < 0.09)
        found.append(watch.judged(frame(i, pair), told).reason)
    return found


def around(found: list[Reason]) -> list[int]:
    return [i for i, reason in enumerate(found) if reason is not Reason.NONE]


def test_frames_from_the_fall_of_the_lids_until_shortly_after_they_rose_have_no_gaze() -> None:
    found = reasons([0.3] * 10 + [0.18, 0.08, 0.04, 0.12, 0.25] + [0.3] * 10)
    assert found[10] is Reason.LIDS_MOVING
    assert found[11] is found[12] is Reason.EYE_CLOSED
    assert around(found)[0] == 10
    assert {10, 11, 12, 13, 14} <= set(around(found))
    assert max(around(found)) <= 17


def test_irises_that_vanish_from_one_frame_to_the_next_are_a_blink_although_lids_seem_open() -> None:
    """As a blink in a film of a real person at low resolution: the landmarks hardly see it."""
    irises = [(0.76, 0.72)] * 10 + [(0.21, 0.38), (0.24, 0.36)] + [(0.7, 0.7)] * 10
    found = reasons([(0.32, 0.32)] * 10 + [(0.22, 0.24), (0.21, 0.23)] + [(0.31, 0.31)] * 10, irises)
    assert found[10] is found[11] is Reason.EYE_CLOSED
    assert around(found) in ([10, 11, 12, 13], [10, 11, 12, 13, 14])


def test_who_looks_down_does_not_blink() -> None:
    lids = [0.3] * 10 + [0.27, 0.24, 0.22, 0.21, 0.2] + [0.2] * 30
    assert around(reasons(lids)) == []
    assert around(reasons(lids, [0.75] * 10 + [0.6, 0.5, 0.45, 0.43, 0.42] + [0.42] * 30)) == []


def test_who_looks_down_very_far_is_seen_again_after_the_time_of_a_blink() -> None:
    found = around(reasons([0.3] * 10 + [0.2] * 30, [0.8] * 10 + [0.4] * 30))
    assert found[0] == 10
    assert max(found) <= 10 + 0.45 * 30


def test_a_wink_and_an_eye_that_is_always_closed_are_no_blinks() -> None:
    assert around(reasons([(0.3, 0.3)] * 5 + [(0.05, 0.3)] * 5 + [(0.3, 0.3)] * 5)) == []
    assert around(reasons([(0.3, 0.02)] * 30)) == []
    irises = [(0.75, 0.75)] * 5 + [(0.05, 0.75)] * 5 + [(0.75, 0.75)] * 5
    assert around(reasons([(0.3, 0.3)] * 15, irises)) == []


def test_a_jump_in_time_starts_again_and_images_of_one_time_stand_for_themselves() -> None:
    watch = BlinkWatch()
    for seen in (frame(0, (0.3, 0.3)), frame(300, (0.15, 0.15))):
        assert watch.judged(seen, estimate()).reason is Reason.NONE
    still = BlinkWatch()
    for lids, iris in ((0.3, 0.8), (0.1, 0.4)):
        seen = replace(frame(0, (lids, lids)), frame=replace(frame(0, (0.3, 0.3)).frame, time_s=0.0))
        assert still.judged(seen, estimate((iris, iris))).reason is Reason.NONE


def test_what_takes_the_gaze_takes_that_of_each_eye_too() -> None:
    watch = BlinkWatch()
    watch.judged(frame(0, (0.3, 0.3)), estimate())
    judged = watch.judged(frame(1, (0.15, 0.15)), estimate())
    assert judged.gaze is judged.left is judged.right is None
    assert judged.left_reason is judged.right_reason is judged.reason is Reason.LIDS_MOVING
