import numpy as np
import pytest

from gaze_demo.filter.kinds import GazeSmoother
from gaze_demo.filter.one_euro import of_strength
from gaze_demo.geometry import FORWARD, angle_between, pitch_yaw_to_vector

RATE_HZ = 30.0


def noisy_rest(seed: int = 0, count: int = 300, sd_deg: float = 1.0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, np.radians(sd_deg), (count, 2))
    return pitch_yaw_to_vector(noise)


def run(filtered: GazeSmoother, gazes: np.ndarray) -> np.ndarray:
    return np.array([filtered.apply(gaze, i / RATE_HZ) for i, gaze in enumerate(gazes)])


def spread_deg(gazes: np.ndarray) -> float:
    return float(np.degrees(angle_between(gazes[30:], FORWARD)).mean())


def test_strength_0_passes_every_gaze_as_it_is() -> None:
    gazes = noisy_rest()
    assert np.array_equal(run(of_strength(0.0).make(), gazes), gazes)


def test_more_strength_makes_a_resting_eye_calmer() -> None:
    gazes = noisy_rest()
    spreads = [spread_deg(run(of_strength(strength).make(), gazes)) for strength in (0.0, 0.3, 0.6, 1.0)]
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[-1] < 0.35 * spreads[0]


@pytest.mark.parametrize("strength", [0.2, 0.5, 1.0])
def test_the_stated_lag_is_that_behind_a_steady_movement(strength: float) -> None:
    speed = np.radians(20.0)
    times = np.arange(150) / RATE_HZ
    gazes = pitch_yaw_to_vector(np.stack([np.zeros_like(times), speed * (times - 2.5)], -1))
    filtered = of_strength(strength).make()
    smooth = run(filtered, gazes)
    behind_s = float(angle_between(smooth[-1], gazes[-1])) / speed
    assert behind_s == pytest.approx(filtered.lag_s, rel=0.05)
    assert filtered.lag_s > 0


def test_a_saccade_is_followed_within_a_tenth_of_a_second() -> None:
    filtered = of_strength(0.5).make()
    target = pitch_yaw_to_vector([0.0, np.radians(20.0)])
    smooth = run(filtered, np.array([FORWARD] * 30 + [target] * 4))
    assert np.degrees(angle_between(smooth[-1], target)) < 4.0


def test_it_stays_a_unit_vector() -> None:
    assert np.linalg.norm(run(of_strength(0.8).make(), noisy_rest(sd_deg=20.0)), axis=-1) == pytest.approx(1.0)


def test_no_gaze_gives_none_and_a_blink_does_not_start_again() -> None:
    filtered = of_strength(1.0).make()
    aside = pitch_yaw_to_vector([0.0, 0.2])
    filtered.apply(FORWARD, 0.0)
    assert filtered.apply(None, 0.1) is None
    after = filtered.apply(aside, 0.2)
    assert after is not None
    assert angle_between(after, aside) > 0.01


@pytest.mark.parametrize("time_s", [0.6, 0.0, -3.0], ids=["after a gap", "in the same instant", "back in time"])
def test_it_starts_again(time_s: float) -> None:
    filtered = of_strength(1.0).make()
    filtered.apply(FORWARD, 0.0)
    aside = pitch_yaw_to_vector([0.0, 0.2])
    assert np.array_equal(filtered.apply(aside, time_s), aside)
    assert filtered.lag_s == 0.0
