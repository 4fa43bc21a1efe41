from dataclasses import replace

import numpy as np
import pytest

from gaze_training.data.eye_region import EyeRegion, draw_region, pose_lids
from gaze_training.data.sampler import EyeDraw, draw_eyes


def draw(seed: int) -> tuple[EyeRegion, EyeDraw]:
    """A person with open, relaxed eyes."""
    rng = np.random.default_rng(seed)
    eyes = draw_eyes(rng)
    eyes = replace(eyes, lids=replace(eyes.lids, closure=0.0, squint_mm=0.0))
    return draw_region(rng, eyes), eyes


def test_irises_and_lids_lie_as_measured_on_real_eyes() -> None:
    """Millimetres against the corners' middle and line, over many people who look straight ahead."""
    offset, upper, lower = [], [], []
    at = np.array([0.15, 0.3, 0.5, 0.7, 0.85])
    for seed in range(300):
        region, eyes = draw(seed)
        inner, outer = np.array(region.inner), np.array(region.outer)
        temporal, up = eyes.kappa
        iris = 10.6 * np.array([np.sin(temporal), -np.sin(up)])
        offset.append(iris - (inner + outer) / 2)
        x = (inner[0] + (outer - inner)[0] * at).astype(np.float32)
        line = inner[1] + (outer - inner)[1] * at
        top, bottom = pose_lids(replace(region, fold_mm=0.0), eyes, 0.0, 0.0).lines(x)
        upper.append(line - top)
        lower.append(bottom - line)
    np.testing.assert_allclose(np.mean(offset, 0), [1.4, -2.15], atol=0.15)
    above, below = np.mean(upper, 0), np.mean(lower, 0)  # of the landmarks' lids the shape, not quite the height
    np.testing.assert_allclose(above / above[2], np.array([3.1, 4.9, 5.8, 5.1, 3.4]) / 5.8, atol=0.08)
    np.testing.assert_allclose(below / below[3], np.array([0.8, 1.5, 2.4, 2.6, 2.0]) / 2.6, atol=0.08)
    assert above[2] == pytest.approx(5.8 + 0.5, abs=0.2)
    assert below[3] == pytest.approx(2.6 + 1.8, abs=0.2)


@pytest.mark.parametrize("pitch", [-30, -15, 0, 15])
def test_lids_meet_at_the_corners_alone(pitch: float) -> None:
    for seed in range(20):
        region, eyes = draw(seed)
        lids = pose_lids(region, eyes, np.radians(pitch), 0.0)
        (x0, y0), (x1, y1) = lids.corners()
        top, bottom = lids.lines(np.linspace(x0, x1, 31, dtype=np.float32))
        assert np.all(bottom >= top)
        assert (bottom - top)[15] > 1.0
        np.testing.assert_allclose([top[0], bottom[0], top[-1], bottom[-1]], [y0, y0, y1, y1], atol=0.05)


def test_the_upper_lid_follows_the_eye_down_more_than_the_lower() -> None:
    region, eyes = draw(3)
    eyes = replace(eyes, lids=replace(eyes.lids, narrow=0.0))
    ahead, down = (pose_lids(region, eyes, np.radians(p), 0.0) for p in (0, -25))
    fall = ahead.upper_mm - down.upper_mm
    assert fall == pytest.approx(12 * np.sin(np.radians(25)) * eyes.lids.down_follow)
    assert 0 < down.lower_mm - ahead.lower_mm < fall


def test_who_narrows_the_eyes_does_so_looking_down_alone() -> None:
    region, eyes = draw(3)
    wide, narrow = (replace(eyes, lids=replace(eyes.lids, narrow=share)) for share in (0.0, 0.5))

    def opening(who: EyeDraw, pitch_deg: float) -> float:
        lids = pose_lids(region, who, np.radians(pitch_deg), 0.0)
        return lids.upper_mm + lids.lower_mm

    assert opening(narrow, 10) == opening(wide, 10)
    assert opening(narrow, -30) == pytest.approx(0.5 * opening(wide, -30))


def test_old_lids_hang_over_the_temporal_half() -> None:
    region, eyes = draw(3)
    x = np.linspace(region.inner[0], region.outer[0], 21, dtype=np.float32)
    young, old = (
        pose_lids(region, replace(eyes, lids=replace(eyes.lids, hood_mm=mm)), 0.0, 0.0).lines(x)[0] for mm in (0.0, 2.0)
    )
    lower = old - young
    assert lower.min() >= 0
    assert lower[:10].mean() < 0.5 * lower[10:].mean()
    assert 1.0 < lower.max() < 2.5


def test_closing_shuts_the_eye() -> None:
    region, eyes = draw(4)
    shut = replace(eyes, lids=replace(eyes.lids, closure=1.0))
    opening = [(lids.upper_mm + lids.lower_mm) for lids in (pose_lids(region, e, 0.0, 0.0) for e in (eyes, shut))]
    assert opening[1] < 0.1 * opening[0]


def test_the_lids_peak_goes_with_the_cornea() -> None:
    region, eyes = draw(5)
    to_nose, to_temple = (pose_lids(region, eyes, 0.0, np.radians(yaw)).peak for yaw in (30, -30))
    assert to_nose < 0.5 < to_temple
