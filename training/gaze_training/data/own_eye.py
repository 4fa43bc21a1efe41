"""A photograph's own eyeball, turned to look elsewhere: its pixels are wrapped onto a ball, turned, and seen again.

Iris, limbus, sclera and their light are therefore real, which a ray tracer cannot achieve. The reflections on the
cornea do not turn with the eye, so they are removed and drawn again. The part that the lids hid is filled from the
mirrored half of the ball, and where that was hidden too, from the mean colour at that distance from the pupil.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.synthesis.eyeball import EyeballShape
from gaze_demo.synthesis.light import cross
from gaze_training.data.aperture import PATCH, PX_PER_MM, X_PX, Y_PX, LidLines, between_lids

Image = NDArray[np.float32]

_BALL_MM = 12.0
_IRIS_PLANE_MM = 10.4  # where the iris seems to be, seen through the cornea; its rim lies on the ball
_IRIS_RIM_MM = float(np.sqrt(_BALL_MM**2 - _IRIS_PLANE_MM**2))
OWN_SHAPE = EyeballShape(radius_mm=_BALL_MM, iris_radius_mm=_IRIS_RIM_MM)  # assumed size of a photograph's eyeball
_CORNEA_MM = 5.35
_GLINT = 2.0  # times the iris's median light above which a spot is a reflection
_PROFILE_MM = 0.5
_PROFILE_BINS = 28
_HALF = np.array([PATCH.width / 2, PATCH.height / 2])


@dataclass(frozen=True, eq=False)
class OwnEye:
    """The eyeball of a photograph's patch. `linear`: (h, w, 3) the patch without reflections on the iris. `seen`:
    (h, w) 0..1, if the ball shows between lids and corners. `profile`: (2, bins, 3) mean colour by side (nose,
    temple) and distance from the iris's centre in the plane."""

    linear: Image
    seen: Image
    profile: Image


@dataclass(frozen=True, eq=False)
class BallPose:
    """`centre_mm`: (3,) of the ball against the patch's centre; `optical`, `upright`: (3,) unit vectors."""

    centre_mm: Array
    optical: Array
    upright: Array

    @property
    def axes(self) -> NDArray[np.float32]:
        """Rows: the eye's own right, down and forward."""
        right = cross(self.optical, self.upright)
        right /= np.linalg.norm(right)
        return np.stack([right, cross(self.optical, right), self.optical]).astype(np.float32)


def own_eye(linear: Image, lids: LidLines, iris_px: Array) -> OwnEye:
    """Prepare a patch whose lids and iris are known, nose at the left."""
    k = PX_PER_MM
    from_upper = (Y_PX - lids.upper.astype(np.float32)) / k
    from_lower = (lids.lower.astype(np.float32) - Y_PX) / k
    to_inner, to_outer = (X_PX - np.float32(lids.inner)) / k, (np.float32(lids.outer) - X_PX) / k
    inside = np.minimum(np.minimum(from_upper - 0.9, from_lower - 0.7), np.minimum(to_inner - 4.0, to_outer - 2.0))
    seen = np.clip(inside / np.float32(0.6) + np.float32(0.5), 0, 1).astype(np.float32)
    dx, dy = (X_PX - np.float32(iris_px[0])) / k, (Y_PX - np.float32(iris_px[1])) / k
    radius = np.hypot(dx, dy)
    light = linear.mean(-1)
    iris = (seen > 0.5) & (radius < _IRIS_RIM_MM)
    level = float(np.median(light[iris])) if iris.any() else 0.0
    spots = (iris & (light > _GLINT * level + 0.01)).astype(np.uint8)
    spots = cv2.dilate(spots, np.ones((3, 3), np.uint8))
    profile = _profile(linear, seen * (1 - spots), radius, dx > 0)
    temporal = _temporal(np.broadcast_to(dx, radius.shape))
    cover = cv2.GaussianBlur(spots.astype(np.float32), (0, 0), 1.0) * np.float32(1.3)
    cover = np.clip(cover, 0, 1)[..., None] * (radius < _IRIS_RIM_MM + 0.5)[..., None]
    filled = linear * (1 - cover) + _lookup(profile, radius, temporal) * cover
    return OwnEye(np.asarray(filled, np.float32), seen, profile)


def paint_own_eye(
    rng: np.random.Generator, eye: OwnEye, skin: Image, lids: LidLines, old: BallPose, new: BallPose
) -> tuple[Image, Image]:
    """Linear RGB (h, w, 3) and coverage 0..1 (h, w) of what shows between the new lids, the ball turned from `old`
    (in the photograph's patch) to `new` (in the turned one). `skin`: what the corners' flesh is taken from."""
    k, opening = PX_PER_MM, between_lids(lids)
    colour = np.zeros_like(skin)
    row, column, edges = opening.row, opening.column, opening.edges
    if len(row) == 0:
        return colour, opening.cover
    local = new.axes @ _surface((X_PX[column] - _HALF[0]) / k, (Y_PX[row, 0] - _HALF[1]) / k, new)
    rgb = _lookup(eye.profile, np.hypot(local[0], local[1]), _temporal(local[0]))
    upper_shade = np.float32(0.45) * np.exp(-edges.upper / np.float32(1.2))
    rgb = rgb * (1 - upper_shade)[:, None]
    for flip in (np.float32(-1.0), np.float32(1.0)):  # the mirrored half first, the ball's own pixels over it
        there = old.axes.T @ (local * np.array([[1.0], [flip], [1.0]], np.float32))
        at = (there[:2].T + old.centre_mm[:2]) * k + _HALF - 0.5
        x, y = at[:, 0].astype(np.float32)[None], at[:, 1].astype(np.float32)[None]
        weight = cv2.remap(eye.seen, x, y, cv2.INTER_LINEAR)[0] * (there[2] < -4)
        own = cv2.remap(eye.linear, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        if flip < 0:
            own = own * (1 - upper_shade)[:, None]
        rgb = rgb * (1 - weight[:, None]) + own * weight[:, None]
    if rng.random() < 0.7:
        rgb = rgb + _reflection(rng, column, row, new, float(skin.mean()))
    flesh = np.maximum(np.exp(-((edges.inner / 2.8) ** 2)), 0.7 * np.exp(-((edges.outer / 1.4) ** 2)))
    share = flesh.astype(np.float32)[:, None]
    colour[row, column] = rgb * (1 - share) + skin[row, column] * share
    return colour, opening.cover


def _surface(x_mm: Image, y_mm: Image, ball: BallPose) -> NDArray[np.float32]:
    """Points (3, n) of ball and iris against the ball's centre, seen along z through places of the patch."""
    dx, dy = x_mm - np.float32(ball.centre_mm[0]), y_mm - np.float32(ball.centre_mm[1])
    squared = dx * dx + dy * dy
    reach = np.float32((0.98 * _BALL_MM) ** 2)
    squeeze = np.sqrt(np.minimum(1.0, reach / np.maximum(squared, 1e-6)))  # beyond the ball's rim: its rim
    dx, dy = dx * squeeze, dy * squeeze
    z = -np.sqrt(_BALL_MM**2 - dx * dx - dy * dy)
    ox, oy, oz = ball.optical
    flat = (_IRIS_PLANE_MM - dx * ox - dy * oy) / min(oz, -0.2)
    iris = np.stack([dx, dy, flat])
    ball_point = np.stack([dx, dy, z])
    on_iris = ball_point.T @ ball.optical > _IRIS_PLANE_MM
    return np.where(on_iris, iris, ball_point).astype(np.float32)


def _reflection(
    rng: np.random.Generator, column: NDArray[np.intp], row: NDArray[np.intp], ball: BallPose, skin: float
) -> Image:
    """One or two small bright spots on the cornea: they move half as far as the iris."""
    light = np.zeros(len(column), np.float32)
    middle = ball.centre_mm[:2] + _CORNEA_MM * ball.optical[:2]
    for _ in range(1 + int(rng.random() < 0.3)):
        at = (middle + rng.normal((0.0, -0.4), (0.9, 0.8))) * PX_PER_MM + _HALF
        size = rng.uniform(0.15, 0.5, 2) * PX_PER_MM
        near = ((X_PX[column] - at[0]) / size[0]) ** 2 + ((Y_PX[row, 0] - at[1]) / size[1]) ** 2
        light += np.float32(skin * rng.uniform(0.3, 3.0)) * np.exp(-near * near).astype(np.float32)
    return light[:, None] * np.ones(3, np.float32)


def _profile(linear: Image, seen: Image, radius: Image, temporal: NDArray[np.bool_]) -> Image:
    """Means over rings; where a side shows none of a ring, the other side's, and beyond those the last that is seen."""
    bins = np.minimum((radius / _PROFILE_MM).astype(int), _PROFILE_BINS - 1)

    def rings(weight: Image) -> tuple[Array, NDArray[np.bool_]]:
        total = np.bincount(bins.ravel(), weight.ravel(), _PROFILE_BINS)
        sums = [np.bincount(bins.ravel(), (weight * linear[..., c]).ravel(), _PROFILE_BINS) for c in range(3)]
        return np.stack(sums, -1) / np.maximum(total, 1e-6)[:, None], total > 3

    both, known = rings(seen)
    if not known.any():
        return np.full((2, _PROFILE_BINS, 3), linear.mean(), np.float32)
    places = np.flatnonzero(known)
    every = np.arange(_PROFILE_BINS)
    both = np.stack([np.interp(every, places, both[places, c]) for c in range(3)], -1)
    rows = []
    for side in (~temporal, temporal):
        mean, known = rings(seen * side)
        rows.append(np.where(known[:, None], 0.5 * (mean + both), both))
    return np.asarray(rows, np.float32)


def _temporal(x_mm: Image) -> Image:
    """0 towards the nose to 1 towards the temple, changing over the iris."""
    return np.asarray(np.clip(x_mm / (2 * _IRIS_RIM_MM) + 0.5, 0, 1), np.float32)


def _lookup(profile: Image, radius: Image, temporal: Image) -> Image:
    at = np.clip(radius / _PROFILE_MM - 0.5, 0, _PROFILE_BINS - 1.001)
    low = at.astype(int)
    part, side = (at - low)[..., None].astype(np.float32), temporal[..., None]
    near = profile[0][low] * (1 - side) + profile[1][low] * side
    far = profile[0][low + 1] * (1 - side) + profile[1][low + 1] * side
    return np.asarray(near * (1 - part) + far * part, np.float32)
