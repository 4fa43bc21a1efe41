"""One angle of the gaze over the last seconds, drawn without a plotting library, which two small charts do not need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from gaze_demo.desk import words
from gaze_demo.geometry import Array
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.polyline import draw_pieces, draw_runs, pieces

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
        self._ground = QPixmap()  # the grid with its labels
        self._ground_of: tuple[object, ...] = ()  # what it depends on
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
        area = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        if area.width() < 20 or area.height() < 20:
            painter.fillRect(self.rect(), QColor(used.surface))
            return
        painter.drawPixmap(0, 0, self._drawn_ground(area, used))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(area)
        for pen, rows in self._curves:
            painter.setPen(pen)
            draw = draw_pieces if pen.style() == Qt.PenStyle.SolidLine else draw_runs
            draw(painter, self.pieces(rows, area))

    def pieces(self, rows: Array, area: QRectF) -> Array:
        """The pieces (n, 4) of a curve, from x, y to x, y in px."""
        x = area.right() + rows[:, 0] * (area.width() / SPAN_S)
        y = area.center().y() - rows[:, 1] * (area.height() / 2 / self.limit_deg)
        return pieces(np.stack([x, y], 1)[max(int(np.searchsorted(x, area.left())) - 1, 0) :])

    def _drawn_ground(self, area: QRectF, used: theme.Colours) -> QPixmap:
        """The grid, which is drawn only when it changes: its labels take as long as a curve."""
        ratio = self.devicePixelRatioF()
        depends_on = (self.size().toTuple(), ratio, self.limit_deg, used, QApplication.font().key())
        if depends_on != self._ground_of:
            self._ground_of = depends_on
            self._ground = QPixmap(self.size() * ratio)
            self._ground.setDevicePixelRatio(ratio)
            self._ground.fill(QColor(used.surface))
            painter = QPainter(self._ground)
            self._draw_grid(painter, area, used)
            painter.end()
        return self._ground

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
