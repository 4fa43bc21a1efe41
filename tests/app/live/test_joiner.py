from __future__ import annotations

from typing import Any

from app.live.sights import seen_frame, shot, sight
from gaze_demo.live.joiner import MOST_WAITING, SampleJoiner
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Shot, Sight
from gaze_demo.pipeline import GazeSample, ModelGaze

A, B = PaneId.A, PaneId.B


class Joined:
    """A joiner, and the samples that it delivered."""

    def __init__(self) -> None:
        self.samples: list[GazeSample] = []
        self.joiner = SampleJoiner(make_gaze, self.samples.append)

    def shots(self, count: int, panes: tuple[PaneId, ...] = (A, B), first: int = 0) -> list[Shot]:
        shots = [shot(seen_frame(index)) for index in range(first, first + count)]
        for one in shots:
            self.joiner.add_shot(one, panes)
        return shots

    @property
    def told(self) -> list[tuple[int, list[str]]]:
        return [(sample.index, [e.model for e in sample.estimates]) for sample in self.samples]


def make_gaze(pane: PaneId, seen: Sight) -> ModelGaze:
    assert seen.estimate is not None
    return ModelGaze(seen.estimate)


def test_a_frame_comes_once_both_models_have_answered_it_in_the_order_of_the_panes() -> None:
    joined = Joined()
    (one,) = joined.shots(1)
    joined.joiner.add_sight(B, sight(of=one, model="right"))
    assert joined.told == []
    joined.joiner.add_sight(A, sight(of=one, model="left"))
    assert joined.told == [(0, ["left", "right"])]


def test_frames_that_a_slow_model_left_out_have_the_other_one_s_gaze() -> None:
    joined = Joined()
    shots = joined.shots(4)
    for one in shots:
        joined.joiner.add_sight(A, sight(of=one, model="quick"))
    joined.joiner.add_sight(B, sight(of=shots[0], model="slow"))
    joined.joiner.add_sight(B, sight(of=shots[3], model="slow"))
    assert joined.told == [(0, ["quick", "slow"]), (1, ["quick"]), (2, ["quick"]), (3, ["quick", "slow"])]


def test_frames_come_in_order_also_where_a_later_one_is_answered_first() -> None:
    joined = Joined()
    first, second = joined.shots(2)
    joined.joiner.add_sight(A, sight(of=second, model="a"))
    joined.joiner.add_sight(B, sight(of=first, model="b"))
    joined.joiner.add_sight(B, sight(of=second, model="b"))
    assert joined.told == [(0, ["b"]), (1, ["a", "b"])]


def test_frames_without_panes_or_models_come_without_gaze() -> None:
    joined = Joined()
    joined.shots(1, ())
    (one,) = joined.shots(1, (A,), first=1)
    joined.joiner.add_sight(A, Sight(one, None, sight().filtered))
    assert joined.told == [(0, []), (1, [])]


def test_a_model_that_hangs_holds_back_a_second_of_frames_and_no_more() -> None:
    joined = Joined()
    joined.shots(MOST_WAITING + 5)
    assert [index for index, _ in joined.told] == list(range(5))


def test_a_frame_that_is_looked_at_again_and_frames_of_another_source_are_left_out() -> None:
    joined = Joined()
    joined.shots(1, ())
    joined.shots(1, ())
    other: dict[str, Any] = {"source": 2}
    joined.joiner.add_shot(shot(seen_frame(7), **other), ())
    assert joined.told == [(0, [])]


def test_the_same_model_in_both_panes_counts_once() -> None:
    joined = Joined()
    (one,) = joined.shots(1)
    for pane in PaneId:
        joined.joiner.add_sight(pane, sight(of=one, model="same"))
    assert joined.told == [(0, ["same"])]


def test_closing_gives_what_waits_and_takes_nothing_more() -> None:
    joined = Joined()
    first, _ = joined.shots(2)
    joined.joiner.add_sight(A, sight(of=first, model="a"))
    joined.joiner.close()
    joined.shots(1, (), first=5)
    assert joined.told == [(0, ["a"]), (1, [])]
