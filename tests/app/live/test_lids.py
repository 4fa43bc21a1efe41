from __future__ import annotations

from dataclasses import replace

from app.drawn_face import observation
from gaze_demo.live.lids import LidGuard
from gaze_demo.observation import Observation, Reason


def frame(index: int, left: float, right: float) -> Observation:
    seen = observation()
    assert seen.left is not None
    assert seen.right is not None
    reason = Reason.EYE_CLOSED if max(left, right) < 0.09 else Reason.NONE
    return replace(
        seen,
        frame=replace(seen.frame, index=index, time_s=index / 30),
        left=replace(seen.left, openness=left),
        right=replace(seen.right, openness=right),
        reason=reason,
    )


def moving(openness: list[tuple[float, float]]) -> list[int]:
    """The frames, at 30 a second, that lie around a blink."""
    guard = LidGuard()
    return [i for i, (left, right) in enumerate(openness) if guard.moving(frame(i, left, right))]


def test_frames_from_the_fall_of_the_lids_until_shortly_after_they_rose_are_around_a_blink() -> None:
    lids = [0.3] * 10 + [0.18, 0.08, 0.04, 0.12, 0.25] + [0.3] * 10
    found = moving([(value, value) for value in lids])
    assert found[0] == 10
    assert {10, 11, 12, 13, 14} <= set(found)
    assert max(found) <= 17


def test_who_looks_down_does_not_blink() -> None:
    assert moving([(value, value) for value in [0.3] * 10 + [0.27, 0.24, 0.22, 0.21, 0.2] + [0.2] * 30]) == []


def test_a_wink_and_an_eye_that_is_always_closed_are_no_blinks() -> None:
    assert moving([(0.3, 0.3)] * 5 + [(0.05, 0.3)] * 5 + [(0.3, 0.3)] * 5) == []
    assert moving([(0.3, 0.02)] * 30) == []


def test_a_jump_in_time_starts_again() -> None:
    guard = LidGuard()
    assert not guard.moving(frame(0, 0.3, 0.3))
    assert not guard.moving(frame(300, 0.15, 0.15))
