"""The figures are those of ETDQualitizer, to the last digit that a double can tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gaze_demo.events import quality

etdq: Any = pytest.importorskip("ETDQualitizer", reason="ETDQualitizer is not installed")
SAME = {"rel": 1e-12, "abs": 0.0}


@pytest.fixture(params=range(5))
def stretch(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(request.param)
    time_s = np.cumsum(rng.uniform(0.02, 0.05, 300))
    angles = rng.normal((4.0, -3.0), (0.8, 1.3), (300, 2))
    angles[:, 1] += 0.4 * angles[:, 0]
    return time_s, angles


def with_losses(angles: np.ndarray) -> np.ndarray:
    lost = angles.copy()
    lost[::11] = np.nan
    return lost


def test_precision(stretch: tuple[np.ndarray, np.ndarray]) -> None:
    _, angles = stretch
    for own in (angles, with_losses(angles)):
        assert quality.rms_s2s(own) == pytest.approx(etdq.rms_s2s(*own.T)[0], **SAME)
        assert quality.standard_deviation(own) == pytest.approx(etdq.std(*own.T)[0], **SAME)
    known = with_losses(angles)
    known = known[np.isfinite(known).all(1)]  # theirs has no answer for a sample that is missing
    assert quality.bcea(with_losses(angles)) == pytest.approx(etdq.bcea(*known.T)[0], rel=1e-11)


def test_accuracy(stretch: tuple[np.ndarray, np.ndarray]) -> None:
    _, angles = stretch
    for target in ((0.0, 0.0), (5.0, -2.0), (-20.0, 12.0)):
        own = quality.accuracy(with_losses(angles), np.array(target))
        assert own == pytest.approx(etdq.accuracy(*with_losses(angles).T, *target)[0], rel=1e-11)


def test_loss_and_effective_frequency(stretch: tuple[np.ndarray, np.ndarray]) -> None:
    time_s, angles = stretch
    lost = with_losses(angles)
    theirs = etdq.DataQuality(*lost.T, time_s, unit="degrees")
    assert quality.data_loss(lost) * 100 == pytest.approx(theirs.data_loss_from_invalid(), **SAME)
    assert quality.effective_frequency(time_s, lost) == pytest.approx(theirs.effective_frequency(), **SAME)


def test_all_of_it_together(stretch: tuple[np.ndarray, np.ndarray]) -> None:
    time_s, angles = stretch
    figures = quality.quality(time_s, angles, np.array([4.0, -3.0]))
    assert figures.rms_s2s_deg == quality.rms_s2s(angles)
    assert figures.accuracy_deg == quality.accuracy(angles, np.array([4.0, -3.0]))
    assert quality.quality(time_s, angles).accuracy_deg is None


def test_nothing_gives_no_figure() -> None:
    figures = quality.quality(np.arange(3.0), np.full((3, 2), np.nan))
    assert np.isnan([figures.rms_s2s_deg, figures.sd_deg, figures.bcea_deg2]).all()
    assert (figures.data_loss, figures.effective_hz) == (1.0, 0.0)
