"""The portrait seen with another head pose: for every pixel of the frame, it finds where its point was at rest."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.landmarks.head_pose import HeadPose
from gaze_demo.participant.plate import Plate

Floats = NDArray[np.float32]

# Of Newton's method, at most, and how far off its last step may start; from one frame to the next takes two.
_ROUNDS, _SETTLED_PX = 8, 0.15
_LEAST_AREA = 0.4  # below this the skin is seen so much from the side that a full step would go too far
_NECK_MM = np.array([0.0, 75.0, 95.0])  # from the eyes' middle to where the head turns, at rest: below and behind


@dataclass(frozen=True)
class HeadMove:
    """A turn (pitch, yaw, roll; radians) about the neck and a shift (x, y, z; mm, camera frame), away from rest."""

    turn: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Warped:
    """`x`, `y`: (height, width) float32, where on the plate (pixel centres whole) each pixel comes from.

    `cover`: (height, width), share of the person, the rest is the wall. `box`: rows and columns beyond which there is
    none.
    """

    x: Floats
    y: Floats
    cover: Floats
    box: tuple[slice, slice]


class PoseWarp:
    """Warps for one plate; fast if the moves follow each other as in a film, because each search starts from the last
    result."""

    def __init__(self, plate: Plate) -> None:
        self._plate = plate
        tables = plate.tables
        self._tables = np.ascontiguousarray(np.dstack([tables.depth, tables.turn, tables.sway]))
        down, across = np.gradient(tables.depth)
        slopes = np.dstack([across, down]) * (plate.px_per_mm / plate.cell)
        self._slopes = np.ascontiguousarray(slopes, np.float32)
        rows, columns = -(-plate.camera.height // plate.cell) + 2, -(-plate.camera.width // plate.cell) + 2
        x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
        self._x, self._y = (x - np.float32(0.5)) * plate.cell, (y - np.float32(0.5)) * plate.cell
        self._last: tuple[Floats, Floats] | None = None
        self._neck = plate.pose.eyes_middle_mm + _NECK_MM

    def pose(self, turn: Array, move: HeadMove) -> HeadPose:
        """The head's pose after a move whose turn is the rotation `turn` (3, 3)."""
        rest = self._plate.pose
        place = turn @ (rest.translation_mm - self._neck) + self._neck + np.array(move.shift_mm)
        return HeadPose(turn @ rest.rotation, place)

    def look_up(self, turn: Array, move: HeadMove) -> Warped:
        """For each pixel of the frame, its place on the plate at rest."""
        plate = self._plate
        u, v = self._last or (self._x.copy(), self._y.copy())  # frame px of the same point at rest
        rest, eyes = plate.pose.eyes_middle_mm, self.pose(turn, move).eyes_middle_mm
        card = (turn[:2] * (rest[2] / eyes[2])).astype(np.float32)
        for _ in range(_ROUNDS):
            x, y, turned = self._moved(u, v, turn.astype(np.float32), np.array(move.shift_mm, np.float32))
            across, down = cv2.split(self._sample(self._slopes, u, v))
            a = 1 + turned * (card[0, 0] - 1 + card[0, 2] * across)
            b = turned * (card[0, 1] + card[0, 2] * down)
            c = turned * (card[1, 0] + card[1, 2] * across)
            d = 1 + turned * (card[1, 1] - 1 + card[1, 2] * down)
            dx, dy, area = self._x - x, self._y - y, np.maximum(a * d - b * c, _LEAST_AREA)
            u += (d * dx - b * dy) / area
            v += (a * dy - c * dx) / area
            if max(float(dx.max()), -float(dx.min()), float(dy.max()), -float(dy.min())) < _SETTLED_PX:
                break
        self._last = (u, v)
        cover = self._sample(plate.tables.cover, u, v)
        to_plate = np.float32(plate.margin - 0.5)
        return Warped(self._full(u + to_plate), self._full(v + to_plate), self._full(cover), self._box(cover))

    def _sample(self, table: Floats, u: Floats, v: Floats) -> Floats:
        scale, shift = np.float32(1 / self._plate.cell), np.float32(self._plate.margin / self._plate.cell - 0.5)
        return np.asarray(
            cv2.remap(table, u * scale + shift, v * scale + shift, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
            np.float32,
        )

    def _moved(self, u: Floats, v: Floats, turn: Floats, shift: Floats) -> tuple[Floats, Floats, Floats]:
        """Frame px x and y after the move, of points that are at (u, v) at rest; and how much they turn."""
        camera = self._plate.camera
        depth, turned, swayed = cv2.split(self._sample(self._tables, u, v))
        nx, ny, nz = self._neck.astype(np.float32)
        px = (u - np.float32(camera.cx)) * depth / np.float32(camera.fx)
        py = (v - np.float32(camera.cy)) * depth / np.float32(camera.fy)
        dx, dy, dz = px - nx, py - ny, depth - nz
        way = turn - np.eye(3, dtype=np.float32)
        px += turned * (way[0, 0] * dx + way[0, 1] * dy + way[0, 2] * dz) + swayed * shift[0]
        py += turned * (way[1, 0] * dx + way[1, 1] * dy + way[1, 2] * dz) + swayed * shift[1]
        pz = depth + turned * (way[2, 0] * dx + way[2, 1] * dy + way[2, 2] * dz) + swayed * shift[2]
        x = px / pz * np.float32(camera.fx) + np.float32(camera.cx)
        y = py / pz * np.float32(camera.fy) + np.float32(camera.cy)
        return x, y, turned

    def _box(self, cover: Floats) -> tuple[slice, slice]:
        spans = []
        for axis, size in ((1, self._plate.camera.height), (0, self._plate.camera.width)):
            seen = np.flatnonzero((cover > 0).any(axis))
            first, last = (int(seen[0]), int(seen[-1])) if len(seen) else (1, 0)
            cell = self._plate.cell  # the grid begins one cell before the frame; a cell's value reaches into the next
            spans.append(slice(max((first - 2) * cell, 0), min((last + 1) * cell, size)))
        return spans[0], spans[1]

    def _full(self, coarse: Floats) -> Floats:
        """A grid value for every pixel of the frame; the grid has a ring of cells around it."""
        cell, camera = self._plate.cell, self._plate.camera
        size = (coarse.shape[1] * cell, coarse.shape[0] * cell)
        fine = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(fine[cell : cell + camera.height, cell : cell + camera.width], np.float32)
