"""How much of an eye can be seen: the truth behind `Faces.iris_visible`, `glare` and `cover`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.synthesis.eyeball import EyeballShape
from gaze_demo.synthesis.light import cross
from gaze_training.data.aperture import PATCH, X_PX, Y_PX, LidLines, between_lids
from gaze_training.data.rendered import RenderedEye

Image = NDArray[np.float32]

_POINTS = 400
_STEP = np.arange(_POINTS) + 0.5
_ANGLE = np.pi * (1 + np.sqrt(5)) * _STEP
# Points (n, 2) that cover the unit disc evenly: Vogel, "A better way to construct the sunflower head" (1979).
_DISC = np.stack([np.cos(_ANGLE), np.sin(_ANGLE)], -1) * np.sqrt(_STEP / _POINTS)[:, None]
_REGION = (0.6, 0.35)


@dataclass(frozen=True, eq=False)
class IrisDisc:
    """The iris as a patch shows it: centre (2,) and the ends (2, 2) of two half axes against it, px."""

    centre_px: Array
    axes_px: Array


@dataclass(frozen=True, eq=False)
class Hidden:
    """What lies before an eye in a patch (h, w), 0..1: `cover` hides it, `glare` outshines it."""

    cover: Image
    glare: Image


@dataclass(frozen=True, eq=False)
class PaintedEye:
    """One eye as a renderer paints it into a patch, nose at the left: linear RGB (h, w, 3), its lids, the iris's centre
    (2,) in px and its disc, and what lies before the eye, if anything does."""

    linear: Image
    lids: LidLines
    iris_px: Array
    disc: IrisDisc
    hidden: Hidden | None = None


def iris_disc(centre_mm: Array, optical: Array, upright: Array, shape: EyeballShape) -> IrisDisc:
    """The rim of the iris where it shows on the surface of an eyeball at `centre_mm` (3,), in the patch's frame."""
    plane = float(np.sqrt(shape.radius_mm**2 - shape.iris_radius_mm**2))
    middle = centre_mm + plane * optical
    right = cross(optical, upright)
    axes = shape.iris_radius_mm * np.stack([right / np.linalg.norm(right), upright])
    scale = PATCH.focal_px / middle[2]
    return IrisDisc(middle[:2] * scale + [PATCH.width / 2, PATCH.height / 2], axes[:, :2] * scale)


def visible_share(iris: IrisDisc, lids: LidLines, cover: Image | None = None) -> float:
    """Share of the iris's disc between the lids and not under `cover` (h, w)."""
    at = iris.centre_px + _DISC @ iris.axes_px
    column = np.clip(at[:, 0].astype(int), 0, PATCH.width - 1)
    row = np.clip(at[:, 1].astype(int), 0, PATCH.height - 1)
    between = (at[:, 1] > lids.upper[column]) & (at[:, 1] < lids.lower[column])
    seen = (between & (at[:, 0] > lids.inner) & (at[:, 0] < lids.outer)).astype(float)
    if cover is not None:
        seen *= 1 - cover[row, column]
    return float(seen.mean())


def glare_share(glare: Image, lids: LidLines) -> float:
    """Share of what shows between the lids that `glare` (h, w) covers; of the eye region where they are shut."""
    opening = between_lids(lids).cover
    return _mean(glare, opening if opening.sum() > 30 else _region(lids))


def cover_share(cover: Image, lids: LidLines) -> float:
    """Share of the eye region under `cover` (h, w)."""
    return _mean(cover, _region(lids))


def finish_eye(painted: PaintedEye, rotation: Array, centre: Array, gaze: Array, *, mirrored: bool) -> RenderedEye:
    """Back from the mirrored frame to the camera's own, with what can be seen of the eye."""
    lids, hidden, linear, iris = painted.lids, painted.hidden, painted.linear, painted.iris_px
    columns = np.array([lids.inner, lids.outer])
    index = np.clip(columns.astype(int), 0, PATCH.width - 1)
    corners = np.stack([columns, lids.upper[index]], -1)
    opening = float((lids.lower - lids.upper)[lids.inside].max(initial=0.0)) / max(lids.outer - lids.inner, 1.0)
    if mirrored:
        linear = np.ascontiguousarray(linear[:, ::-1])
        corners = np.stack([PATCH.width - corners[::-1, 0], corners[::-1, 1]], -1)
        iris = np.array([PATCH.width - iris[0], iris[1]])
    return RenderedEye(
        linear=linear,
        rotation=rotation,
        centre_mm=centre,
        gaze=gaze,
        corners_px=corners,
        iris_px=iris,
        openness=opening,
        iris_visible=visible_share(painted.disc, lids, hidden.cover if hidden else None),
        glare=glare_share(hidden.glare, lids) if hidden else 0.0,
        cover=cover_share(hidden.cover, lids) if hidden else 0.0,
    )


def _region(lids: LidLines) -> Image:
    columns = np.clip([int(lids.inner), int(lids.outer)], 0, PATCH.width - 1)
    width = max(lids.outer - lids.inner, 1.0)
    x = (X_PX - np.float32((lids.inner + lids.outer) / 2)) / np.float32(_REGION[0] * width)
    y = (Y_PX - np.float32(lids.upper[columns].mean())) / np.float32(_REGION[1] * width)
    return (x * x + y * y < 1).astype(np.float32)


def _mean(values: Image, weight: Image) -> float:
    return float((values * weight).sum() / max(float(weight.sum()), 1e-6))
