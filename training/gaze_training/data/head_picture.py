"""Draws a posed head: skin, lips and hair on the mesh, ray-traced eyes behind the lids, clothes and a room behind."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array, Intrinsics, normalised
from gaze_demo.synthesis.noise import iris_fibres, sample
from gaze_training.data.aperture import LidDistances, light_eyeball
from gaze_training.data.head_mesh import HeadMesh, Ints
from gaze_training.data.head_skin import HeadLook, albedo_of_head, room
from gaze_training.data.raster import interpolate, paint_triangles, smooth_normals
from gaze_training.data.sampler import EyeDraw
from gaze_training.data.surface import light_skin

Image = NDArray[np.float32]
_REACH_MM = 17.0  # half the width of what can show between the lids
_OPEN_PX = 12
_NOSTRIL = (0.012, 0.006, 0.005)


@dataclass(frozen=True, eq=False)
class EyeAxes:
    """One eyeball: centre (3,) in mm and optical axis (3,), camera frame; `side` 1 is the person's left, -1 right."""

    centre_mm: Array
    optical: Array
    side: int


@dataclass(frozen=True, eq=False)
class Posed:
    """A head in the camera frame: `vertices` (n, 3) in mm, `head` (3, 3) head to camera, left and right eye."""

    vertices: Array
    head: Array
    eyes: tuple[EyeAxes, EyeAxes]


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Linear RGB (h, w, 3) and depth in mm (h, w), infinite where the mesh does not show."""

    linear: Image
    depth: Image


def draw_picture(
    mesh: HeadMesh, look: HeadLook, eyes: EyeDraw, shape: Image, posed: Posed, camera: Intrinsics
) -> Image:
    """Linear RGB (h, w, 3) as `camera` sees it; `shape` (n, 3), the face at rest, determines the colours."""
    drawn = _draw_skin(mesh, look, eyes, shape, posed, camera)
    for eye in posed.eyes:
        _draw_eye(drawn, eye, posed.head, eyes, camera)
    _draw_lashes(drawn, mesh, posed, eyes, camera)
    return drawn.linear


def _draw_skin(mesh: HeadMesh, look: HeadLook, eyes: EyeDraw, shape: Image, posed: Posed, camera: Intrinsics) -> _Drawn:
    size = (camera.height, camera.width)
    hair = look.hair_cover(mesh.neutral)
    normals = smooth_normals(posed.vertices, mesh.skin)
    vertices = posed.vertices.copy()
    vertices += normals * (look.hair_mm * hair)[: len(vertices), None]
    px = camera.project(vertices)
    order = _facing_order(vertices, mesh.skin)
    index = paint_triangles(px, mesh.skin, order, size)
    row, column = np.nonzero(index >= 0)
    corners = mesh.skin[index[row, column]]
    x, y = column.astype(np.float32) + np.float32(0.5), row.astype(np.float32) + np.float32(0.5)
    tissue = np.stack([hair, mesh.lips, mesh.inside], 1)
    held = np.concatenate([shape, normals, vertices[:, 2:], tissue], 1).astype(np.float32)
    of_pixel = interpolate(px.astype(np.float32), corners, x, y, held)
    albedo, slopes, bare = albedo_of_head(look, of_pixel[:, :3], of_pixel[:, 7:])
    linear = room(look, eyes.lights, posed.vertices, camera)
    outlines, _ = cv2.findContours((index >= 0).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(linear, outlines, -1, _NOSTRIL, -1)  # openings of the mesh are dark inside
    light, gloss = light_skin(slopes, look.skin.gloss, of_pixel[:, 3:6], posed.head, eyes.lights)
    linear[row, column] = albedo * light + gloss * bare
    depth = np.full(size, np.inf, np.float32)
    depth[row, column] = of_pixel[:, 6]
    return _Drawn(linear, depth)


def _facing_order(vertices: Array, triangles: Ints) -> Ints:
    """The triangles whose outer side is seen, the farthest first."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    seen = np.flatnonzero((np.cross(b - a, c - a) * a).sum(1) < 0)
    return seen[np.argsort(-(a + b + c)[seen, 2])]


def _draw_eye(drawn: _Drawn, eye: EyeAxes, head: Array, eyes: EyeDraw, camera: Intrinsics) -> None:
    """Draw the eyeball into the picture where it is in front of the skin."""
    reach = _REACH_MM * camera.fx / eye.centre_mm[2]
    middle = camera.project(eye.centre_mm)
    x0, y0 = np.maximum(np.floor(middle - reach), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(middle + reach), [camera.width, camera.height]).astype(int)
    window = (slice(y0, y1), slice(x0, x1))
    y, x = np.mgrid[y0:y1, x0:x1] + 0.5
    rays = normalised(np.stack([(x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, np.ones_like(x)], -1))
    along = rays @ eye.centre_mm
    square = along**2 - eye.centre_mm @ eye.centre_mm + eyes.shape.radius_mm**2
    ball = np.where(square > 0, (along - np.sqrt(np.maximum(square, 0))) * rays[..., 2], np.inf)
    depth = drawn.depth[window]
    opening = _largest(((ball < depth) & np.isfinite(ball)) | ~np.isfinite(depth), ball < depth)
    if opening is None:
        return
    row, column = np.nonzero(opening)
    per_mm = camera.fx / eye.centre_mm[2]
    top, bottom = opening.argmax(0), opening.shape[0] - opening[::-1].argmax(0)
    columns = np.flatnonzero(opening.any(0))
    ends = (column - columns[0] + 0.5), (columns[-1] + 0.5 - column)
    inner, outer = ends if eye.side == 1 else ends[::-1]  # the nose is at the left of the person's left eye
    to_lids = row - top[column] + 0.5, bottom[column] - row - 0.5
    edges = LidDistances(*(np.asarray(px / per_mm, np.float32) for px in (*to_lids, inner, outer)))
    upright = head @ np.array([0.0, -1.0, 0.0])
    rgb = light_eyeball(rays[row, column].astype(np.float32), edges, eye.centre_mm, eye.optical, upright, eyes)
    rgb = rgb + (rgb.mean(0) - rgb) * np.float32(eyes.flatten)
    drawn.linear[window][row, column] = rgb * np.float32(eyes.gain)


def _largest(bare: NDArray[np.bool_], ball: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """The largest region where the mesh shows nothing or lies behind the eyeball; None if the lids are shut."""
    count, labels, *_ = cv2.connectedComponentsWithStats(bare.astype(np.uint8), connectivity=4)
    sizes = [int(ball[labels == k].sum()) for k in range(1, count)]
    if not sizes or max(sizes) < _OPEN_PX:
        return None
    return np.asarray(labels == 1 + int(np.argmax(sizes)), bool)


def _draw_lashes(drawn: _Drawn, mesh: HeadMesh, posed: Posed, eyes: EyeDraw, camera: Intrinsics) -> None:
    """The model's strips of lashes as a veil over what is behind them."""
    px = camera.project(posed.vertices)
    index = paint_triangles(px, mesh.lashes, np.arange(len(mesh.lashes)), drawn.depth.shape)
    row, column = np.nonzero(index >= 0)
    if len(row) == 0:
        return
    corners = mesh.lashes[index[row, column]]
    at_x, at_y = (part.astype(np.float32) + np.float32(0.5) for part in (column, row))
    held = np.concatenate([posed.vertices[:, 2:], mesh.neutral, mesh.lash[:, None]], 1).astype(np.float32)
    depth, x, *_, root = interpolate(px.astype(np.float32), corners, at_x, at_y, held).T
    hairs = sample(iris_fibres(), np.abs(x) * np.float32(45), np.full_like(x, 60.0))
    veil = np.float32(eyes.lids.lash_darkness) * root * np.clip(1.9 * hairs - np.float32(0.25), 0, 1)
    veil *= depth < drawn.depth[row, column] + 1.0
    drawn.linear[row, column] *= 1 - np.float32(0.85) * veil[:, None]
