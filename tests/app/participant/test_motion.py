"""How the participant moves: eyes jump and pursue, the head sways within bounds, lids blink."""

from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.geometry import angle_between
from gaze_demo.participant.motion import Blinks, GazeFollower, HeadSway
from gaze_demo.participant.path import ScreenPath

EYES = np.array([0.0, 0.0, 600.0])
STEP_S = 0.002


@pytest.mark.parametrize(("degrees", "least_s", "most_s"), [(4, 0.02, 0.05), (15, 0.04, 0.08), (30, 0.07, 0.11)])
def test_a_jump_is_followed_by_a_saccade_of_the_main_sequence(degrees: float, least_s: float, most_s: float) -> None:
    follower = GazeFollower(np.zeros(3))
    target = np.array([600 * np.tan(np.radians(degrees)), 0.0, 0.0])
    for _ in range(100):
        follower.step(np.zeros(3), EYES, STEP_S)
    passed, speeds, before = 0.0, [], follower.point_mm
    while np.linalg.norm(follower.step(target, EYES, STEP_S) - target) > 0.05:
        speeds.append(np.degrees(angle_between(before - EYES, follower.point_mm - EYES)) / STEP_S)
        before = follower.point_mm
        passed += STEP_S
    assert least_s < passed < most_s
    assert np.max(speeds) > 1.4 * degrees / passed  # faster in the middle


def test_a_gliding_target_is_pursued_without_jumps() -> None:
    follower, time_s, before = GazeFollower(np.zeros(3)), 0.0, np.zeros(3)
    for _ in range(1000):
        time_s += STEP_S
        target = np.array([100 * np.sin(time_s), 0.0, 0.0])
        point = follower.step(target, EYES, STEP_S)
        assert np.linalg.norm(point - before) < 0.5
        before = point
    assert np.linalg.norm(before - target) < 6


def test_the_head_starts_at_rest_and_stays_within_bounds() -> None:
    sway = HeadSway(2)
    assert sway.at(0.0).turn == (0, 0, 0)
    moves = [sway.at(time_s) for time_s in np.arange(0, 120, 0.1)]
    turns, shifts = np.degrees([m.turn for m in moves]), np.array([m.shift_mm for m in moves])
    assert (np.abs(turns).max(0) < [6, 9, 3]).all()
    assert (np.abs(turns).max(0) > [2, 4, 1]).all()
    assert (np.abs(shifts).max(0) < [25, 10, 30]).all()
    assert np.abs(np.diff(turns, axis=0)).max() < 1.5


def test_blinks_close_fully_and_last_a_quarter_of_a_second() -> None:
    blinks = Blinks(0)
    closures = np.array([blinks.closure(time_s) for time_s in np.arange(0, 120, 0.005)])
    starts = np.flatnonzero((closures[1:] > 0) & (closures[:-1] == 0))
    assert 120 / 7 < len(starts) < 120 / 2
    assert closures.max() == pytest.approx(1)
    assert (closures > 0).sum() * 0.005 / len(starts) == pytest.approx(0.26, abs=0.02)


def test_the_path_covers_the_screen_and_repeats_by_seed() -> None:
    times = np.arange(0, 60, 0.05)
    points = np.array([ScreenPath(1).at(time_s) for time_s in times])
    assert (points > 0).all()
    assert (points < 1).all()
    counts, _, _ = np.histogram2d(points[:, 0], points[:, 1], bins=3, range=[[0, 1], [0, 1]])
    assert counts.min() > 20
    assert np.array_equal(points, [ScreenPath(1).at(time_s) for time_s in times])
    assert not np.array_equal(points[100], ScreenPath(2).at(times[100]))


def test_the_path_has_fixations_and_pursuit() -> None:
    points = np.array([ScreenPath(1).at(time_s) for time_s in np.arange(0, 60, 1 / 30)])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert (steps == 0).mean() > 0.4
    assert ((steps > 0) & (steps < 0.1)).mean() > 0.3
