"""Where the gaze was in the last minute, as a heat map."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

_COLUMNS, _ROWS = 64, 36
_SPREAD = 1.6
_FULL_S = 1.5  # seconds at one place for the full colour; more if another place was looked at for longer
# Value, then red, green, blue, alpha.
_STOPS = np.array([[0.0, 40, 90, 255, 0], [0.15, 60, 130, 255, 90], [0.5, 255, 200, 60, 150], [1.0, 255, 70, 50, 190]])


class Heat:
    """Collects points as shares of the screen; those older than `span_s` are forgotten."""

    def __init__(self, span_s: float = 60.0) -> None:
        self._span_s = span_s
        self._points: deque[tuple[float, float, float]] = deque()

    def add(self, time_s: float, x: float, y: float) -> None:
        """A gaze at shares `x`, `y` of the screen; a gaze off the screen is ignored."""
        while self._points and time_s - self._points[0][0] > self._span_s:
            self._points.popleft()
        if 0 <= x < 1 and 0 <= y < 1:
            self._points.append((time_s, x, y))

    def clear(self) -> None:
        self._points.clear()

    def warmth(self) -> NDArray[np.float64]:
        """0 to 1 (rows, columns) over the screen."""
        if not self._points:
            return np.zeros((_ROWS, _COLUMNS))
        times, x, y = np.array(self._points).T
        gaps = np.diff(times, append=times[-1])
        weights = np.clip(gaps, 0.0, 0.2)
        grid, _, _ = np.histogram2d(
            y * _ROWS, x * _COLUMNS, (_ROWS, _COLUMNS), ((0, _ROWS), (0, _COLUMNS)), False, weights
        )
        reach = np.arange(-5, 6)
        kernel = np.exp(-0.5 * (reach / _SPREAD) ** 2)
        for axis in (0, 1):
            grid = np.apply_along_axis(np.convolve, axis, grid, kernel, "same")
        return grid / max(float(grid.max()), _FULL_S)

    def draw(self, painter: QPainter, box: QRect) -> None:
        """Stretched over a rectangle."""
        warmth = self.warmth()
        channels = [np.interp(warmth, _STOPS[:, 0], _STOPS[:, i]) for i in (3, 2, 1, 4)]
        pixels = np.ascontiguousarray(np.stack(channels, -1).astype(np.uint8))
        image = QImage(pixels.data, _COLUMNS, _ROWS, QImage.Format.Format_ARGB32)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(box, image)
