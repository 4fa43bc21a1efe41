"""Between the panes: the angle between the two gazes, now and over the last seconds."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gaze_demo import clock
from gaze_demo.desk import words
from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.recent import Recent
from gaze_demo.desk.state import SourceState, WindowState
from gaze_demo.geometry import Array, angle_between
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.view.panels.panel import Panel, Place
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.figure import Figure
from gaze_demo.view.shared.polyline import draw_runs, pieces

SPAN_S = 10.0
_KEPT_FRAMES = 60


class Agreement(Panel):
    """Pairs the gazes of both panes by frame, so that a slow model is compared on the frames that it has seen."""

    name, menu_text, tip = "agreement", "An&gle between the gazes", "By how much the two models differ"
    place, order, needs_two = Place.BETWEEN, 10, True

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._waiting: dict[PaneId, OrderedDict[int, Array]] = {pane: OrderedDict() for pane in PaneId}
        self._angle_deg = Recent(SPAN_S)
        title = QLabel("Between\nthe gazes")
        title.setProperty("kind", "muted")
        self._now = Figure(
            "Now", "Angle between the raw gazes of the newest frame that both models have seen", "000.0°", 1.75
        )
        self._median = Figure("Median", f"Median angle over the last {SPAN_S:g} s", "00.0°", 1.0)
        self._p95 = Figure("p95", f"95th percentile of the angle over the last {SPAN_S:g} s", "00.0°", 1.0)
        self._trace = _Trace()
        span = QLabel(f"last {SPAN_S:g} s")
        span.setProperty("kind", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.GAP - 2)
        spread = QHBoxLayout()
        for figure in (self._median, self._p95):
            spread.addWidget(figure)
        column.addWidget(title)
        column.addWidget(self._now)
        column.addLayout(spread)
        column.addWidget(self._trace)
        column.addWidget(span)
        state.on("models", lambda _: self.clear())
        state.on("source", self._watch_source)

    @property
    def angle_deg(self) -> float | None:
        return self._angle_deg.last

    def add(self, pane: PaneId, sight: Sight) -> None:
        gaze = sight.estimate.gaze if sight.estimate else None
        self.compare(pane, sight.shot.observation.frame.index, gaze)

    def compare(self, pane: PaneId, frame_index: int, gaze: Array | None) -> None:
        """A raw gaze (3,) of a pane in the camera frame, or None."""
        mine, other = self._waiting[pane], self._waiting[pane.other]
        if gaze is None:
            return
        if frame_index in other:
            angle = float(np.degrees(angle_between(gaze, other.pop(frame_index))))
            self._angle_deg.add(clock.now_s(), angle)
        else:
            mine[frame_index] = gaze
            if len(mine) > _KEPT_FRAMES:
                mine.popitem(last=False)

    def clear(self) -> None:
        self._angle_deg.clear()
        for waiting in self._waiting.values():
            waiting.clear()

    def _watch_source(self, source: SourceState) -> None:
        """What stood there no longer holds."""
        if source.gone:
            self.clear()

    def refresh(self) -> None:
        now = clock.now_s()
        self._angle_deg.forget(now)
        for figure, value in (
            (self._now, self._angle_deg.last),
            (self._median, self._angle_deg.median()),
            (self._p95, self._angle_deg.percentile(95)),
        ):
            figure.show_value(words.NONE if value is None else f"{value:.1f}°")
        self._trace.show_values(self._angle_deg.items(), now)


class _Trace(QWidget):
    """The angle over time, from zero up, newest at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._points: list[tuple[float, float]] = []
        self._now = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumHeight(44)
        self.setMaximumHeight(84)

    def show_values(self, points: list[tuple[float, float]], now: float) -> None:
        self._points, self._now = points, now
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        used = theme.colours()
        painter.fillRect(self.rect(), QColor(used.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 14, -1, -1)
        painter.setPen(QPen(QColor(used.line), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if len(self._points) < 2:
            return
        time_s, angle_deg = np.array(self._points).T
        top = max(5.0, 5.0 * np.ceil(angle_deg.max() / 5.0))
        per_s, per_deg = area.width() / SPAN_S, area.height() / top
        places = np.stack([area.right() - (self._now - time_s) * per_s, area.bottom() - angle_deg * per_deg], 1)
        painter.setPen(QColor(used.muted))
        painter.setFont(theme.figure_font(0.8, theme.REGULAR))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, f"{top:.0f}°")
        painter.setPen(QPen(QColor(used.accent), 1.6))
        draw_runs(painter, pieces(places))
