"""The live plot of yaw and pitch of both panes, and of the truth where it is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import shiboken6
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from gaze_demo import clock
from gaze_demo.geometry import Array
from gaze_demo.view import theme, words
from gaze_demo.view.panels.gaze_trace import GazeTrace

SPAN_S = 10.0
_ANGLES = (("Yaw", 1), ("Pitch", 2))
"""With their columns in a GazeTrace."""
_BUILD_PAUSE_MS = 30
_LIMITS_DEG = (20.0, 40.0, 90.0, 180.0)
_LINES = ("truth", "left", "right")
"""Drawn in this order: what matters last, on top."""


class SignalPlot(QFrame):
    """Collects gazes at once, and draws them from `build` on: pyqtgraph takes a while to load.

    Signals: `built`, when all is there.
    """

    built = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._traces = {name: GazeTrace() for name in _LINES}
        self._limits: dict[int, float] = {}
        self._turn = 0
        self._sides: tuple[str, ...] = ("left", "right")
        self._plots: dict[int, Any] = {}
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
        self.setToolTip("The gaze as it is drawn, filtered. Yaw + is to the right of the preview, pitch + is up.")
        self.setMinimumHeight(120)

    def build(self) -> None:
        """Make the plots, one after the other so that the window answers in between.

        `import pyqtgraph` beforehand, in another thread, keeps this short.
        """
        if not shiboken6.isValid(self):  # the window was closed while the plot was still loading
            return
        self._build_one(*_ANGLES[len(self._plots)])
        if len(self._plots) < len(_ANGLES):
            QTimer.singleShot(_BUILD_PAUSE_MS, self.build)
        else:
            self.built.emit()

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

    def add(self, side: str, gaze: Array | None, truth: Array | None) -> None:
        """The gaze (3,) of one sight and the true one, camera frame."""
        now = clock.now_s()
        self._traces[side].add(now, gaze)
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
        self._turn = (self._turn + 1) % len(_ANGLES)
        column = _ANGLES[self._turn][1]
        if column not in self._plots:
            return
        now = clock.now_s()
        peak = 0.0
        for name, trace in self._traces.items():
            rows = trace.since(now - SPAN_S)
            curve = self._curves[name, column]
            curve.setVisible(len(rows) > 1)
            if len(rows) > 1:
                curve.setData(rows[:, 0] - now, rows[:, column])
                peak = max(peak, float(np.nanmax(np.abs(rows[:, column]), initial=0.0)))
        self._show_range(column, next(limit for limit in _LIMITS_DEG if peak <= limit))

    def _build_one(self, title: str, column: int) -> None:
        import pyqtgraph

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
        plot.disableAutoRange()
        for name in _LINES:  # bare curves: what pyqtgraph wraps around them costs more than to draw them
            curve = pyqtgraph.PlotCurveItem(antialias=True, connect="finite")
            curve.setSegmentedLineMode("on")  # a thick line is drawn faster piece by piece
            plot.addItem(curve, ignoreBounds=True)
            self._curves[name, column] = curve
        self._plots[column] = plot
        self._show_range(column, _LIMITS_DEG[0])
        self._restyle()
        self._row.addWidget(plot)

    def _show_range(self, column: int, limit: float) -> None:
        if limit != self._limits.get(column):
            self._limits[column] = limit
            self._plots[column].setYRange(-limit, limit, padding=0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def _restyle(self) -> None:
        used = theme.colours()
        pens = {
            "left": QPen(QColor(used.left), 1.8),
            "right": QPen(QColor(used.right), 1.8),
            "truth": QPen(QColor(used.truth), 1.0),
        }
        for pen in pens.values():
            pen.setCosmetic(True)
        for (name, _), curve in self._curves.items():
            curve.setPen(pens[name])
        for plot in self._plots.values():
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
