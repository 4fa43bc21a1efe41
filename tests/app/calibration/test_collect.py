from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.calibration.fakes import Person
from gaze_demo.calibration.collect import BLINK_MARGIN_S, MOST_SAMPLES, Collector, Look
from gaze_demo.observation import Reason

POINT = np.array([960.0, 540.0])
ELSEWHERE = np.array([100.0, 100.0])


def collect(kind: str, reasons: list[Reason], points: dict[int, np.ndarray] | None = None) -> Look:
    """A look of one frame for each reason, 30 a second; `points` says in which frames the eyes are elsewhere."""
    person = Person()
    collector = Collector(kind, 0, 0.0, 100.0)
    for i, reason in enumerate(reasons):
        collector.add(person.observe((points or {}).get(i, POINT), i / 30, reason=reason), POINT)
    return collector.finish()


def test_frames_before_and_after_the_look_do_not_count() -> None:
    person = Person()
    collector = Collector("fit", 0, 1.0, 2.0)
    for i in range(90):
        collector.add(person.observe(POINT, i / 30), POINT)
    fixation = collector.finish().fixation
    assert fixation.frames == 30
    assert all(1.0 <= sample.observation.frame.time_s < 2.0 for sample in fixation.samples)


def test_a_blink_takes_the_frames_around_it_along() -> None:
    look = collect("validation", [Reason.EYE_CLOSED if i in (10, 11) else Reason.NONE for i in range(30)])
    times = [sample.observation.frame.time_s for sample in look.fixation.samples]
    assert look.good
    assert look.fixation.frames == 30
    assert all(abs(t - closed / 30) > BLINK_MARGIN_S for t in times for closed in (10, 11))
    assert len(times) == pytest.approx(23, abs=1)


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_eye_that_is_always_shut_is_no_blink(side: str) -> None:
    person, collector = Person(), Collector("fit", 0, 0.0, 100.0)
    for i in range(30):
        seen = person.observe(POINT, i / 30)
        shut = {eye: replace(getattr(seen, eye), openness=0.03, reason=Reason.EYE_CLOSED) for eye in (side,)}
        if i in (10, 11):  # now the other eye blinks
            shut = {eye: replace(getattr(seen, eye), reason=Reason.EYE_CLOSED) for eye in ("left", "right")}
        collector.add(replace(seen, **shut, reason=Reason.EYE_CLOSED if i in (10, 11) else Reason.NONE), POINT)
    look = collector.finish()
    assert look.good
    times = [sample.observation.frame.time_s for sample in look.fixation.samples]
    assert all(abs(t - closed / 30) > BLINK_MARGIN_S for t in times for closed in (10, 11))


def test_a_blink_that_nobody_called_closed_shows_in_the_openness() -> None:
    person, collector = Person(), Collector("validation", 0, 0.0, 100.0)
    for i in range(30):
        seen = person.observe(POINT, i / 30)
        assert seen.left is not None
        collector.add(replace(seen, left=replace(seen.left, openness=0.15 if i in (14, 15) else 0.33)), POINT)
    fixation = collector.finish().fixation
    assert fixation.frames == 30
    assert all(abs(s.observation.frame.time_s - 14.5 / 30) > BLINK_MARGIN_S for s in fixation.samples)
    assert len(fixation.samples) == pytest.approx(23, abs=1)


def test_a_glance_elsewhere_is_an_outlier_for_a_fit_and_stays_in_a_validation() -> None:
    glance = {5: ELSEWHERE, 6: ELSEWHERE}
    assert len(collect("fit", [Reason.NONE] * 14, glance).fixation.samples) == 12
    assert len(collect("validation", [Reason.NONE] * 14, glance).fixation.samples) == 14


def test_a_fit_keeps_few_samples_spread_over_the_look() -> None:
    samples = collect("fit", [Reason.NONE] * 60).fixation.samples
    times = [sample.observation.frame.time_s for sample in samples]
    assert len(samples) == MOST_SAMPLES
    assert times == sorted(times)
    assert times[-1] - times[0] > 1.8


@pytest.mark.parametrize(
    ("reasons", "problem"),
    [
        ([], "no picture"),
        ([Reason.NO_FACE] * 20 + [Reason.NONE] * 5, "out of the picture"),
        ([Reason.EYE_CLOSED] * 20 + [Reason.NONE] * 5, "closed"),
        ([Reason.TOO_DARK] * 30, "too dark"),
        ([Reason.NONE] * 4, "long enough"),
        ([Reason.NONE, Reason.EYE_CLOSED, Reason.NONE] * 5, "blinked"),
    ],
)
def test_a_bad_look_says_why(reasons: list[Reason], problem: str) -> None:
    look = collect("fit", reasons)
    assert not look.good
    assert problem in look.problem


def test_eyes_that_wander_make_a_bad_look() -> None:
    wandering = {i: np.array([100.0 + 90 * i, 540.0]) for i in range(20)}
    assert "wandered" in collect("fit", [Reason.NONE] * 20, wandering).problem


def test_a_validation_with_much_loss_is_reported_and_not_repeated() -> None:
    look = collect("validation", [Reason.NO_FACE] * 20 + [Reason.NONE] * 8)
    assert look.good
    assert (look.fixation.frames, len(look.fixation.samples)) == (28, 8)


def test_a_look_in_which_the_face_jumps_to_another_person_is_a_bad_one() -> None:
    person, collector = Person(), Collector("fit", 0, 0.0, 100.0)
    for i in range(30):
        collector.add(replace(person.observe(POINT, i / 30), person=1 if i < 20 else 2), POINT)
    look = collector.finish()
    assert look.problem == "Another face was mistaken for yours"
    assert {sample.seen.person for sample in look.fixation.samples} == {1}
