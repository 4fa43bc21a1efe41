from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.filter.kinds import FilterChoice, filter_kinds
from gaze_demo.geometry import FORWARD, pitch_yaw_to_vector

ASIDE = pitch_yaw_to_vector([0.0, 0.1])


@pytest.mark.parametrize("name", list(filter_kinds()))
def test_every_filter_passes_a_steady_gaze_and_none(name: str) -> None:
    smoother = FilterChoice(name).make()
    for i in range(60):
        assert smoother.apply(ASIDE, i / 30) == pytest.approx(ASIDE)
    assert smoother.apply(None, 2.0) is None
    assert smoother.lag_s >= 0


@pytest.mark.parametrize("name", list(filter_kinds()))
def test_every_parameter_can_be_set_to_both_its_ends(name: str) -> None:
    for parameter in filter_kinds()[name].parameters:
        assert parameter.low <= parameter.default <= parameter.high
        for value in (parameter.low, parameter.high):
            smoother = FilterChoice(name).with_value(parameter.name, value).make()
            for i in range(5):
                smoothed = smoother.apply(FORWARD if i % 2 else ASIDE, i / 30)
                assert smoothed is not None
                assert np.linalg.norm(smoothed) == pytest.approx(1.0)


def test_what_is_not_known_or_out_of_range_takes_its_default() -> None:
    assert FilterChoice("no such filter").kind.name == "none"
    choice = FilterChoice("one-euro", {"cutoff_hz": -5.0})
    cutoff = choice.kind.parameters[0]
    assert choice.value(cutoff) == cutoff.default


def test_no_filter_comes_first() -> None:
    assert next(iter(filter_kinds())) == "none"
