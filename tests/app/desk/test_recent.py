from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.desk.recent import Recent


def test_values_older_than_the_span_are_forgotten() -> None:
    recent = Recent(2.0)
    for second in range(5):
        recent.add(float(second), float(second))
    assert recent.items() == [(2.0, 2.0), (3.0, 3.0), (4.0, 4.0)]


@pytest.mark.parametrize("percent", [0, 25, 50, 95, 100])
@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_percentiles_are_those_of_numpy(percent: float, count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    recent = Recent(1000.0)
    for i, value in enumerate(values):
        recent.add(float(i), float(value))
    assert recent.percentile(percent) == pytest.approx(np.percentile(values, percent))


def test_nothing_has_no_median_and_no_rate() -> None:
    recent = Recent(1.0)
    assert (recent.median(), recent.last, recent.per_second()) == (None, None, None)


def test_the_rate_counts_intervals_not_values() -> None:
    recent = Recent(10.0)
    for tick in range(31):
        recent.add(tick / 30, 0.0)
    assert recent.per_second() == pytest.approx(30.0)


def test_a_jump_back_in_time_starts_anew() -> None:
    recent = Recent(10.0)
    recent.add(50.0, 1.0)
    recent.add(2.0, 2.0)
    assert recent.items() == [(2.0, 2.0)]
