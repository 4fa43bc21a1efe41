import numpy as np
import pytest

from gaze_demo.estimate import GazeEstimate
from gaze_demo.filter.gaze_filter import GazeFilter, Gazes
from gaze_demo.filter.one_euro import of_strength
from gaze_demo.geometry import FORWARD, angle_between, pitch_yaw_to_vector
from gaze_demo.observation import Reason

ASIDE = pitch_yaw_to_vector((0.0, 0.05))


def told(sd_rad: float | None) -> GazeEstimate | None:
    covariance = None if sd_rad is None else np.eye(2) * sd_rad**2
    return GazeEstimate("any", FORWARD, None, None, None, Reason.NONE, 0.0, 0.0, covariance=covariance)


def jump(sd_rad: float | None, strength: float = 0.5) -> float:
    """How far the smoothed gaze follows a jump of the gaze with this uncertainty; 0.02 rad is usual."""
    gaze_filter = GazeFilter(of_strength(strength))
    for i in range(60):
        gaze_filter.apply(Gazes(FORWARD), i / 30, told(None if sd_rad is None else 0.02))
    moved = gaze_filter.apply(Gazes(ASIDE), 2.0, told(sd_rad)).mean
    assert moved is not None
    return float(angle_between(moved, FORWARD))


def test_a_gaze_that_is_less_certain_than_usual_moves_the_smoothed_one_less() -> None:
    assert jump(0.02) == pytest.approx(jump(None))
    assert jump(0.005) == pytest.approx(jump(None))  # certain beyond the usual changes nothing
    assert 0 < jump(10.0) < jump(0.06) < 0.5 * jump(None)


def test_without_a_filter_a_gaze_passes_as_it_is() -> None:
    assert jump(10.0, strength=0.0) == pytest.approx(0.05)
