from __future__ import annotations

import pytest

from gaze_demo.desk import words
from gaze_demo.observation import Reason


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.21, "+3.2°"), (-3.21, "−3.2°"), (0.0, "+0.0°"), (-0.04, "+0.0°")],  # no minus before a zero
)
def test_degrees_carry_a_sign(value: float, text: str) -> None:
    assert words.signed_degrees(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ("–", "")), (950, ("950", "")), (1000, ("1.00", "k")), (348_112, ("348", "k")), (999_600, ("1.00", "M"))]
    + [(4_021_000, ("4.02", "M")), (41_500_000, ("41.5", "M")), (2_300_000_000, ("2.30", "G"))],
)
def test_counts_have_three_figures_and_a_unit(value: int | None, text: tuple[str, str]) -> None:
    assert words.count(value) == text


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (0.256, "0.26"), (12.34, "12.3"), (256.4, "256")])
def test_milliseconds_are_as_exact_as_they_are_small(value: float | None, text: str) -> None:
    assert words.milliseconds(value) == text


@pytest.mark.parametrize(("value", "text"), [(2_300, "2 kB"), (1_440_000, "1.4 MB"), (250_000_000, "250 MB")])
def test_sizes_read_well(value: int, text: str) -> None:
    assert words.size(value) == text


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason])
def test_every_reason_is_a_sentence(reason: Reason) -> None:
    assert words.hint(str(reason)).endswith(".")
    assert words.hint(str(reason))[0].isupper()
