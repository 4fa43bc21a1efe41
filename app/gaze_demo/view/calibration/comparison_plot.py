"""Accuracy against latency, one dot per model, the Pareto front as a line; and where on the screen the errors are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gaze_demo.calibration.comparison import Row
from gaze_demo.calibration.report import ModelReport
from gaze_demo.screen import ScreenGeometry
from gaze_demo.view.shared import theme

_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 18.0, 14.0, 44.0
_LABEL = 200  # the widest name, px


class ComparisonPlot(QWidget):
    """A logarithmic axis of latency, a linear one of accuracy from zero."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._picked = ""
        self.setMinimumSize(320, 220)
        self.setAccessibleName("Accuracy against latency")

    def show_rows(self, rows: Sequence[Row], picked: str = "") -> None:
        self._rows = [row for row in rows if row.latency_ms and row.accuracy_deg is not None]
        self._picked = picked
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(460, 280)

    def place(self, row: Row) -> QPointF:
        """Where a row's dot is drawn."""
        assert row.latency_ms is not None
        assert row.accuracy_deg is not None
        low, high, top = self._ranges()
        x = (math.log10(row.latency_ms) - low) / (high - low)
        return self._at(x, row.accuracy_deg / top)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, used = QPainter(self), theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._rows:
            painter.setPen(QColor(used.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No model gave a gaze.")
            return
        self._draw_grid(painter, used)
        front = sorted((self.place(row) for row in self._rows if row.front), key=lambda point: point.x())
        painter.setPen(QPen(QColor(used.muted), 1.4, Qt.PenStyle.DashLine))
        painter.drawPolyline(QPolygonF(front))
        for row in self._rows:
            point, colour = self.place(row), theme.model_colour(row.colour)
            if row.model == self._picked:
                painter.setPen(QPen(QColor(used.text), 1.6))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(point, 8.5, 8.5)
            painter.setPen(QPen(colour, 2))
            painter.setBrush(colour if row.front else QColor(used.surface))
            painter.drawEllipse(point, 5, 5)
        for row, box in zip(self._rows, self.label_boxes(painter.fontMetrics()), strict=True):
            name = painter.fontMetrics().elidedText(row.model, Qt.TextElideMode.ElideMiddle, _LABEL)
            painter.setPen(theme.model_colour(row.colour))  # tells whose name it is where dots are close together
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    def label_boxes(self, metrics: QFontMetrics) -> list[QRectF]:
        """Where the rows' names are drawn: beside their dots, without covering another name or dot if there is room.

        Names stay away from the line of the front if they can.
        """
        points = [self.place(row) for row in self._rows]
        taken = [QRectF(point.x() - 7, point.y() - 7, 14, 14) for point in points]
        line = [QRectF(p.x() - 2, p.y() - 2, 4, 4) for p in self._front_line()]
        room, boxes = QRectF(_LEFT, 0, self.width() - _LEFT, self.height()), []
        for row, point in zip(self._rows, points, strict=True):
            width, height = min(metrics.horizontalAdvance(row.model), _LABEL) + 2.0, float(metrics.height())
            right = point.x() > self.width() * 0.6
            across = [point.x() - 6, point.x() + 6 - width, point.x() - width / 2]
            across = [across[1], across[0], across[2]] if right else across
            above, below = point.y() - 9 - height, point.y() + 9
            near = [(x, y) for x in across for y in ((below, above) if right else (above, below))]
            beside = [(point.x() + 11, point.y() - height / 2), (point.x() - 11 - width, point.y() - height / 2)]
            far = [(x, y) for k in (1, 2, 3) for y in (above - k * height, below + k * height) for x in across]
            places = [QRectF(x, y, width, height) for x, y in (*near, *beside, *far)]

            def cost(box: QRectF) -> int:
                covered = sum(box.intersects(other) for other in taken)
                return 100 * (not room.contains(box)) + 20 * covered + any(box.intersects(dot) for dot in line)

            boxes.append(min(places, key=cost))
            taken.append(boxes[-1])
        return boxes

    def _front_line(self) -> list[QPointF]:
        """Points close together on the line of the front."""
        front = sorted((self.place(row) for row in self._rows if row.front), key=lambda point: point.x())
        steps = [i / 40 for i in range(41)]
        return [a + (b - a) * share for a, b in pairwise(front) for share in steps]

    def _draw_grid(self, painter: QPainter, used: theme.Colours) -> None:
        low, high, top = self._ranges()
        line, text = QPen(QColor(used.line), 1), QColor(used.muted)
        for exponent in range(math.floor(low), math.ceil(high) + 1):
            for step in (1, 2, 5):
                share = (math.log10(step) + exponent - low) / (high - low)
                if 0 <= share <= 1:
                    foot = self._at(share, 0.0)
                    painter.setPen(line)
                    painter.drawLine(foot, self._at(share, 1.0))
                    painter.setPen(text)
                    box = QRectF(foot.x() - 30, foot.y() + 4, 60, 16)
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{step * 10.0**exponent:g}")
        rise = next((s for s in (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0) if top / s <= 6), 50.0)
        for i in range(int(top / rise) + 1):
            start = self._at(0.0, i * rise / top)
            painter.setPen(line)
            painter.drawLine(start, self._at(1.0, i * rise / top))
            painter.setPen(text)
            box = QRectF(0, start.y() - 9, _LEFT - 8, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{i * rise:g}°")
        box = QRectF(_LEFT, self.height() - 20, self.width() - _LEFT - _RIGHT, 18)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "latency, ms")

    def _at(self, x: float, y: float) -> QPointF:
        width, height = self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM
        return QPointF(_LEFT + x * width, _TOP + (1 - y) * height)

    def _ranges(self) -> tuple[float, float, float]:
        """Ends of the latency's axis as powers of ten, and the top of the accuracy's."""
        latencies = [math.log10(row.latency_ms or 1.0) for row in self._rows]
        low, high = min(latencies) - 0.2, max(latencies) + 0.2
        missing = max(0.0, 1.0 - (high - low)) / 2
        return low - missing, high + missing, max(1.2 * max(row.accuracy_deg or 0.0 for row in self._rows), 1e-6)


class ErrorMap(QWidget):
    """The screen with targets as rings and mean points of gaze as dots, of one model."""

    def __init__(self, screen: ScreenGeometry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._screen = screen
        self._report: ModelReport | None = None
        self._colour = 0
        self.setMinimumSize(260, 180)
        self.setAccessibleName("Where the errors are")

    def show_model(self, report: ModelReport, colour: int) -> None:
        """`colour`: that of the model's `Row`."""
        self._report, self._colour = report, colour
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 260)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, used = QPainter(self), theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min((self.width() - 24) / self._screen.width_px, (self.height() - 24) / self._screen.height_px)
        width, height = self._screen.width_px * scale, self._screen.height_px * scale
        painter.translate((self.width() - width) / 2, (self.height() - height) / 2)
        painter.setPen(QPen(QColor(used.line), 1))
        painter.setBrush(QColor(used.stage))
        painter.drawRoundedRect(QRectF(0, 0, width, height), 5, 5)
        accent = theme.model_colour(self._colour)
        for point in self._report.points if self._report else ():
            target = QPointF(point.x_px * scale, point.y_px * scale)
            painter.setPen(QPen(QColor(used.muted), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(target, 5, 5)
            if point.estimate_px is None or point.accuracy_deg is None:
                painter.drawText(
                    QRectF(target.x() - 40, target.y() + 7, 80, 16), Qt.AlignmentFlag.AlignCenter, "no gaze"
                )
                continue
            gaze = QPointF(point.estimate_px[0] * scale, point.estimate_px[1] * scale)
            painter.setPen(QPen(accent, 1.6))
            painter.drawLine(target, gaze)
            painter.setBrush(accent)
            painter.drawEllipse(gaze, 3.5, 3.5)
            painter.setPen(QColor(used.text))
            away = -24 if gaze.y() > target.y() else 8  # on the side opposite to the error
            box = QRectF(target.x() - 40, target.y() + away, 80, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{point.accuracy_deg:.1f}°")
