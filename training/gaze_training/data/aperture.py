"""What is visible between the lids of a patch: the eyeball, the flesh at its corners, lashes in front of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import FORWARD, Array, mirror_vector, vector_to_pitch_yaw
from gaze_demo.normalisation.normalise import CropGeometry
from gaze_demo.synthesis.eyeball import shade_eyeball
from gaze_demo.synthesis.light import Lights, LocalLights
from gaze_training.data.sampler import EyeDraw

Image = NDArray[np.float32]
PX_PER_MM = 3.75
# The virtual camera of a patch: 54 x 45 mm around the eye.
PATCH = CropGeometry(width=204, height=168, focal_px=600 * PX_PER_MM)
X_PX = np.arange(PATCH.width, dtype=np.float32) + np.float32(0.5)
Y_PX = (np.arange(PATCH.height, dtype=np.float32) + np.float32(0.5))[:, None]


@dataclass(frozen=True, eq=False)
class LidLines:
    """Lid lines over the columns of a patch, px: `upper`, `lower` (w,), and the corners' columns."""

    upper: Array
    lower: Array
    inner: float
    outer: float

    @property
    def inside(self) -> NDArray[np.bool_]:
        return (X_PX >= self.inner) & (X_PX <= self.outer)


def lid_lines(upper: Array, lower: Array) -> LidLines:
    """Smooth lines through lid points (n, 2) each, from corner to corner, px."""
    inner, outer = float(min(upper[0, 0], lower[0, 0])), float(max(upper[-1, 0], lower[-1, 0]))
    lines = []
    for points in (upper, lower):
        order = np.argsort(points[:, 0])
        line = np.interp(X_PX, points[order, 0], points[order, 1]).astype(np.float32)
        lines.append(cv2.GaussianBlur(line[None], (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)[0].astype(float))
    return LidLines(lines[0], lines[1], inner, outer)


def mirror_light(draw: EyeDraw) -> EyeDraw:
    lights = draw.lights
    mirrored = Lights(
        directions=mirror_vector(lights.directions),
        half_sizes=lights.half_sizes,
        colours=lights.colours,
        round=lights.round,
        roll=-np.asarray(lights.roll, float),
        ambient_up=lights.ambient_up,
        ambient_down=lights.ambient_down,
    )
    return replace(draw, lights=mirrored)


@dataclass(frozen=True, eq=False)
class LidDistances:
    """How far points (n,) between the lids are from the upper and the lower lid and from the corners' columns, mm."""

    upper: Image
    lower: Image
    inner: Image
    outer: Image


@dataclass(frozen=True, eq=False)
class Opening:
    """What is visible between the lids of a patch: `cover` 0..1 (h, w), the pixels `row`, `column` (n,) where it is
    above 0, and those pixels' distances to the lids."""

    cover: Image
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    edges: LidDistances


def between_lids(lids: LidLines) -> Opening:
    """The opening of lids, with soft edges; columns where they are less than a pixel apart are shut."""
    k = PX_PER_MM
    from_upper = (Y_PX - lids.upper.astype(np.float32)) / k
    from_lower = (lids.lower.astype(np.float32) - Y_PX) / k
    open_column = lids.inside & (lids.lower - lids.upper > 1.0)
    cover = np.clip(np.minimum(from_upper, from_lower) * np.float32(k * 0.6) + np.float32(0.5), 0, 1) * open_column
    row, column = np.nonzero(cover > 0)
    x = X_PX[column]
    edges = LidDistances(
        np.maximum(from_upper[row, column], 0),
        np.maximum(from_lower[row, column], 0),
        np.maximum((x - lids.inner) / k, 0),
        np.maximum((lids.outer - x) / k, 0),
    )
    return Opening(cover.astype(np.float32), row, column, edges)


def paint_eyeball(
    lids: LidLines, centre_mm: Array, optical: Array, upright: Array, draw: EyeDraw, level: Array
) -> tuple[Image, Image]:
    """Linear RGB (h, w, 3) and coverage 0..1 (h, w) of what shows between the lids.

    All in the (mirrored) patch frame; `level` (3,) scales the eyeball to the light of its surroundings.
    """
    opening = between_lids(lids)
    colour = np.zeros((PATCH.height, PATCH.width, 3), np.float32)
    row, column = opening.row, opening.column
    if len(row) == 0:
        return colour, opening.cover
    x = X_PX[column]
    focal = PATCH.focal_px
    rays = np.stack([(x - PATCH.width / 2) / focal, (Y_PX[row, 0] - PATCH.height / 2) / focal, np.ones_like(x)], -1)
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    rgb = light_eyeball(rays.astype(np.float32), opening.edges, centre_mm, optical, upright, draw) * level.astype(
        np.float32
    )
    if draw.flatten > 0:
        weight = opening.cover[row, column][:, None]
        mean = (rgb * weight).sum(0) / max(float(weight.sum()), 1e-3)
        rgb = rgb * np.float32(1 - draw.flatten) + mean * np.float32(draw.flatten)
    colour[row, column] = rgb * np.float32(draw.gain)
    return colour, opening.cover


def light_eyeball(
    rays: Image, edges: LidDistances, centre_mm: Array, optical: Array, upright: Array, draw: EyeDraw
) -> Image:
    """Linear RGB (n, 3) of what shows between the lids along unit rays (n, 3): eyeball, flesh where it is missed, and
    the wet rim of the lower lid, in the shadow of the lids."""
    corner = np.minimum(edges.inner, edges.outer)
    du, dl = edges.upper, edges.lower
    shadow = 0.75 * np.exp(-du / 1.3) + 0.2 * np.exp(-du / 4) + 0.3 * np.exp(-dl) + 0.45 * np.exp(-corner / 2.5)
    shadow = np.minimum(0.93, shadow * draw.lids.shadow).astype(np.float32)
    rgb, hit = shade_eyeball(rays, centre_mm, optical, upright, draw.shape, draw.look, draw.lights, shadow)
    light = front_light(draw.lights)
    flesh = (np.asarray(draw.flesh) * light).astype(np.float32) * (1 - 0.6 * shadow[:, None])
    pink = np.exp(-((edges.inner / 2.6) ** 2)), 0.6 * np.exp(-((edges.outer / 1.5) ** 2))
    share = np.where(hit, np.maximum(*pink).astype(np.float32), 1.0)[:, None].astype(np.float32)
    rim = (0.5 * np.exp(-((np.maximum(dl - 0.35, 0) / 0.45) ** 2))).astype(np.float32)[:, None]
    wet = ((np.asarray(draw.flesh) * 0.8 + 0.1) * light).astype(np.float32)
    rgb = rgb * (1 - share) + flesh * share
    return np.asarray(rgb * (1 - rim) + wet * rim, np.float32)


def front_light(lights: Lights) -> Array:
    """Light (3,) on a white surface that faces the camera, linear RGB."""
    facing = FORWARD.astype(np.float32)[:, None]
    return LocalLights(lights, np.eye(3)).diffuse(facing, (0.3, 0.3, 0.3))[:, 0].astype(float)


def paint_lashes(rng: np.random.Generator, image: Image, lids: LidLines, gaze: Array, draw: EyeDraw) -> Image:
    """Upper lashes as thin curved strokes that hang from the lid, and a line of liner if there is one.

    They move with the lid, so they point further down while the eye looks down. `gaze`: (3,) in the patch's frame.
    """
    pitch, yaw = vector_to_pitch_yaw(gaze)
    k, lid = PX_PER_MM, draw.lids
    n = lid.lashes
    along = np.sort(rng.uniform(0.08, 0.97, n))
    x = lids.inner + (lids.outer - lids.inner) * along
    y = np.interp(x, X_PX, lids.upper)
    length = lid.lash_mm * k * (0.5 + 0.5 * np.sin(np.pi * along**0.8)) * rng.uniform(0.7, 1.1, n)
    fan = (along - 0.45) * 1.2 + rng.normal(0, 0.15, n) - 0.5 * yaw
    s = np.linspace(0, 1, 5)
    px = x[:, None] + np.sin(fan)[:, None] * length[:, None] * s
    hang = 0.45 + 0.9 * max(-float(np.sin(pitch)), 0.0)
    py = y[:, None] + length[:, None] * (hang * s - lid.lash_curl * s**2)
    rows = _rows_around(np.append(py, lids.upper[lids.inside]))
    strokes = np.zeros((rows.stop - rows.start, image.shape[1]), np.float32)
    curves = (np.stack([px, py - rows.start], -1) * 8).astype(np.int32)
    cv2.polylines(strokes, [np.ascontiguousarray(c) for c in curves], False, 1.0, 1, cv2.LINE_AA, 3)
    dark = cv2.GaussianBlur(strokes, (0, 0), 0.5) * np.float32(lid.lash_darkness)
    off = (Y_PX[rows] - lids.upper.astype(np.float32)) / np.float32(0.35 * k)
    dark = np.maximum(dark, np.exp(-off * off) * np.where(lids.inside, np.float32(lid.liner), np.float32(0)))
    painted = image.copy()
    painted[rows] *= (1 - np.float32(0.85) * dark)[..., None]
    return painted


def _rows_around(y_px: Array) -> slice:
    """Rows of the patch that reach a little beyond all of y (n,)."""
    top, bottom = np.clip([y_px.min() - 6, y_px.max() + 7], 0, PATCH.height).astype(int)
    return slice(int(top), int(max(bottom, top + 1)))
