"""The eyeball: what is drawn lies where geometry says, and light behaves."""

from typing import Any

import numpy as np
import pytest

from gaze_demo.geometry import pitch_yaw_to_vector
from gaze_demo.synthesis.eyeball import EyeballLook, EyeballShape, shade_eyeball
from gaze_demo.synthesis.light import Lights

FOCAL, SIZE, DISTANCE = 6000.0, 320, 600.0
UP = (0.0, -1.0, 0.0)


def lights(colour: float = 2.0, towards: tuple[float, float, float] = (0.0, -0.6, -0.8)) -> Lights:
    return Lights([towards], [[0.3, 0.2]], [[colour] * 3], [False], [0.0], [0.4] * 3, [0.3] * 3)


def picture(pitch: float, yaw: float, light: Lights | None = None, shadow: float = 0.0, **look: Any) -> np.ndarray:
    """Linear grey (SIZE, SIZE) of an eye that looks so many degrees up and to the image's left; NaN beside it."""
    middle = np.arange(SIZE) + 0.5 - SIZE / 2
    x, y = np.meshgrid(middle / FOCAL, middle / FOCAL)
    rays = np.stack([x, y, np.ones_like(x)], -1).reshape(-1, 3)
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    axis = pitch_yaw_to_vector(np.radians((pitch, yaw)))
    style = EyeballLook(veins=0.0, **look)
    rgb, hit = shade_eyeball(rays, (0, 0, DISTANCE), axis, UP, EyeballShape(), style, light or lights(0.0), shadow)
    assert rgb.dtype == np.float32
    assert np.isfinite(rgb).all()
    grey = rgb.mean(1).astype(float)
    return np.where(hit, grey, np.nan).reshape(SIZE, SIZE)


def dark_centre(image: np.ndarray, below: float) -> np.ndarray:
    """Millimetres from the eyeball's centre, x right and y down, of the middle of what is darker than `below`."""
    row, column = np.nonzero(image < below)
    return (np.array([column.mean(), row.mean()]) + 0.5 - SIZE / 2) * DISTANCE / FOCAL


@pytest.mark.parametrize(("pitch", "yaw"), [(0, 0), (0, 25), (0, -25), (15, 0), (-25, 0), (-10, 15)])
def test_iris_lies_where_the_optical_axis_points(pitch: float, yaw: float) -> None:
    found = dark_centre(picture(pitch, yaw), 0.12)
    limbus = EyeballShape().limbus_plane_mm * pitch_yaw_to_vector(np.radians((pitch, yaw)))[:2]
    assert np.linalg.norm(found - limbus) < 0.35


def test_outline_is_the_eyeball_and_the_cornea_bulges_out_of_it() -> None:
    seen = np.isfinite(picture(0, 90))
    width = seen[SIZE // 2].sum() * DISTANCE / FOCAL
    shape = EyeballShape()
    assert width == pytest.approx(shape.radius_mm + shape.cornea_offset_mm + shape.cornea_radius_mm, abs=0.2)


def test_a_mirrored_gaze_gives_the_mirrored_eye() -> None:
    left, right = picture(-5, 20, lights(0.0)), picture(-5, -20, lights(0.0))
    assert np.nanmedian(np.abs(left - right[:, ::-1])) < 0.01


def test_refraction_enlarges_the_pupil_and_moves_it_towards_the_viewer() -> None:
    pale: dict[str, Any] = {"iris_outer": (0.5, 0.5, 0.5), "iris_inner": (0.5, 0.5, 0.5)}
    straight = picture(0, 0, **pale)
    diameter = 2 * np.sqrt((straight < 0.03).sum() / np.pi) * DISTANCE / FOCAL
    assert 1.05 < diameter / (2 * EyeballShape().pupil_radius_mm) < 1.2
    unrefracted = EyeballShape().iris_plane_mm * np.sin(np.radians(30))
    assert -dark_centre(picture(0, 30, **pale), 0.03)[0] > unrefracted + 0.2


def test_a_lamp_glints_on_the_cornea_towards_its_own_side() -> None:
    lit = picture(0, 0, lights(40.0, (-0.6, 0.0, -0.8)))
    lit[np.hypot(*np.meshgrid(*[np.arange(SIZE) + 0.5 - SIZE / 2] * 2)) * DISTANCE / FOCAL > 4.5] = 0  # the iris alone
    row, column = np.unravel_index(np.nanargmax(lit), lit.shape)
    half_way = np.sin(np.arctan2(0.6, 0.8) / 2) * EyeballShape().cornea_radius_mm
    assert (column + 0.5 - SIZE / 2) * DISTANCE / FOCAL == pytest.approx(-half_way, abs=0.6)
    assert abs(row + 0.5 - SIZE / 2) * DISTANCE / FOCAL < 0.6


def test_shadow_darkens_and_more_light_brightens() -> None:
    plain, shaded, bright = picture(0, 10), picture(0, 10, shadow=0.8), picture(0, 10, lights(20.0))
    assert np.nanmean(shaded) < 0.4 * np.nanmean(plain)
    assert np.nanmean(bright) > 1.2 * np.nanmean(plain)


def test_seeds_give_other_irises_of_the_same_colour() -> None:
    one, same, other = picture(0, 0, seed=1), picture(0, 0, seed=1), picture(0, 0, seed=2)
    iris = np.hypot(*np.meshgrid(*[np.arange(SIZE) + 0.5 - SIZE / 2] * 2)) * DISTANCE / FOCAL
    iris = (iris > 2.5) & (iris < 5.0)
    assert np.array_equal(one, same, equal_nan=True)
    assert np.corrcoef(one[iris], other[iris])[0, 1] < 0.8
    assert one[iris].mean() == pytest.approx(other[iris].mean(), rel=0.15)


def test_window_reflections_have_bars_and_round_lamps_have_none() -> None:
    """A rectangle of the size of a window shows its cross; the same as an ellipse does not."""
    spans = {}
    for is_round in (False, True):
        lamp = Lights([(0, 0, -1)], [[0.5, 0.5]], [[50.0] * 3], [is_round], [0.0], [0.4] * 3, [0.3] * 3)
        line = picture(0, 0, lamp)[SIZE // 2 - 12]
        spans[is_round] = line[SIZE // 2] / line[SIZE // 2 + 10]
    assert spans[False] < 0.6
    assert spans[True] == pytest.approx(1, abs=0.1)
