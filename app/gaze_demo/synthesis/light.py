"""The light around an eye: a vertical gradient, with distant lamps, windows and screens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]

_BAR_HALF_WIDTH = 0.03
_BARRED_FROM = 0.35  # rectangles at least this large (tangent of the half width) are windows, and have glazing bars


@dataclass(frozen=True, eq=False)
class Lights:
    """Area lights at infinity over an ambient gradient; linear RGB radiance, directions in the camera frame.

    `directions`: (n, 3) unit vectors towards the lights. `half_sizes`: (n, 2) tangents of half the angle that a light
    spans across and up. `colours`: (n, 3) radiance. `round`: (n,) bool, an ellipse instead of a rectangle. `roll`: (n,)
    radians about its own direction. `ambient_up`, `ambient_down`: (3,) radiance from straight above and below.
    """

    directions: ArrayLike
    half_sizes: ArrayLike
    colours: ArrayLike
    round: ArrayLike
    roll: ArrayLike
    ambient_up: ArrayLike
    ambient_down: ArrayLike

    @cached_property
    def _prepared(self) -> _Prepared:
        towards = np.asarray(self.directions, float).reshape(-1, 3)
        sizes = np.asarray(self.half_sizes, float).reshape(-1, 2)
        colours = np.asarray(self.colours, float).reshape(-1, 3)
        up, down = np.asarray(self.ambient_up, float), np.asarray(self.ambient_down, float)
        level = np.cross([0.0, 1.0, 0.0], towards)
        across = level / (np.linalg.norm(level, axis=1, keepdims=True) + 1e-9)
        upward = np.cross(towards, across)
        roll = np.asarray(self.roll, float).reshape(-1, 1)
        first = across * np.cos(roll) + upward * np.sin(roll)
        second = upward * np.cos(roll) - across * np.sin(roll)
        return _Prepared(
            frames=np.stack([first, second, towards], 1).astype(np.float32),
            half_sizes=sizes.astype(np.float32),
            least_cosine=np.maximum(0.2, 0.75 / np.sqrt(1 + 2 * (sizes**2).sum(1))),
            round=np.asarray(self.round, bool).reshape(-1),
            colours=colours.astype(np.float32),
            irradiance=(colours * (4 / np.pi * sizes.prod(1))[:, None]).astype(np.float32),
            mean=((up + down) / 2).astype(np.float32),
            slope=((up - down) / 2).astype(np.float32),
        )


@dataclass(frozen=True, eq=False)
class _Prepared:
    """The values for shading that do not depend on where the eye looks; `frames` (n, 3, 3): across, up, towards, as
    rows."""

    frames: Floats
    half_sizes: Floats
    least_cosine: NDArray[np.float64]
    round: NDArray[np.bool_]
    colours: Floats
    irradiance: Floats
    mean: Floats
    slope: Floats


def cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cross product of two vectors (3,); numpy's own function takes 20 us, and a frame needs dozens of them."""
    (ax, ay, az), (bx, by, bz) = a.tolist(), b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


class LocalLights:
    """Lights seen from a frame whose axes are the rows of a rotation (3, 3) from the camera frame.

    Attributes: `directions` (n, 3) towards the lights.
    """

    def __init__(self, lights: Lights, rotation: ArrayLike) -> None:
        axes = np.asarray(rotation, np.float32)
        self._fixed = lights._prepared
        self._frames = self._fixed.frames @ axes.T
        self.directions: Floats = self._frames[:, 2]
        self._slope = np.outer(self._fixed.slope, axes @ np.array([0, -1, 0], np.float32))

    def ambient(self, directions: Floats) -> Floats:
        """Radiance (3, n) of the gradient alone in directions (3, n)."""
        return self._fixed.mean[:, None] + self._slope @ directions

    def radiance(self, directions: Floats) -> Floats:
        """Radiance (3, n) seen in unit directions (3, n): what a mirror there would show."""
        total = self.ambient(directions)
        fixed = self._fixed
        towards = self.directions @ directions
        for k, ((across, upward), ellipse) in enumerate(zip(fixed.half_sizes, fixed.round, strict=True)):
            near = np.flatnonzero(towards[k] > fixed.least_cosine[k])
            if len(near) == 0:
                continue
            a, b = np.abs(self._frames[k, :2] @ directions[:, near]) / towards[k, near]
            x, y = a / across, b / upward
            edge = np.sqrt(x * x + y * y) if ellipse else np.maximum(x, y)
            weight = 1 - np.clip((edge - 0.9) * 4, 0, 1)
            if not ellipse and across > _BARRED_FROM:
                weight[np.minimum(a, b) < _BAR_HALF_WIDTH] *= 0.3
            total[:, near] += fixed.colours[k][:, None] * weight
        return total

    def diffuse(self, normals: Floats, wrap: tuple[float, float, float]) -> Floats:
        """Light (3, n) that a white surface with unit normals (3, n) returns.

        `wrap` for each of R, G, B: how far light reaches past the terminator, as it does in sclera and skin.
        """
        total = self.ambient(normals)
        if len(self.directions) == 0:
            return total
        cosine = self.directions @ normals
        for share in sorted(set(wrap)):
            lit = np.clip((cosine + np.float32(share)) / np.float32(1 + share), 0, None)
            for channel in (c for c in range(3) if wrap[c] == share):
                total[channel] += self._fixed.irradiance[:, channel] @ lit
        return total
