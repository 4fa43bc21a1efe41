"""How certain a figure from few targets is: percentile bootstrap over targets (Efron and Tibshirani, 1993)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaze_demo.geometry import Array

COVERAGE = 0.95
_DRAWS = 4000
_FEWEST_TARGETS = 3


def mean_interval(values: Sequence[float] | Array) -> tuple[float, float] | None:
    """Ends of the interval of the mean over targets; None for too few targets. The same values always give the same
    interval."""
    known = np.asarray(values, float)
    if len(known) < _FEWEST_TARGETS:
        return None
    drawn = np.random.default_rng(0).integers(0, len(known), (_DRAWS, len(known)))
    low, high = np.quantile(known[drawn].mean(1), [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return float(low), float(high)


def difference_interval(first: dict[int, float], second: dict[int, float]) -> tuple[float, float] | None:
    """Of the mean of `second - first` over the targets that both have, paired; None for too few of them."""
    return mean_interval([second[target] - first[target] for target in sorted(first.keys() & second.keys())])
