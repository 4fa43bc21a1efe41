"""Where the person looks during a calibration: grids of points, other points to validate at, and a path to pursue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.geometry import Array
from gaze_demo.screen import ScreenGeometry

_EDGE = 0.08  # share of the screen between its edge and the outer points
_LOW, _HIGH = _EDGE, 1 - _EDGE
_CORNERS = [(_LOW, _LOW), (_HIGH, _LOW), (_LOW, _HIGH), (_HIGH, _HIGH)]
_SIDES = [(0.5, _LOW), (_LOW, 0.5), (_HIGH, 0.5), (0.5, _HIGH)]
_INNER = [(0.29, 0.29), (0.71, 0.29), (0.29, 0.71), (0.71, 0.71)]
_THIRDS = [_LOW + (_HIGH - _LOW) * i / 3 for i in range(4)]

# Points of each layout, shares of the screen's width and height.
LAYOUTS: dict[int, list[tuple[float, float]]] = {
    1: [(0.5, 0.5)],
    2: [(0.3, 0.4), (0.7, 0.6)],
    3: [(0.5, 0.2), (0.2, 0.75), (0.8, 0.75)],
    5: [(0.5, 0.5), *_CORNERS],
    9: [(0.5, 0.5), *_CORNERS, *_SIDES],
    13: [(0.5, 0.5), *_CORNERS, *_SIDES, *_INNER],
    16: [(x, y) for y in _THIRDS for x in _THIRDS],
}
OFFERED = (5, 9, 13, 16)  # layouts a person can choose; fewer points serve studies and recentring
# Points of no layout; the first few cover the screen as well as few can.
VALIDATION = [
    *[(0.18, 0.34), (0.63, 0.18), (0.83, 0.64), (0.47, 0.77), (0.41, 0.44)],
    *[(0.14, 0.87), (0.88, 0.21), (0.64, 0.53), (0.69, 0.86), (0.44, 0.12)],
    *[(0.27, 0.61), (0.28, 0.13), (0.31, 0.88), (0.77, 0.39), (0.13, 0.57)],
    *[(0.54, 0.36), (0.83, 0.88), (0.76, 0.13), (0.15, 0.12), (0.59, 0.73)],
]
USUAL_VALIDATION, MOST_VALIDATION = 5, len(VALIDATION)


@dataclass(frozen=True)
class Target:
    """A point to look at: `index` within its layout, x and y in px of the screen."""

    index: int
    x_px: float
    y_px: float

    @property
    def point_px(self) -> Array:
        return np.array([self.x_px, self.y_px])


def layout_targets(points: int, screen: ScreenGeometry, seed: int) -> list[Target]:
    """The targets of a layout in random order, so that nobody can predict the next one; raises KeyError for no
    layout."""
    return _shuffled(LAYOUTS[points], screen, seed)


def validation_targets(screen: ScreenGeometry, seed: int, count: int = USUAL_VALIDATION) -> list[Target]:
    """Targets at places that no layout has; more of them separate models with similar errors.

    Raises ValueError if more are requested than there are.
    """
    if not 1 <= count <= MOST_VALIDATION:
        raise ValueError(f"a validation has 1 to {MOST_VALIDATION} targets")
    return _shuffled(VALIDATION[:count], screen, seed + 1)


def _shuffled(shares: list[tuple[float, float]], screen: ScreenGeometry, seed: int) -> list[Target]:
    order = np.random.default_rng(seed).permutation(len(shares))
    return [Target(int(i), shares[i][0] * screen.width_px, shares[i][1] * screen.height_px) for i in order]


@dataclass(frozen=True)
class PursuitPath:
    """A smooth closed path over the screen: a Lissajous figure that starts and ends at the centre.

    `duration_s`: of the whole path. `segments`: parts that count as one target each when targets are left out.
    """

    screen: ScreenGeometry
    duration_s: float = 24.0
    segments: int = 12

    def target(self, elapsed_s: float) -> Target:
        """Where the dot is; before the start and after the end it rests at the centre."""
        share = float(np.clip(elapsed_s / self.duration_s, 0.0, 1.0))
        reach = 0.5 - _EDGE
        x = 0.5 + reach * np.sin(2 * np.pi * 3 * share)
        y = 0.5 + reach * np.sin(2 * np.pi * 2 * share)
        segment = min(int(share * self.segments), self.segments - 1)
        return Target(segment, float(x * self.screen.width_px), float(y * self.screen.height_px))
