"""Curves of many points from arrays, without a Python object for each point.

Qt reads the numbers where they are: QPointF and QLineF are two and four doubles in a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainter, QPolygonF

from gaze_demo.geometry import Array


def pieces(points: Array) -> Array:
    """The pieces (m, 4) of x, y, x, y between successive points (n, 2); NaN leaves a gap."""
    joined = np.hstack([points[:-1], points[1:]])
    return np.ascontiguousarray(joined[np.isfinite(joined).all(1)], dtype=np.float64)


def draw_pieces(painter: QPainter, of_curve: Array) -> None:
    """Draw each of the `pieces` by itself: a thick antialiased line is several times faster so than in one go."""
    if len(of_curve):
        first = cast(QLineF, shiboken6.wrapInstance(of_curve.ctypes.data, QLineF))
        painter.drawLines(first, len(of_curve))


def draw_runs(painter: QPainter, of_curve: Array) -> None:
    """Draw the `pieces` that follow on each other in one go: dashes continue, and a dense curve stays thin."""
    for run in runs(of_curve):
        painter.drawPolyline(polygon(run))


def runs(of_curve: Array) -> Iterator[Array]:
    """The points (k, 2) of the `pieces` that follow on each other."""
    breaks = np.flatnonzero((of_curve[:-1, 2:] != of_curve[1:, :2]).any(1)) + 1
    for run in np.split(of_curve, breaks):
        if len(run):
            yield np.vstack([run[:1, :2], run[:, 2:]])


def polygon(points: Array) -> QPolygonF:
    """Points (n, 2) as a polygon."""
    made = QPolygonF()
    made.resize(len(points))
    if len(points):
        to_write: Any = shiboken6.VoidPtr  # its stub knows addresses only
        memory = to_write(made.data(), points.size * 8, True)
        np.frombuffer(memory, np.float64)[:] = points.ravel()
    return made
