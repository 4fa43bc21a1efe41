"""The relief of an eye region: bone, the lids over the eyeball, and the folds that change as they move."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_training.data.eye_region import EyeRegion, LidPose

Image = NDArray[np.float32]

_CELL_MM = 0.36
_HALF_MM = 36.0
_SIZE = round(2 * _HALF_MM / _CELL_MM)
_X = ((np.arange(_SIZE, dtype=np.float32) + np.float32(0.5)) * np.float32(_CELL_MM) - np.float32(_HALF_MM))[None]
_Y = _X.T.copy()
_FRONT_MM, _BACK_MM, _STEPS = 48.0, 18.0, 16
_BRACKET_MM = np.float32(1.6)
# Rows and columns of the grid that lids and folds reach.
_FOLDS = slice(round((_HALF_MM - 21) / _CELL_MM), round((_HALF_MM + 21) / _CELL_MM))

# Height of the mean face about the left eyeball's centre, every 6 mm, measured on a morphable head; brow first.
_MEAN_BONE_MM = (
    (23.0, 22.9, 22.6, 21.7, 20.1, 17.7, 14.7, 10.6, 4.5, -4.5, -15.9),
    (23.2, 22.9, 22.1, 20.8, 19.0, 17.0, 14.7, 11.8, 7.0, -1.4, -14.8),
    (22.2, 21.0, 19.0, 16.6, 14.6, 13.4, 12.2, 10.4, 6.9, -0.1, -13.6),
    (21.7, 18.7, 13.4, 10.6, 9.8, 9.9, 9.6, 8.0, 4.3, -1.7, -13.2),
    (23.1, 17.3, 10.2, 8.4, 8.0, 8.0, 7.4, 4.7, 0.5, -4.9, -13.8),
    (27.0, 20.2, 11.2, 8.6, 8.8, 9.0, 8.0, 4.8, -0.8, -6.3, -13.5),
    (32.0, 25.7, 15.5, 10.9, 10.2, 9.9, 8.3, 4.9, 0.2, -5.0, -11.9),
    (36.6, 30.5, 20.1, 13.8, 11.5, 10.3, 8.8, 6.2, 2.6, -2.2, -9.6),
    (41.5, 36.5, 23.5, 16.7, 13.6, 11.6, 10.0, 7.9, 4.8, 0.0, -7.8),
)


@dataclass(frozen=True, eq=False)
class Relief:
    """The skin's height (n, n) towards the viewer, mm about the eyeball's centre, on a grid of the head frame.

    `moved`: (n, n) by how many mm the skin was carried down from where it lies when the eye looks straight ahead.
    `edge`: (n, n) 1 at the lids' edges to 0 far from them.
    """

    height: Image
    moved: Image
    edge: Image

    @cached_property
    def _surface(self) -> Image:
        """Slopes, openness to light and `moved` as channels (n, n, 4), to be looked up at once."""
        slope_x = cv2.Scharr(self.height, cv2.CV_32F, 1, 0, scale=1 / (32 * _CELL_MM))
        slope_y = cv2.Scharr(self.height, cv2.CV_32F, 0, 1, scale=1 / (32 * _CELL_MM))
        return np.ascontiguousarray(np.dstack([slope_x, slope_y, self._openness(), self.moved]), np.float32)

    def _openness(self) -> Image:
        """Share of the sky that the skin sees: less in creases, under the brow and beside the nose."""
        folds = np.maximum(cv2.GaussianBlur(self.height, (0, 0), 0.9 / _CELL_MM) - self.height, 0)
        small = cv2.resize(self.height, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        above, beside = (
            np.maximum.reduce([(_shifted(small, x, y) - small) / np.float32(np.hypot(x, y)) for x, y in ways])
            for ways in (((0, -6), (0, -11), (0, -17)), ((-7, -3), (-13, -5), (9, -3)))
        )
        hidden = 0.22 * np.maximum(above, 0) + 0.10 * np.maximum(beside, 0)
        hidden = cv2.resize(cv2.GaussianBlur(hidden, (0, 0), 1.5), (_SIZE, _SIZE), interpolation=cv2.INTER_LINEAR)
        return np.asarray(1 / (1 + 2.5 * folds + hidden), np.float32)

    def height_at(self, x: Image, y: Image) -> Image:
        """Height at points of any shape, mm."""
        return _look_up(self.height, x, y)

    def surface_at(self, x: Image, y: Image) -> tuple[Image, Image, Image]:
        """Unnormalised normals (h, w, 3) towards the viewer, openness to light (h, w), and `moved` (h, w)."""
        values = _look_up(self._surface, x, y)
        normal = np.dstack([-values[..., 0], -values[..., 1], np.full(x.shape, -1, np.float32)])
        return normal, values[..., 2], values[..., 3]

    def hit(self, origin: Array, rays: Image) -> tuple[Image, Image]:
        """x and y (h, w) in mm where rays (h, w, 3) from a point (3,) first meet the skin, all in the head frame."""
        per_mm = rays[..., :2] / rays[..., 2:]
        at_zero = origin[:2].astype(np.float32) - per_mm * np.float32(origin[2])
        x0, y0, dx, dy = (np.ascontiguousarray(v) for v in (*np.moveaxis(at_zero, -1, 0), *np.moveaxis(per_mm, -1, 0)))

        def gap(z: Image | np.float32, every: int = 1) -> Image:
            """How far before the skin the rays are at depth z."""
            part = (slice(None, None, every),) * 2
            return -_look_up(self.height, x0[part] + z * dx[part], y0[part] + z * dy[part]) - z

        step = np.float32((_FRONT_MM + _BACK_MM) / _STEPS)
        before, depth = np.full(x0[::2, ::2].shape, step, np.float32), np.full(x0[::2, ::2].shape, _BACK_MM, np.float32)
        searching = np.ones(depth.shape, bool)
        for k in range(1, _STEPS + 1):
            here = np.float32(-_FRONT_MM + k * step)
            now = gap(here, 2)
            meets = searching & (now <= 0)
            depth[meets] = here - step * now[meets] / (now[meets] - before[meets])
            searching &= now > 0
            before = now
        z = np.asarray(cv2.resize(depth, x0.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
        near, far = gap(z - _BRACKET_MM), gap(z + _BRACKET_MM)
        share = np.clip(near / np.maximum(near - far, np.float32(0.1)), 0, 1)
        z = z + (2 * share - 1) * _BRACKET_MM
        return x0 + z * dx, y0 + z * dy


def key_shadow(relief: Relief, towards: Array) -> Image:
    """Light 0..1 (n, n) that a lamp in direction (3,), head frame, leaves on the skin behind nose, brow and lids."""
    rise = -float(towards[2])
    if rise < 0.05:
        return np.ones_like(relief.height)
    small = cv2.resize(relief.height, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    light = np.ones_like(small)
    for way in (0.8, 1.7, 3.0, 5.0, 8.0, 12.0, 17.0):
        above = _shifted(small, float(towards[0]) * way, float(towards[1]) * way) - small
        light = np.minimum(light, 1 - (above - np.float32(rise * way)) / np.float32(0.15 * way + 0.3))
    light = cv2.GaussianBlur(np.clip(light, 0, 1), (0, 0), 2.0)  # the few steps would show as bands
    return np.asarray(cv2.resize(light, (_SIZE, _SIZE), interpolation=cv2.INTER_LINEAR), np.float32)


def _shifted(grid: Image, x_mm: float, y_mm: float) -> Image:
    """A coarser grid of the same extent, shifted by this many mm."""
    cell = 2 * _HALF_MM / grid.shape[0]
    shift = np.array([[1, 0, x_mm / cell], [0, 1, y_mm / cell]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(grid, shift, grid.shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def look_up_grid(grid: Image, x: Image, y: Image) -> Image:
    """A grid's values at points in mm."""
    return _look_up(grid, x, y)


def rest_relief(region: EyeRegion, eyeball_mm: float) -> Image:
    """Height (n, n) of bone and lids of a person, without the folds."""
    bone = region.bone
    height = (
        _mean_bone()
        + np.float32(bone.brow) / (1 + np.exp((_Y + np.float32(11)) / 3))
        + np.float32(bone.nose) / (1 + np.exp((_X + np.float32(19)) / 3))
        + np.float32(bone.temple) / (1 + np.exp((np.float32(16) - _X) / 4))
        + np.float32(bone.cheek) / (1 + np.exp((np.float32(11) - _Y) / 3))
        + np.float32(bone.bag) * np.exp(-(((_Y - 10) / 3) ** 2) - (_X / 13) ** 2)
    )
    radius = np.float32(eyeball_mm + region.lid_mm)
    ball = np.sqrt(np.maximum(radius**2 - _X**2 - _Y**2, 0))
    blend = np.maximum(1 - np.abs(height - ball) / np.float32(4), 0)
    height = np.maximum(height, ball) + blend * blend
    middle = _SIZE // 2
    height -= (height[middle, middle] - radius) * np.exp(-(_X**2 + _Y**2) / 150)
    return np.asarray(cv2.GaussianBlur(height.astype(np.float32), (0, 0), 1.4 / _CELL_MM), np.float32)


@cache
def _mean_bone() -> Image:
    """The mean face around an eye as the lids' ball leaves it (n, n)."""
    table = np.array(_MEAN_BONE_MM, np.float32)
    far_side = (table[:, :1] + table[:, 1:2]) / 2  # the ridge of the nose is 31.5 mm away: it falls again behind it
    table = np.hstack([far_side, table, 2 * table[:, -1:] - table[:, -2:-1]])
    table = np.vstack([table[:1], table[:1], table, table[-1:], table[-1:]])
    rows, columns = (_Y[:, 0] + _HALF_MM) / 6, (_X[0] + _HALF_MM) / 6
    where = np.meshgrid(columns.astype(np.float32), rows.astype(np.float32))
    return np.asarray(cv2.remap(table, *where, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)


def fold(rest: Image, lids: LidPose, straight: LidPose, cornea: Array) -> Relief:
    """The relief while the lids lie as in `lids`; `straight`: the same person's lids when looking straight ahead.

    A lid that goes down unfolds: its skin comes out from the crease, which follows a third of the way and fades. A lid
    that moves up slides under the fold, which gets deeper. `cornea`: (2,) where its bulge lifts the lid, mm.
    """
    region = lids.region
    x, y = _X[:, _FOLDS], _Y[_FOLDS]
    row = x[0]
    upper, lower = lids.lines(row)
    upper0, lower0 = straight.lines(row)
    down = upper - upper0
    (x0, _), (x1, _) = lids.corners()
    along = np.clip((row - np.float32(x0)) / np.float32(x1 - x0), 0, 1)
    window = np.exp(-(((row - np.float32((x0 + x1) / 2 + 1.5)) / np.float32(17)) ** 4))
    visible = np.float32(region.crease_mm) * (np.float32(0.55) + np.float32(0.45) * np.sin(np.pi * along)) + 0.65 * down
    crease = upper - np.maximum(visible, np.float32(0.5)) + np.float32(0.45) * np.maximum(row - np.float32(x1), 0)
    depth = np.float32(region.crease_depth_mm) * np.exp(-np.clip(down, -3, 12) / np.float32(5)) * window
    depth = depth * (np.float32(0.8) + np.float32(0.5) * along)
    over = np.float32(region.hood_mm) * np.exp(-np.clip(down, -2, 12) / np.float32(7)) * window

    from_crease = y - crease
    above = np.float32(0.5) - np.float32(0.5) * np.tanh(from_crease + np.float32(0.3))
    change = over * above * np.exp(-((from_crease / np.float32(7)) ** 2))
    change -= depth * np.exp(-((from_crease / np.float32(0.8)) ** 2))
    change += np.float32(0.45) * window * np.exp(-((y - lower - np.float32(1.2)) ** 2))
    change += np.float32(0.30) * window * np.exp(-(((y - upper + np.float32(0.9)) / np.float32(0.8)) ** 2))
    bulge = np.exp(-((x - np.float32(cornea[0])) ** 2 + (y - np.float32(cornea[1])) ** 2) / np.float32(32))
    change += np.float32(0.7) * bulge * ((y < upper) | (y > lower))

    from_upper, from_lower = np.maximum(upper - y, 0), np.maximum(y - lower, 0)
    carried = np.where(
        y < (upper + lower) / 2,
        down * np.exp(-from_upper / np.maximum(np.float32(5), np.float32(1.4) * np.abs(down))),
        (lower - lower0) * np.exp(-from_lower / np.float32(5)),
    )
    beside = np.maximum(np.float32(x0) - row, row - np.float32(x1))
    edge = np.exp(-np.maximum(np.maximum(from_upper, from_lower), beside) / np.float32(1.3))
    height, moved, at_edge = rest.copy(), np.zeros_like(rest), np.zeros_like(rest)
    height[_FOLDS, _FOLDS] += change
    moved[_FOLDS, _FOLDS] = carried
    at_edge[_FOLDS, _FOLDS] = edge
    return Relief(height, moved, at_edge)


def _look_up(grid: Image, x: Image, y: Image) -> Image:
    scale, shift = np.float32(1 / _CELL_MM), np.float32(_HALF_MM / _CELL_MM - 0.5)
    return np.asarray(
        cv2.remap(grid, x * scale + shift, y * scale + shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    )
