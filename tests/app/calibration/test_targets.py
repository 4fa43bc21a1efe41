from __future__ import annotations

import numpy as np
import pytest

from app.calibration.fakes import SCREEN
from gaze_demo.calibration.targets import LAYOUTS, MOST_VALIDATION, PursuitPath, layout_targets, validation_targets


@pytest.mark.parametrize("points", sorted(LAYOUTS))
def test_a_layout_has_its_points_on_the_screen_and_apart(points: int) -> None:
    targets = layout_targets(points, SCREEN, seed=3)
    assert sorted(target.index for target in targets) == list(range(points))
    places = np.array([target.point_px for target in targets])
    assert all(SCREEN.contains(place) for place in places)
    distances = np.linalg.norm(places[:, None] - places, axis=-1) + np.eye(points) * 1e9
    assert distances.min() > 300


@pytest.mark.parametrize("points", sorted(LAYOUTS))
def test_validation_is_at_four_or_more_places_that_no_layout_has(points: int) -> None:
    assert len(validation_targets(SCREEN, seed=0)) == 5
    validation = np.array([target.point_px for target in validation_targets(SCREEN, 0, MOST_VALIDATION)])
    fit = np.array([target.point_px for target in layout_targets(points, SCREEN, seed=0)])
    assert len(validation) >= 4
    assert np.linalg.norm(validation[:, None] - fit, axis=-1).min() > 100


def test_more_validation_points_are_given_on_request_and_keep_the_first_ones() -> None:
    few, many = (validation_targets(SCREEN, 0, count) for count in (5, 20))
    assert {target.index for target in many} == set(range(20))
    assert {t.index: t.point_px.tolist() for t in few}.items() <= {t.index: t.point_px.tolist() for t in many}.items()
    with pytest.raises(ValueError, match="1 to 20"):
        validation_targets(SCREEN, 0, 21)


def test_the_order_follows_the_seed() -> None:
    assert layout_targets(9, SCREEN, 1) == layout_targets(9, SCREEN, 1)
    assert layout_targets(9, SCREEN, 1) != layout_targets(9, SCREEN, 2)


def test_a_pursuit_path_is_smooth_closed_and_covers_the_screen() -> None:
    path = PursuitPath(SCREEN)
    times = np.linspace(0, path.duration_s, 721)
    places = np.array([path.target(float(t)).point_px for t in times]) * SCREEN.pitch_mm
    speed = np.linalg.norm(np.diff(places, axis=0), axis=1) / (times[1] - times[0])
    assert np.degrees(np.arctan(speed.max() / 600)) < 30  # deg a second: eyes pursue smoothly up to there
    np.testing.assert_allclose(places[0], places[-1], atol=1e-6)
    assert np.ptp(places[:, 0]) > 0.8 * SCREEN.width_mm
    assert np.ptp(places[:, 1]) > 0.8 * SCREEN.height_mm
    assert {path.target(float(t)).index for t in times} == set(range(path.segments))
