"""Lids follow the gaze, close in a blink, and never show the photograph's own eye."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaze_demo.participant.lids import Lids
from gaze_demo.participant.person import PEOPLE
from gaze_demo.participant.portrait import load_portrait

PX_PER_MM = 0.62  # of the photograph
ALONG = np.linspace(0, 1, 41, dtype=np.float32)


@pytest.fixture(params=["left", "right"])
def lids(request: pytest.FixtureRequest) -> Lids:
    return Lids(load_portrait(0).landmarks_px, request.param, PX_PER_MM, PEOPLE[0])


def test_the_eye_at_rest_has_the_measures_of_an_eye(lids: Lids) -> None:
    upper, lower = lids.rest.at(ALONG)
    assert 26 < lids.axes.width_mm < 32
    assert 3 < upper.max() < 7
    assert -4.5 < lower.min() < -1
    assert upper[[0, -1]] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("pitch_deg", [-35, -20, -5, 10, 25])
def test_the_upper_lid_follows_the_gaze_more_than_the_lower(lids: Lids, pitch_deg: float) -> None:
    here = lids.edges(np.radians(pitch_deg), 0.0, 0.0)
    higher = lids.edges(np.radians(pitch_deg + 5), 0.0, 0.0)
    rise = [(b.at(ALONG)[k] - a.at(ALONG)[k]).max() for a, b in [(here, higher)] for k in (0, 1)]
    assert rise[0] > rise[1] > 0
    assert (here.upper >= here.lower - 1e-9).all()


def test_a_shut_eye_has_no_gap(lids: Lids) -> None:
    shut, half = lids.edges(-0.1, 0.0, 1.0), lids.edges(-0.1, 0.0, 0.5)
    assert shut.upper == pytest.approx(shut.lower, abs=1e-9)
    assert 0.5 < (half.upper - half.lower).max() < (lids.edges(-0.1, 0.0, 0.0).upper - half.lower).max()


@pytest.mark.parametrize(("pitch_deg", "closure"), [(-35, 0.0), (20, 0.0), (-10, 0.5), (0, 1.0)])
def test_skin_comes_from_skin_in_order_and_stays_at_brow_and_cheek(
    lids: Lids, pitch_deg: float, closure: float
) -> None:
    edges = lids.edges(np.radians(pitch_deg), 0.0, closure)
    above = np.linspace(-22, 26, 400, dtype=np.float32)[:, None]
    share = np.broadcast_to(ALONG[None], (400, len(ALONG)))
    source = lids.unmoved(share, np.broadcast_to(above, share.shape), edges)
    assert (np.diff(source, axis=0) > -1e-3).all()
    upper, lower = lids.rest.at(ALONG)
    assert not ((source < upper - 1e-4) & (source > lower + 1e-4)).any()
    assert source[[0, -1]] == pytest.approx(np.repeat(above[[0, -1]], len(ALONG), 1), abs=0.6)


@pytest.mark.parametrize("side", ["left", "right"])
def test_lids_that_hang_cover_more_of_the_outer_half_of_the_eye(side: str) -> None:
    landmarks = load_portrait(0).landmarks_px
    plain, hooded = (Lids(landmarks, side, PX_PER_MM, replace(PEOPLE[0], hood_mm=mm)) for mm in (0.0, 1.5))
    change = plain.edges(0.0, 0.0, 0.0).upper - hooded.edges(0.0, 0.0, 0.0).upper
    assert change[:14] == pytest.approx(0)
    assert 1.0 < change[34] < 1.5
    assert change[-1] == pytest.approx(0)
