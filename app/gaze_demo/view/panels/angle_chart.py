"""One angle of the gaze over the last seconds, drawn without a plotting library, which two small charts do not need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gaze_demo.desk import words
from gaze_demo.geometry import Array
from gaze_demo.view.shared import theme

SPAN_S = 10.0
_LIMITS_DEG = (20.0, 40.0, 90.0, 180.0)
_STEPS_DEG = {20.0: 10.0, 40.0: 20.0, 90.0: 45.0, 180.0: 90.0}  # between two grid lines, for each limit of the scale
# Space around the curves in px, for the angles at the left and the seconds below.
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 6.0, 6.0, 20.0
_TICKS_S = (2, 5)  # between two labelled times; the first one that leaves room for the labels is used


class AngleChart(QWidget):
    """Curves of one angle against time, the newest at the right; the scale grows with the largest angle.

    Attributes: `limit_deg`, both ends of the scale.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self.limit_deg = _LIMITS_DEG[0]
        self._title = title
        self._curves: list[tuple[QPen, Array]] = []
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(118, 80)
        self.setAccessibleName(f"{title} over the last {SPAN_S:g} seconds")

    def show_curves(self, curves: Sequence[tuple[QPen, Array]]) -> None:
        """Each with its pen: rows (n, 2) of seconds, 0 for now and negative before, and degrees; NaN leaves a gap."""
        was_empty, self._curves = not self._curves, [(pen, rows) for pen, rows in curves if len(rows)]
        if was_empty and not self._curves:  # nothing has changed, so it is not drawn again
            return
        peak = max((float(np.nanmax(np.abs(rows[:, 1]), initial=0.0)) for _, rows in self._curves), default=0.0)
        self.limit_deg = next(limit for limit in _LIMITS_DEG if peak <= limit)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, used = QPainter(self), theme.colours()
        painter.fillRect(self.rect(), QColor(used.surface))
        area = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        if area.width() < 20 or area.height() < 20:
            return
        self._draw_grid(painter, area, used)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area)
        for pen, rows in self._curves:
            painter.setPen(pen)
            lines = self.lines(rows, area)
            if pen.style() == Qt.PenStyle.SolidLine:
                painter.drawLines(lines)
            else:  # dashes continue from piece to piece
                for run in _runs(lines):
                    painter.drawPolyline(run)

    def lines(self, rows: Array, area: QRectF) -> list[QLineF]:
        """The pieces of a curve in px; a thick line is drawn several times faster piece by piece than whole."""
        x = area.right() + rows[:, 0] * (area.width() / SPAN_S)
        y = area.center().y() - rows[:, 1] * (area.height() / 2 / self.limit_deg)
        whole = np.isfinite(y[1:] - y[:-1]) & (x[1:] >= area.left())
        pieces = np.stack([x[:-1], y[:-1], x[1:], y[1:]], 1)[whole]
        return [QLineF(*piece) for piece in pieces.tolist()]

    def _draw_grid(self, painter: QPainter, area: QRectF, used: theme.Colours) -> None:
        painter.setFont(theme.figure_font(0.85, theme.REGULAR))
        line, text = QPen(QColor(used.line), 1), QColor(used.muted)
        step, height = _STEPS_DEG[self.limit_deg], float(painter.fontMetrics().height())
        if area.height() / (2 * self.limit_deg / step) < height:
            step = self.limit_deg  # a low chart labels only the ends and the middle
        for degrees in np.arange(-self.limit_deg, self.limit_deg + 1e-6, step).tolist():
            y = area.center().y() - degrees * area.height() / 2 / self.limit_deg
            painter.setPen(line)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(text)
            name = f"{words.MINUS if degrees < 0 else ''}{abs(degrees):g}°"
            box = QRectF(0, min(max(y - height / 2, 0.0), self.height() - height), _LEFT - 6, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
        room = painter.fontMetrics().horizontalAdvance(f"{words.MINUS}00 s ")
        every = next(tick for tick in _TICKS_S if area.width() * tick / SPAN_S > room or tick == _TICKS_S[-1])
        for seconds in range(-int(SPAN_S) + every, 0, every):
            x = area.right() + seconds * area.width() / SPAN_S
            box = QRectF(x - 30, area.bottom() + 3, 60, _BOTTOM - 3)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{words.MINUS}{-seconds} s")
        painter.save()
        painter.translate(height / 2, area.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-60, -height / 2, 120, height), Qt.AlignmentFlag.AlignCenter, self._title)
        painter.restore()


def _runs(lines: Sequence[QLineF]) -> list[QPolygonF]:
    """The pieces that follow on each other, joined."""
    runs: list[list[QPointF]] = []
    for line in lines:
        if runs and runs[-1][-1] == line.p1():
            runs[-1].append(line.p2())
        else:
            runs.append([line.p1(), line.p2()])
    return [QPolygonF(run) for run in runs]
