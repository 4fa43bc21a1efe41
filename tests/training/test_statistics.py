import math

import pytest

from gaze_training.statistics import difference, groups_of, unstable, wider_spread
from training.made_results import runs

NAN = math.nan


def test_mean_and_spread_are_those_of_the_seeds() -> None:
    (group,) = groups_of(runs("mobilenet25", "baseline", [4.0, 5.0, 6.0]))
    assert (group.mean, group.sd, group.worst, group.seeds) == (5.0, 1.0, 6.0, 3)
    assert group.real_mean == 2.5


def test_a_difference_is_paired_by_seed() -> None:
    gap = difference(runs("mobilenet25", "baseline", [5, 8, 11]), runs("mobilenet25", "imitation", [4.5, 7.4, 10.6]))
    assert gap is not None
    assert gap.mean == pytest.approx(0.5)
    # Student's t with 2 degrees of freedom: 4.303 times 0.1 / sqrt(3)
    assert (gap.low, gap.high) == pytest.approx((0.5 - 0.2484, 0.5 + 0.2484), abs=1e-4)


def test_only_seeds_that_both_have_are_compared() -> None:
    gap = difference(runs("mobilenet25", "baseline", [5, NAN, 7]), runs("mobilenet25", "imitation", [4, 4, 6, 9]))
    assert gap is not None
    assert gap.seeds == 2
    assert difference(runs("mobilenet25", "baseline", [5, NAN]), runs("mobilenet25", "imitation", [4, 4])) is None


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([10.0, 10.1, 10.2], False),  # calm
        ([10.0, 11.0, 12.0], True),  # spread
        ([10.0, 10.1, NAN], True),  # one diverged
        ([10.0, 10.1, 10.2, 10.1, 25.0], True),  # one far off
    ],
)
def test_a_family_is_unstable_where_seeds_spread_or_fail(errors: list[float], expected: bool) -> None:
    assert unstable(groups_of(runs("mobilenet25", "baseline", errors))[0]) is expected


def test_a_wider_spread_is_judged_by_the_ratio_of_variances() -> None:
    wide, narrow = groups_of(runs("mobilenet50", "baseline", [4, 5, 6]) + runs("mobilenet25", "hints", [4, 4.5, 5]))
    assert wider_spread(wide, narrow) == pytest.approx(1 / (1 + 4))  # two degrees of freedom each: 1 / (1 + F)
    assert wider_spread(narrow, wide) == pytest.approx(1 - 1 / (1 + 4))
    (lost,) = groups_of(runs("mobilenet50", "baseline", [4, NAN]))
    assert math.isnan(wider_spread(lost, narrow))
