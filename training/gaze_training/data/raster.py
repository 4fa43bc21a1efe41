"""Triangles to pixels: which triangle a pixel shows, painted far to near, and what its corners hold at that point."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array

Image = NDArray[np.float32]
_BITS = 4


def paint_triangles(
    px: Array, triangles: NDArray[np.int64], order: NDArray[np.int64], size: tuple[int, int]
) -> NDArray[np.int32]:
    """The number of the triangle that each pixel of a picture (`size`: height, width) shows, -1 if there is none.

    `px`: (v, 2) where the vertices lie, pixel centres at halves. `order`: triangles to be painted, the farthest first.
    """
    index = np.full(size, -1, np.int32)
    fixed = np.round((px[triangles] - 0.5) * (1 << _BITS)).astype(np.int32)
    for t in order:
        cv2.fillConvexPoly(index, fixed[t], int(t), cv2.LINE_8, _BITS)
    return index


def interpolate(px: Image, corners: NDArray[np.int64], x: Image, y: Image, values: Image) -> Image:
    """Values (n, k) at points (n,) px in triangles with `corners` (n, 3) of vertices (v, 2) that hold values (v, k)."""
    weight = _barycentric(px, corners, x, y)
    start = np.zeros((len(corners), values.shape[1]), np.float32)
    return sum((weight[:, k, None] * values[corners[:, k]] for k in range(3)), start)


def smooth_normals(posed: Array, triangles: NDArray[np.int64]) -> Array:
    """Normals (v, 3) of vertices (v, 3): means of those of the triangles around, unit length, by the right hand."""
    normals = np.cross(posed[triangles[:, 1]] - posed[triangles[:, 0]], posed[triangles[:, 2]] - posed[triangles[:, 0]])
    smooth = np.zeros_like(posed)
    for k in range(3):
        np.add.at(smooth, triangles[:, k], normals)
    return smooth / (np.linalg.norm(smooth, axis=1, keepdims=True) + 1e-9)


def _barycentric(vertices: Image, triangles: NDArray[np.int64], x: Image, y: Image) -> Image:
    """Weights (n, 3) of points (n,) in triangles (n, 3) of vertices (v, 2), kept within the triangle."""
    (ax, ay), (bx, by), (cx, cy) = (vertices[triangles[:, k]].T for k in range(3))
    bx, by, cx, cy, px, py = bx - ax, by - ay, cx - ax, cy - ay, x - ax, y - ay
    area = bx * cy - by * cx
    area = np.where(np.abs(area) < 1e-6, np.float32(1e-6), area)
    v, w = (px * cy - py * cx) / area, (bx * py - by * px) / area
    weight = np.clip(np.stack([1 - v - w, v, w], -1), 0, None)
    return np.asarray(weight / weight.sum(1, keepdims=True), np.float32)
