from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import psutil
import pytest

from app.calibration.fakes import SCREEN, Person
from gaze_demo.calibration.sitting import Dot, Sitting, Timing
from gaze_demo.calibration.targets import PursuitPath, layout_targets, validation_targets
from gaze_demo.observation import Reason


def run(sitting: Sitting, reason: Callable[[float, Dot], Reason] = lambda *_: Reason.NONE) -> list[tuple[float, Dot]]:
    """The sitting at 30 frames per second with a person who looks at the dot; what was drawn and when."""
    person, drawn, now_s = Person(), [], 0.0
    dot = sitting.advance(now_s)
    while dot is not None:
        assert now_s < 200
        drawn.append((now_s, dot))
        sitting.add(person.observe(np.array([dot.x_px, dot.y_px]), now_s, reason=reason(now_s, dot)))
        now_s += 1 / 30
        dot = sitting.advance(now_s)
    return drawn


def nine_points() -> Sitting:
    return Sitting(layout_targets(9, SCREEN, 0), validation_targets(SCREEN, 0))


def test_nine_points_take_less_than_thirty_seconds() -> None:
    drawn = run(nine_points())
    assert max(now_s for now_s, dot in drawn if dot.kind == "fit") < 30
    assert drawn[-1][0] < 60  # with the validation


def test_every_target_is_shown_then_shrinks_and_gives_a_fixation() -> None:
    sitting = nine_points()
    drawn = run(sitting)
    assert sitting.done
    assert [f.kind for f in sitting.fixations] == ["fit"] * 9 + ["validation"] * 5
    assert {f.target for f in sitting.fixations if f.kind == "fit"} == set(range(9))
    first = [dot for _, dot in drawn if dot.kind == "fit" and dot.number == 1]
    assert [dot.phase for dot in first] == sorted((dot.phase for dot in first), key=["travel", "settle", "look"].index)
    sizes = [dot.size for dot in first]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.1


def test_no_sample_is_from_before_the_eyes_could_arrive() -> None:
    sitting = nine_points()
    shown: dict[tuple[float, float], float] = {}
    for now_s, dot in run(sitting):
        if dot.phase != "travel":
            shown.setdefault((dot.x_px, dot.y_px), now_s)
    for fixation in sitting.fixations:
        for sample in fixation.samples:
            onset_s = shown[tuple(sample.point_px)]
            assert sample.observation.frame.time_s - onset_s > 0.45


def test_a_bad_point_repeats_by_itself_with_a_hint() -> None:
    sitting = nine_points()
    drawn = run(sitting, lambda now_s, _: Reason.EYE_CLOSED if now_s < 2.5 else Reason.NONE)
    assert len(sitting.fixations) == 14
    assert not sitting.skipped
    assert {dot.number for _, dot in drawn if "closed" in dot.hint} == {1}


def test_a_point_that_stays_bad_is_left_out_and_named() -> None:
    sitting = nine_points()
    run(sitting, lambda _, dot: Reason.NO_FACE if (dot.kind, dot.number) == ("fit", 3) else Reason.NONE)
    assert len([f for f in sitting.fixations if f.kind == "fit"]) == 8
    assert [(s.kind, s.reason) for s in sitting.skipped] == [("fit", "Your face was out of the picture")]


def test_a_validation_point_without_a_gaze_counts_as_lost() -> None:
    sitting = nine_points()
    run(sitting, lambda _, dot: Reason.NO_FACE if (dot.kind, dot.number) == ("validation", 2) else Reason.NONE)
    validation = [f for f in sitting.fixations if f.kind == "validation"]
    assert len(validation) == 5
    assert [len(f.samples) for f in validation].count(0) == 1
    assert all(f.frames > 20 for f in validation)


def test_frames_that_are_still_worked_on_are_waited_for() -> None:
    targets = layout_targets(1, SCREEN, 0)
    sitting = Sitting(targets, [], Timing(travel_s=0.0, settle_s=0.0, look_s=0.5, grace_s=0.4))
    person, late_s = Person(), 0.3
    for i in range(40):
        sitting.advance(i / 30)
        sitting.add(person.observe(targets[0].point_px, i / 30 - late_s))
    assert sitting.done
    assert sitting.fixations[0].frames == 15


def test_a_camera_that_gives_nothing_ends_in_targets_left_out_not_in_waiting() -> None:
    sitting = Sitting(layout_targets(1, SCREEN, 0), [])
    now_s = 0.0
    while sitting.advance(now_s) is not None:
        now_s += 0.05
        assert now_s < 10
    assert [s.reason for s in sitting.skipped] == ["The camera gave no picture"]


def test_pursuit_gives_a_fixation_for_each_part_of_the_path() -> None:
    path = PursuitPath(SCREEN, duration_s=12.0, segments=8)
    sitting = Sitting(path, [])
    run(sitting)
    assert [f.target for f in sitting.fixations] == list(range(8))
    for sample in (sample for fixation in sitting.fixations for sample in fixation.samples):
        assert SCREEN.contains(sample.point_px)


@pytest.mark.parametrize("away", [False, True], ids=["face in sight", "face away"])
def test_a_pursuit_holds_little_memory(away: bool) -> None:
    person, now_s = Person(), 0.0
    sitting = Sitting(PursuitPath(SCREEN), [], Timing(repeats=0))
    before, most = psutil.Process().memory_info().rss, 0
    dot = sitting.advance(now_s)
    while dot is not None:  # 24 s at 30 frames per second, 2 GB of pictures
        seen = person.observe(np.array([dot.x_px, dot.y_px]), now_s)
        frame = replace(seen.frame, image=np.full((720, 1280, 3), 90, np.uint8))
        nothing = {"landmarks": None, "pose": None, "left": None, "right": None, "reason": Reason.NO_FACE}
        sitting.add(replace(seen, frame=frame, **(nothing if away else {})))
        most = max(most, psutil.Process().memory_info().rss)
        now_s += 1 / 30
        dot = sitting.advance(now_s)
    assert most - before < 80e6
    assert len(sitting.fixations) == (0 if away else 12)


def test_a_sitting_needs_a_target() -> None:
    with pytest.raises(ValueError, match="target"):
        Sitting([], [])


def test_a_slow_camera_gets_more_time_for_a_look() -> None:
    targets = layout_targets(1, SCREEN, 0)
    sitting, person, now_s = Sitting(targets, []), Person(), 0.0
    while sitting.advance(now_s) is not None:
        sitting.add(person.observe(targets[0].point_px, now_s))
        now_s += 1 / 5
    assert not sitting.skipped
    assert 10 <= len(sitting.fixations[0].samples) <= 14
    assert now_s < 4.5
