from __future__ import annotations

import numpy as np
import pytest

from app.calibration.fakes import SCREEN
from app.events.traces import agreement, gaze_trace, known_trace
from gaze_demo.events.angles import eye_place, point_angles, px_per_degree, visual_angles
from gaze_demo.events.find import find_events


def test_fixations_and_saccades_of_a_known_trace() -> None:
    known = known_trace(30, 0.4, count=80)
    events = find_events(gaze_trace(known.time_s, known.place))
    fixations = [event for event in events if event.kind == "fixation"]
    spans = np.array([(event.start_s, event.end_s) for event in fixations])
    assert min(agreement(spans, known.fixations)) > 0.95
    saccades = [event for event in events if event.kind == "saccade"]
    assert 0.8 * 79 < len(saccades) <= len(fixations) - 1
    assert all(1.0 < event.amplitude_deg < 25 for event in saccades)
    assert [event.start_s for event in events] == sorted(event.start_s for event in events)


def test_a_fixation_has_its_place_in_degrees_and_pixels() -> None:
    rng = np.random.default_rng(0)
    point_px = np.array([1200.0, 300.0]) + rng.normal(0, 5, (60, 2))
    trace = gaze_trace(np.arange(60) / 30, np.zeros((60, 2)), point_px=point_px)
    (fixation,) = find_events(trace, SCREEN)
    assert (fixation.x_px, fixation.y_px) == pytest.approx(point_px.mean(0))
    angle = point_angles(np.array([[1200.0, 300.0]]), SCREEN, eye_place(trace))[0]
    assert (fixation.azimuth_deg, fixation.elevation_deg) == pytest.approx(tuple(angle), abs=0.2)
    assert fixation.samples == 60


def test_angles_are_the_persons_own() -> None:
    trace = gaze_trace(np.arange(2) / 30, np.array([[10.0, 5.0], [-3.0, np.nan]]))
    assert visual_angles(trace, None)[0] == pytest.approx([10.0, 5.0])
    middle_and_right = np.array([[960.0, 540.0], [1500.0, 540.0], [960.0, 100.0]])
    middle, right, up = point_angles(middle_and_right, SCREEN, np.array([0.0, 0.0, 600.0]))
    assert right[0] > middle[0] + 5
    assert up[1] > middle[1] + 5
    assert px_per_degree(SCREEN, np.array([0.0, 150.0, 600.0])) == pytest.approx(38, abs=2)


def test_blinks_have_a_start_and_an_end_and_closed_eyes_are_no_blink() -> None:
    time_s = np.arange(300) / 30
    closed = np.zeros((300, 2), int)
    closed[30:36] = 1  # 0.2 s
    closed[100:106, 0] = 1  # a wink
    closed[150:156, 0], closed[150:156, 1] = 1, -1  # the other eye is not seen
    closed[200:260] = 1  # 2 s
    place = np.random.default_rng(0).normal(0, 0.3, (300, 2))
    place[(closed == 1).any(1)] = np.nan
    events = [e for e in find_events(gaze_trace(time_s, place, closed=closed)) if e.kind in ("blink", "eyes closed")]
    assert [event.kind for event in events] == ["blink", "blink", "eyes closed"]
    assert (events[0].start_s, events[0].end_s) == pytest.approx((1.0 - 1 / 60, 1.2 - 1 / 60))
    assert events[2].duration_s == pytest.approx(2.0)


def test_stretches_without_a_gaze_are_kept_with_the_reason() -> None:
    time_s = np.delete(np.arange(300) / 30, slice(200, 230))  # a camera that stood still for a second
    place = np.random.default_rng(0).normal(0, 0.3, (270, 2))
    place[60:75] = np.nan
    lost = [event for event in find_events(gaze_trace(time_s, place)) if event.kind == "lost"]
    assert [event.reason for event in lost] == ["no face", "no frame"]
    assert lost[0].duration_s == pytest.approx(0.5)
    assert lost[1].duration_s == pytest.approx(1.0, abs=0.05)
    fixations = [event for event in find_events(gaze_trace(time_s, place)) if event.kind == "fixation"]
    assert len(fixations) == 3


def test_an_empty_trace_has_no_events() -> None:
    assert find_events(gaze_trace(np.zeros(0), np.zeros((0, 2)))) == []
