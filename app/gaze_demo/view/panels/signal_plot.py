"""The live plot of yaw and pitch of both panes, and of the truth where it is known."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from gaze_demo.geometry import Array
from gaze_demo.view import theme, words
from gaze_demo.view.panels.gaze_trace import GazeTrace

SPAN_S = 10.0
_ANGLES = (("Yaw", 1), ("Pitch", 2))
_LIMITS_DEG = (20.0, 40.0, 90.0, 180.0)
_LINES = ("left raw", "right raw", "truth", "left", "right")
"""Drawn in this order: what matters last, on top."""


class SignalPlot(QFrame):
    """Collects gazes at once, and draws them from `build` on: pyqtgraph takes a while to load."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._traces = {name: GazeTrace() for name in _LINES}
        self._limits = [0.0, 0.0]
        self._turn = 0
        self._sides: tuple[str, ...] = ("left", "right")
        self._plots: list[Any] = []
        self._curves: dict[tuple[str, int], Any] = {}
        self._names: dict[str, QLabel] = {}
        legend = QHBoxLayout()
        legend.setSpacing(theme.GAP + 4)
        title = QLabel("Gaze over time")
        title.setProperty("kind", "title")
        legend.addWidget(title)
        legend.addStretch(1)
        for name in ("left", "right", "truth"):
            label = QLabel()
            label.hide()
            self._names[name] = label
            legend.addWidget(label)
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP - 4, theme.GAP, theme.GAP - 4)
        column.setSpacing(4)
        column.addLayout(legend)
        column.addLayout(self._row, 1)
        self.setToolTip("Filtered gaze; the faint lines are the raw one. Yaw + is to the right of the preview.")
        self.setMinimumHeight(120)

    def build(self) -> None:
        """Make the plots; `import pyqtgraph` beforehand, in another thread, keeps this short."""
        import pyqtgraph

        for title, _ in _ANGLES:
            plot = pyqtgraph.PlotWidget()
            plot.setMenuEnabled(False)
            plot.setMouseEnabled(False, False)
            plot.hideButtons()
            plot.setXRange(-SPAN_S, 0, padding=0)
            plot.setLabel("left", title, units="°")
            plot.getAxis("left").enableAutoSIPrefix(False)
            plot.getAxis("left").setWidth(46)
            plot.getAxis("bottom").setTicks([[(t, f"{words.MINUS}{-t} s") for t in range(-int(SPAN_S) + 2, 0, 2)]])
            plot.setAccessibleName(f"{title} over the last {SPAN_S:g} seconds")
            plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._plots.append(plot)
            self._row.addWidget(plot)
            for name in _LINES:
                curve = plot.plot(antialias=True, connect="finite", skipFiniteCheck=False)
                self._curves[name, len(self._plots) - 1] = curve
            self._show_range(len(self._plots) - 1, _LIMITS_DEG[0])
        self._restyle()

    def show_names(self, left: str, right: str) -> None:
        """The models' names in the legend; an empty one hides its lines' name."""
        for name, text in (("left", left), ("right", right)):
            self._names[name].setText(text)
            self._names[name].setVisible(bool(text) and name in self._sides)

    def show_sides(self, sides: tuple[str, ...]) -> None:
        """The panes in sight."""
        self._sides = sides
        for name in ("left", "right"):
            self._names[name].setVisible(bool(self._names[name].text()) and name in sides)

    def add(self, side: str, raw: Array | None, filtered: Array | None, truth: Array | None) -> None:
        """The gazes (3,) of one sight, camera frame."""
        now = time.monotonic()
        self._traces[side].add(now, filtered)
        self._traces[f"{side} raw"].add(now, raw)
        if side == "left":
            self._traces["truth"].add(now, truth)
            self._names["truth"].setVisible(truth is not None)

    def clear(self) -> None:
        for trace in self._traces.values():
            trace.clear()

    def refresh(self) -> None:
        """Draw one of the two plots anew, the other the next time: each step stays short."""
        if not self._plots or not self.isVisible():
            return
        self._turn = 1 - self._turn
        column = _ANGLES[self._turn][1]
        now = time.monotonic()
        peak = 0.0
        for name, trace in self._traces.items():
            rows = trace.since(now - SPAN_S)
            curve = self._curves[name, self._turn]
            curve.setVisible(len(rows) > 1)
            if len(rows) > 1:
                curve.setData(rows[:, 0] - now, rows[:, column])
                peak = max(peak, float(np.nanmax(np.abs(rows[:, column]), initial=0.0)))
        self._show_range(self._turn, next(limit for limit in _LIMITS_DEG if peak <= limit))

    def _show_range(self, i: int, limit: float) -> None:
        if limit != self._limits[i]:
            self._limits[i] = limit
            self._plots[i].setYRange(-limit, limit, padding=0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def _restyle(self) -> None:
        used = theme.colours()
        pens = {
            "left": QPen(QColor(used.left), 1.8),
            "right": QPen(QColor(used.right), 1.8),
            "truth": QPen(QColor(used.truth), 1.2, Qt.PenStyle.DashLine),
            "left raw": QPen(_faint(used.left), 1.0),
            "right raw": QPen(_faint(used.right), 1.0),
        }
        for pen in pens.values():
            pen.setCosmetic(True)
        for (name, _), curve in self._curves.items():
            curve.setPen(pens[name])
        for plot in self._plots:
            plot.setBackground(used.surface)
            plot.showGrid(x=False, y=True, alpha=0.18)
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(QPen(QColor(used.line)))
                axis.setTextPen(QPen(QColor(used.muted)))
                axis.setStyle(tickFont=theme.figure_font(0.85, theme.REGULAR))
        for name, colour in (("left", used.left), ("right", used.right), ("truth", used.truth)):
            self._names[name].setStyleSheet(f"color: {colour}")
        self._names["truth"].setText("truth")


def _faint(colour: str) -> QColor:
    faint = QColor(colour)
    faint.setAlpha(90)
    return faint
