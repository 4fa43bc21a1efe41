"""The live plot of yaw and pitch of both panes, and of the truth where it is known."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from gaze_demo import clock
from gaze_demo.geometry import Array
from gaze_demo.view import theme
from gaze_demo.view.panels.angle_chart import SPAN_S, AngleChart
from gaze_demo.view.panels.gaze_trace import GazeTrace

_ANGLES = (("Yaw", 1), ("Pitch", 2))
"""With their columns in a GazeTrace."""
_LINES = ("truth", "left", "right")
"""Drawn in this order: what matters last, on top."""


class SignalPlot(QFrame):
    """Collects gazes and draws them, one chart an angle.

    Attributes: `charts`, by the angle's column in a GazeTrace.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._traces = {name: GazeTrace() for name in _LINES}
        self._turn = 0
        self._sides: tuple[str, ...] = ("left", "right")
        self._pens: dict[str, QPen] = {}
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
        self.charts = {column: AngleChart(angle) for angle, column in _ANGLES}
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        for chart in self.charts.values():
            row.addWidget(chart)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(theme.GAP, theme.GAP - 4, theme.GAP, theme.GAP - 4)
        column_box.setSpacing(4)
        column_box.addLayout(legend)
        column_box.addLayout(row, 1)
        self.setToolTip("The gaze as it is drawn, filtered. Yaw + is to the right of the preview, pitch + is up.")
        self.setMinimumHeight(120)
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
        """Draw one of the two charts again, the other the next time: each step stays short."""
        if not self.isVisible():
            return
        self._turn = (self._turn + 1) % len(_ANGLES)
        self._draw(_ANGLES[self._turn][1])

    def _draw(self, column: int) -> None:
        now = clock.now_s()
        curves = []
        for name, trace in self._traces.items():
            rows = trace.since(now - SPAN_S)[:, [0, column]]
            rows[:, 0] -= now
            curves.append((self._pens[name], rows))
        self.charts[column].show_curves(curves)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def _restyle(self) -> None:
        used = theme.colours()
        self._pens = {
            "left": QPen(QColor(used.left), 1.8),
            "right": QPen(QColor(used.right), 1.8),
            "truth": QPen(QColor(used.truth), 1.0),
        }
        for name, colour in (("left", used.left), ("right", used.right), ("truth", used.truth)):
            self._names[name].setStyleSheet(f"color: {colour}")
        self._names["truth"].setText("truth")
        for column in self.charts:
            self._draw(column)
