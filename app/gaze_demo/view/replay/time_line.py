"""The whole recording over time: gaze angles, events, and the position of the replay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gaze_demo.desk import words
from gaze_demo.desk.replay_control import Mark, Track, envelope
from gaze_demo.events.find import GazeEvent
from gaze_demo.geometry import Array
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.polyline import draw_pieces, pieces

# Room around the charts, px: names at the left, marks above, times below.
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 12.0, 26.0, 22.0
_LANE, _LANES = 12.0, (("fixations", ("fixation",)), ("blinks", ("blink", "eyes closed")), ("lost", ("lost",)))
_SHORTEST_S = 1.0
_MARK_PX = 20.0  # up to this number, marks have lines through the charts; more lines would hide the curves
_LIMITS_DEG = (20.0, 40.0, 90.0)
_TICKS_S: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)


class TimeLine(QWidget):
    """Charts of yaw and pitch of up to two models, or of their points on the screen, with lanes of events below them;
    the wheel zooms around the pointer.

    Attributes: `span_s`, the start and end of the visible part; `points`, whether points on the screen are shown.

    Signals: `sought`, with the time in s that the user pointed at.
    """

    sought = Signal(float)

    def __init__(self, duration_s: float, marks: Sequence[Mark]) -> None:
        super().__init__()
        self._duration_s = max(duration_s, 1e-3)
        self._marks = marks
        self._tracks: Sequence[Track | None] = ()
        self._lanes: list[Array] = [np.zeros((0, 2)) for _ in _LANES]
        self._position_s = 0.0
        self.points = False
        self.span_s = (0.0, self._duration_s)
        self._picture: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Time line of the recording")
        self.setToolTip("Click to go there; the wheel zooms")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 190)

    def sizeHint(self) -> QSize:
        return QSize(900, 280)

    def show_tracks(self, tracks: Sequence[Track | None]) -> None:
        """Those of the left and the right pane."""
        self._tracks = tracks
        self._redraw()

    def show_points(self, on: bool) -> None:
        """Points on the screen instead of angles."""
        self.points = on
        self._redraw()

    def redraw(self) -> None:
        """Draw the charts again, because more of the tracks is known."""
        self._redraw()

    def show_events(self, events: Sequence[GazeEvent] | None, start_s: float) -> None:
        """With times of the session's clock, which began at `start_s`; None while they are looked for."""
        found = events or ()
        self._lanes = [
            np.array([(one.start_s, one.end_s) for one in found if one.kind in kinds], float).reshape(-1, 2) - start_s
            for _, kinds in _LANES
        ]
        self._redraw()

    def show_position(self, time_s: float) -> None:
        """Set the position of the replay; the visible part follows it."""
        self._position_s = time_s
        start, end = self.span_s
        if not start <= time_s <= end:
            self._show_span(time_s - 0.1 * (end - start), end - start)
        self.update()

    def zoom(self, factor: float, around_s: float) -> None:
        """Show a span `factor` times as long; the time `around_s` stays in place."""
        start, end = self.span_s
        length = min(max((end - start) * factor, min(_SHORTEST_S, self._duration_s)), self._duration_s)
        share = (around_s - start) / (end - start)
        self._show_span(around_s - share * length, length)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._drawn()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        area = self._area()
        x = self._x(self._position_s, area)
        painter.setPen(QPen(QColor(theme.colours().text), 1.5))
        painter.drawLine(QPointF(x, area.top() - 6), QPointF(x, area.bottom()))
        painter.setBrush(QColor(theme.colours().text))
        painter.drawPolygon(
            QPolygonF([QPointF(x - 5, area.top() - 10), QPointF(x + 5, area.top() - 10), QPointF(x, area.top() - 3)])
        )
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colours().accent), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._redraw()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.sought.emit(self._time(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.sought.emit(self._time(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(0.8 ** (event.angleDelta().y() / 120), self._time(event.position().x()))
        event.accept()

    def _show_span(self, start_s: float, length_s: float) -> None:
        start_s = min(max(start_s, 0.0), self._duration_s - length_s)
        self.span_s = (start_s, start_s + length_s)
        self._redraw()

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _x(self, time_s: float, area: QRectF) -> float:
        start, end = self.span_s
        return area.left() + (time_s - start) / (end - start) * area.width()

    def _time(self, x: float) -> float:
        area, (start, end) = self._area(), self.span_s
        return min(max(start + (x - area.left()) / area.width() * (end - start), 0.0), self._duration_s)

    def _drawn(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(theme.colours().surface))
        painter = QPainter(picture)
        painter.setFont(theme.figure_font(0.85, theme.REGULAR))
        area = self._area()
        lanes = _LANE * len(_LANES)
        height = (area.height() - lanes - 2 * theme.GAP) / 2
        upper = QRectF(area.left(), area.top(), area.width(), height)
        lower = upper.translated(0, height + theme.GAP / 2)
        self._draw_times(painter, area)
        tracks = [track for track in self._tracks if track is not None]
        if self.points:
            sizes = [(track.screen.width_px, track.screen.height_px) for track in tracks if track.screen is not None]
            for axis, (title, place) in enumerate((("Across", upper), ("Down", lower))):
                size = float(max((size[axis] for size in sizes), default=1))
                ticks = ((0.0, "0"), (size / 2, title), (size, f"{size:.0f} px"))
                curves = [(t.time_s, t.point_px[:, axis]) if t and t.has_points else None for t in self._tracks]
                self._draw_chart(painter, place, ticks if not axis else ticks[::-1], curves)
        else:
            for title, place, values in (("Yaw", upper, "yaw_deg"), ("Pitch", lower, "pitch_deg")):
                curves = [(t.time_s, getattr(t, values)) if t else None for t in self._tracks]
                self._draw_chart(painter, place, _degree_ticks(title, [curve for curve in curves if curve]), curves)
        self._draw_events(painter, QRectF(area.left(), area.bottom() - lanes, area.width(), lanes))
        self._draw_marks(painter, area)
        painter.end()
        return picture

    def _draw_times(self, painter: QPainter, area: QRectF) -> None:
        used, (start, end) = theme.colours(), self.span_s
        room = painter.fontMetrics().horizontalAdvance("0:00:00.0  ")
        step = next((t for t in _TICKS_S if (end - start) / t * room < area.width()), _TICKS_S[-1])
        for time_s in np.arange(np.ceil(start / step) * step, end + 1e-6, step).tolist():
            x = self._x(time_s, area)
            painter.setPen(QPen(QColor(used.line), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(QColor(used.muted))
            text = words.clock_time(time_s)
            text = text[:-2] if step >= 1 else text
            painter.drawText(QRectF(x - 40, area.bottom() + 3, 80, _BOTTOM - 3), Qt.AlignmentFlag.AlignCenter, text)

    def _draw_chart(
        self,
        painter: QPainter,
        area: QRectF,
        ticks: Sequence[tuple[float, str]],
        curves: Sequence[tuple[Array, Array] | None],
    ) -> None:
        """Curves over time; `ticks`, values with their names, from the lowest to the highest place."""
        used, (start, end) = theme.colours(), self.span_s
        rows = [curve and envelope(*curve, start, end, max(round(area.width()), 1)) for curve in curves]
        lowest, highest = ticks[0][0], ticks[-1][0]
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for i, (value, name) in enumerate(ticks):
            y = area.bottom() - (value - lowest) / (highest - lowest) * area.height()
            painter.setPen(QPen(QColor(used.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(used.muted))
            inside = -6 if i == 0 else 6 if i == len(ticks) - 1 else 0
            painter.drawText(QRectF(0, y - 8 + inside, _LEFT - 8, 16), right, name)
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for one, colour in zip(rows, (used.pane_a, used.pane_b), strict=False):
            if one is None:
                continue
            ink = QColor(colour)
            ink.setAlphaF(1.0 if one is rows[0] else 0.75)  # semi-transparent, so that the curve below is visible
            painter.setPen(QPen(ink, 1.4))
            x = area.left() + (one[:, 0] - start) / (end - start) * area.width()
            low, high = (
                area.bottom() - (one[:, side] - lowest) / (highest - lowest) * area.height() for side in (1, 2)
            )
            if len(one) > area.width() / 2:  # dense: columns without smoothing, which takes a tenth of the time
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
                draw_pieces(painter, _columns(x, low, high))
            else:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                draw_pieces(painter, pieces(np.stack([x, low], 1)))
        painter.restore()

    def _draw_events(self, painter: QPainter, area: QRectF) -> None:
        used = theme.colours()
        colours = (used.accent, used.muted, used.trouble)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for i, ((name, _), colour) in enumerate(zip(_LANES, colours, strict=True)):
            lane = QRectF(area.left(), area.top() + i * _LANE + 2, area.width(), _LANE - 4)
            painter.setPen(QColor(used.muted))
            painter.drawText(QRectF(0, lane.top() - 3, _LEFT - 8, _LANE + 2), right, name)
            painter.fillRect(lane, QColor(used.raised))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            for left, width in self._bars(self._lanes[i], lane):
                painter.drawRect(QRectF(left, lane.top(), width, lane.height()))

    def _bars(self, times: Array, lane: QRectF) -> list[tuple[float, float]]:
        """Left and width in px of events (n, 2) from start to end; of several in one px, one is drawn."""
        start, end = self.span_s
        x = lane.left() + (times - start) / (end - start) * lane.width()
        x = np.clip(x[(x[:, 1] >= lane.left()) & (x[:, 0] <= lane.right())], lane.left(), lane.right())
        bars = np.stack([x[:, 0], np.maximum(x[:, 1] - x[:, 0] - 0.5, 1.0)], 1)
        _, first = np.unique(np.floor(bars[:, 0]), return_index=True)
        return [(float(left), float(width)) for left, width in bars[first]]

    def _draw_marks(self, painter: QPainter, area: QRectF) -> None:
        """Draw all lines, and as many names as there is room for."""
        used, free_x = theme.colours(), area.left()
        places = [(self._x(mark.time_s, area), mark) for mark in self._marks]
        places = [(x, mark) for x, mark in places if area.left() - 1 <= x <= area.right() + 1]
        foot = area.bottom() if len(places) * _MARK_PX < area.width() else area.top()
        for x, mark in places:
            painter.setPen(QPen(QColor(used.warning if mark.kind == "marker" else used.good), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top() - 6), QPointF(x, foot))
            text = painter.fontMetrics().elidedText(mark.text, Qt.TextElideMode.ElideRight, 160)
            width = painter.fontMetrics().horizontalAdvance(text)
            left = min(x + 3, self.width() - width - 2.0)
            if left >= free_x:
                painter.setPen(QColor(used.text))
                painter.drawText(QRectF(left, 2, width + 2, _TOP - 8), Qt.AlignmentFlag.AlignVCenter, text)
                free_x = left + width + 8


def _degree_ticks(title: str, curves: Sequence[tuple[Array, Array]]) -> tuple[tuple[float, str], ...]:
    peak = max((float(np.nanmax(np.abs(values), initial=0.0)) for _, values in curves), default=0.0)
    limit = next((limit for limit in _LIMITS_DEG if peak <= limit), 180.0)
    return (-limit, f"{words.MINUS}{limit:g}°"), (0.0, title), (limit, f"{limit:g}°")


def _columns(x: Array, low: Array, high: Array) -> Array:
    """A vertical line (m, 4) from the lowest to the highest value of each column, extended to the column before, so
    that a curve has no holes; none if there is no value."""
    before_low, before_high = np.concatenate([[np.nan], low[:-1]]), np.concatenate([[np.nan], high[:-1]])
    top, bottom = np.fmin(high, before_low), np.fmax(low, before_high)  # y grows downwards
    lines = np.stack([x, np.fmin(top, high), x, np.fmax(bottom, low) + 1.0], 1)
    return np.ascontiguousarray(lines[np.isfinite(low) & np.isfinite(high)])
