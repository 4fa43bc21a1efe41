from __future__ import annotations

import numpy as np
import pytest

from app.events.traces import agreement, known_trace
from gaze_demo.events.fixations import find_pieces, typical_step
from gaze_demo.events.i2mc import find_pieces_i2mc
from gaze_demo.geometry import Array


def spans(time_s: Array, pieces: object) -> Array:
    step_s = typical_step(time_s)
    start, stop = pieces.start, pieces.stop  # type: ignore[attr-defined]
    return np.stack([time_s[start] - step_s / 2, time_s[stop - 1] + step_s / 2], 1)


def mean_agreement(rate: float, noise_deg: float) -> tuple[float, float]:
    figures = []
    for seed in range(3):
        trace = known_trace(rate, noise_deg, seed=seed)
        figures.append(agreement(spans(trace.time_s, find_pieces(trace.time_s, trace.place)), trace.fixations))
    known, found = np.mean(figures, axis=0)
    return float(known), float(found)


# What is reached: share of the known fixations that are found, and of those found that are known.
@pytest.mark.parametrize(
    ("rate", "noise_deg", "known", "found"),
    [
        (60, 0.3, 0.99, 0.98),
        (60, 0.5, 0.99, 0.98),
        (60, 1.5, 0.95, 0.95),
        (60, 2.0, 0.86, 0.92),
        (30, 0.3, 0.97, 0.97),
        (30, 0.5, 0.97, 0.97),
        (30, 1.0, 0.93, 0.95),
        (30, 1.5, 0.83, 0.92),
        (30, 2.0, 0.63, 0.85),
        (15, 0.3, 0.86, 0.97),
        (15, 0.5, 0.87, 0.97),
    ],
)
def test_known_fixations_are_found_in_the_noise(rate: float, noise_deg: float, known: float, found: float) -> None:
    reached = mean_agreement(rate, noise_deg)
    print(f"{rate} fps, {noise_deg} deg: {reached[0]:.3f} {reached[1]:.3f}")
    assert reached[0] >= known
    assert reached[1] >= found


@pytest.mark.parametrize(
    ("rate", "noise_deg", "least"), [(30, 0.5, 0.7), (30, 1.5, 0.3), (60, 0.5, 0.8), (60, 1.5, 0.4), (29, 0.5, 0.6)]
)
def test_it_finds_more_than_i2mc_at_a_webcams_rate(rate: float, noise_deg: float, least: float) -> None:
    pytest.importorskip("I2MC")
    trace = known_trace(rate, noise_deg, count=100)
    theirs = agreement(spans(trace.time_s, find_pieces_i2mc(trace.time_s, trace.place)), trace.fixations)
    own = agreement(spans(trace.time_s, find_pieces(trace.time_s, trace.place)), trace.fixations)
    print(f"{rate} fps, {noise_deg} deg: I2MC {theirs[0]:.2f} {theirs[1]:.2f}, ours {own[0]:.2f} {own[1]:.2f}")
    assert least < theirs[0] < own[0]
    assert theirs[1] < own[1] + 0.02


def test_a_rate_that_halves_changes_no_time() -> None:
    trace = known_trace(60, 0.3, seed=4, count=100)
    middle = trace.time_s[-1] / 2
    kept = (trace.time_s < middle) | (np.arange(len(trace.time_s)) % 2 == 0)
    found = find_pieces(trace.time_s[kept], trace.place[kept])
    assert min(agreement(spans(trace.time_s[kept], found), trace.fixations)) > 0.93


def test_a_steady_look_in_much_noise_is_parted_every_six_seconds_at_most() -> None:
    rng = np.random.default_rng(0)
    time_s = np.arange(1800) / 30
    assert len(find_pieces(time_s, rng.normal(0, 1.0, (1800, 2)))) <= 10


def test_a_gap_ends_a_fixation_and_a_lost_frame_does_not() -> None:
    rng = np.random.default_rng(1)
    time_s = np.arange(90) / 30
    place = rng.normal(0, 0.3, (90, 2))
    place[20] = np.nan
    place[45:60] = np.nan
    pieces = find_pieces(time_s, place)
    (first, second), (end, last) = pieces.start, pieces.stop
    assert (int(first), int(last)) == (0, 90)
    assert 40 <= end <= 45
    assert 60 <= second <= 65


def test_the_noise_is_told() -> None:
    trace = known_trace(30, 0.8, seed=2)
    assert find_pieces(trace.time_s, trace.place).noise == pytest.approx(0.8, rel=0.1)


def test_samples_that_are_less_sure_count_less() -> None:
    rng = np.random.default_rng(3)
    known: list[float] = []
    for weighted in (False, True):
        figures = []
        for seed in range(3):
            trace = known_trace(30, 0.6, seed=seed)
            bad = rng.random(len(trace.time_s)) < 0.3
            place = trace.place + np.where(bad[:, None], rng.normal(0, 2.5, trace.place.shape), 0.0)
            variance = np.where(bad, 0.6**2 + 2.5**2, 0.6**2) if weighted else None
            found = find_pieces(trace.time_s, place, variance)
            figures.append(agreement(spans(trace.time_s, found), trace.fixations)[0])
        known.append(float(np.mean(figures)))
    assert known[1] > known[0] + 0.03


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_too_few_samples_are_no_fixation(count: int) -> None:
    assert len(find_pieces(np.arange(count) / 300, np.zeros((count, 2)))) == 0
