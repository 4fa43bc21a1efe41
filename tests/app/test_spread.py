import math
import tracemalloc

import numpy as np

from gaze_demo.spread import KEPT, Spread


def test_few_numbers_are_exact() -> None:
    spread = Spread()
    for value in (1.0, 2.0, 3.0, 10.0):
        spread.add(value)
    assert (spread.count, spread.mean, spread.percentile(50)) == (4, 4.0, 2.5)


def test_nothing_is_no_number() -> None:
    assert math.isnan(Spread().mean)
    assert math.isnan(Spread().percentile(95))


def test_many_numbers_take_no_more_memory_and_keep_their_percentiles() -> None:
    values = np.random.default_rng(1).permutation(60_000) / 60_000
    spread = Spread()
    for value in values[: 2 * KEPT]:
        spread.add(float(value))
    tracemalloc.start()
    for value in values[2 * KEPT :]:
        spread.add(float(value))
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 300_000
    assert abs(spread.mean - 0.5) < 1e-3
    assert abs(spread.percentile(50) - 0.5) < 0.03
    assert abs(spread.percentile(95) - 0.95) < 0.02
