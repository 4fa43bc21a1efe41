"""The live plot of yaw and pitch of both panes, and of the truth if it is known."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from gaze_demo import clock
from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.geometry import Array
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.view.panels.angle_chart import SPAN_S, AngleChart
from gaze_demo.view.panels.gaze_trace import GazeTrace
from gaze_demo.view.panels.panel import Panel
from gaze_demo.view.shared import theme

_ANGLES: Final = (("Yaw", 1), ("Pitch", 2))  # with their columns in a GazeTrace
_TRUTH: Final = "truth"
_LINES: Final[tuple[PaneId | str, ...]] = (_TRUTH, *PaneId)  # drawn in this order: the most important last, on top


class SignalPlot(Panel):
    """Collects gazes and draws them, one chart per angle.

    Attributes: `charts`, by the angle's column in a GazeTrace.
    """

    name, menu_text, keys, tip = "plot", "&Plot", "Ctrl+1", "Yaw and pitch over time"
    order, every_ms = 10, 60

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self._traces = {line: GazeTrace() for line in _LINES}
        self._turn = 0
        self._pens: dict[PaneId | str, QPen] = {}
        self._names: dict[PaneId | str, QLabel] = {}
        legend = QHBoxLayout()
        legend.setSpacing(theme.GAP + 4)
        title = QLabel("Gaze over time")
        title.setProperty("kind", "title")
        legend.addWidget(title)
        legend.addStretch(1)
        for line in (*PaneId, _TRUTH):
            label = QLabel("truth" if line == _TRUTH else "")
            label.hide()
            self._names[line] = label
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
        state.on_any(("models", "two_panes", "narrow"), self._show_names, now=True)

    def add(self, pane: PaneId, sight: Sight) -> None:
        truth = sight.shot.observation.frame.truth
        self.trace(pane, sight.filtered.mean, truth.gaze if truth else None)

    def trace(self, pane: PaneId, gaze: Array | None, truth: Array | None) -> None:
        """The gaze (3,) of one sight and the true one, camera frame."""
        now = clock.now_s()
        self._traces[pane].add(now, gaze)
        if pane is PaneId.A:
            self._traces[_TRUTH].add(now, truth)
            if self._names[_TRUTH].isHidden() != (truth is None):
                self._names[_TRUTH].setVisible(truth is not None)

    def clear(self) -> None:
        for trace in self._traces.values():
            trace.clear()

    def refresh(self) -> None:
        """Draw one of the two charts again, the other the next time: each step stays short."""
        self._turn = (self._turn + 1) % len(_ANGLES)
        self._draw(_ANGLES[self._turn][1])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def _draw(self, column: int) -> None:
        now = clock.now_s()
        curves = []
        for line, trace in self._traces.items():
            rows = trace.since(now - SPAN_S)[:, [0, column]]
            rows[:, 0] -= now
            curves.append((self._pens[line], rows))
        self.charts[column].show_curves(curves)

    def _show_names(self) -> None:
        for pane, name in self.state.model_names.items():
            self._names[pane].setText(name)
            self._names[pane].setVisible(bool(name) and pane in self.state.panes)

    def _restyle(self) -> None:
        used = theme.colours()
        colours: dict[PaneId | str, str] = {PaneId.A: used.pane_a, PaneId.B: used.pane_b, _TRUTH: used.truth}
        self._pens = {line: QPen(QColor(colour), 1.8) for line, colour in colours.items()}
        self._pens[_TRUTH] = QPen(QColor(used.truth), 1.0, Qt.PenStyle.DashLine)
        for line, colour in colours.items():
            self._names[line].setStyleSheet(f"color: {colour}")
        for column in self.charts:
            self._draw(column)
