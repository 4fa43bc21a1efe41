"""What can be seen of an eye: lids, covers and glare take away what they hide, no more and no less."""

from __future__ import annotations

import numpy as np
import pytest

from gaze_demo.geometry import pitch_yaw_to_vector
from gaze_demo.synthesis.eyeball import EyeballShape
from gaze_training.data.aperture import PATCH, LidLines
from gaze_training.data.visibility import IrisDisc, cover_share, glare_share, iris_disc, visible_share

DISC = IrisDisc(np.array([102.0, 84.0]), np.array([[22.0, 0.0], [0.0, 22.0]]))
NOTHING = np.zeros((PATCH.height, PATCH.width), np.float32)


def lids(upper: float, lower: float) -> LidLines:
    return LidLines(np.full(PATCH.width, upper), np.full(PATCH.width, lower), 52.0, 152.0)


@pytest.mark.parametrize(
    ("upper", "lower", "share"),
    [
        pytest.param(50, 110, 1.0, id="wide open"),
        pytest.param(84, 110, 0.5, id="a lid at the middle of the iris"),
        pytest.param(73, 95, 0.609, id="half of the iris's height from both sides"),
        pytest.param(84, 84, 0.0, id="shut"),
        pytest.param(110, 130, 0.0, id="below the iris"),
    ],
)
def test_lids_hide_the_iris_by_its_area(upper: float, lower: float, share: float) -> None:
    assert visible_share(DISC, lids(upper, lower)) == pytest.approx(share, abs=0.01)


def test_a_cover_over_half_of_the_iris_hides_half_of_it() -> None:
    cover = NOTHING.copy()
    cover[:, 102:] = 1.0
    assert visible_share(DISC, lids(50, 110), cover) == pytest.approx(0.5, abs=0.01)
    assert cover_share(cover, lids(50, 110)) == pytest.approx(0.5, abs=0.02)


def test_glare_counts_between_the_lids_alone() -> None:
    glare = NOTHING.copy()
    glare[:70] = 1.0
    assert glare_share(glare, lids(75, 100)) == pytest.approx(0.0, abs=0.01)
    assert glare_share(glare, lids(60, 80)) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("degrees", [(0, 0), (-30, 0), (10, 25)])
def test_the_disc_is_where_the_iris_shows_on_the_eyeball(degrees: tuple[float, float]) -> None:
    optical = pitch_yaw_to_vector(np.radians(degrees))
    upright = np.array([0.0, -1.0, 0.0]) - optical * (np.array([0.0, -1.0, 0.0]) @ optical)
    shape = EyeballShape()
    disc = iris_disc(np.array([0.0, 0.0, 600.0]), optical, upright / np.linalg.norm(upright), shape)
    against = (disc.centre_px - [PATCH.width / 2, PATCH.height / 2]) / PATCH.focal_px * 590
    np.testing.assert_allclose(against, 10.4 * optical[:2], atol=0.3)
    area = np.pi * abs(np.linalg.det(disc.axes_px))
    assert area == pytest.approx(np.pi * (5.9 * 3.75) ** 2 * -optical[2], rel=0.05)
