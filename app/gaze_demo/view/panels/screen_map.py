"""The screen in small inside the window: where each model sees the gaze, and where it was in the last minute."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gaze_demo.view import theme
from gaze_demo.view.heat import Heat
from gaze_demo.view.overlay import GazePoint, draw_point

_WIDTH = 250


class _Glass(QWidget):
    def __init__(self, heat: Heat) -> None:
        super().__init__()
        self.heat, self.show_heat = heat, False
        self.size_px = (1920, 1080)
        self.points: dict[str, GazePoint] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 70)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, used = QPainter(self), theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(self.width() / self.size_px[0], self.height() / self.size_px[1])
        width, height = self.size_px[0] * scale, self.size_px[1] * scale
        box = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter.setPen(QPen(QColor(used.line), 1))
        painter.setBrush(QColor(used.stage))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if self.show_heat:
            self.heat.draw(painter, box.toRect())
        for side, point in self.points.items():
            middle = QPointF(box.x() + point.x_px * scale, box.y() + point.y_px * scale)
            if box.contains(middle):
                draw_point(painter, middle, theme.pane_colour(side), point.certainty, 11)
            else:  # off the screen: an arrowhead's worth at the edge nearest to it
                x, y = min(max(middle.x(), box.left()), box.right()), min(max(middle.y(), box.top()), box.bottom())
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.pane_colour(side))
                painter.drawRect(QRectF(x - 3, y - 3, 6, 6))


class ScreenMap(QWidget):
    """A card with the screen and a line of words under it.

    Attributes: `calibrate`, a button to be shown while nothing is calibrated.
    """

    def __init__(self, heat: Heat) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_WIDTH)
        title = QLabel("On the screen")
        title.setProperty("kind", "title")
        self.glass = _Glass(heat)
        self.words = QLabel("Not calibrated")
        self.words.setProperty("kind", "caption")
        self.words.setWordWrap(True)
        self.calibrate = QPushButton("Calibrate")
        self.calibrate.setToolTip("Look at some points, and all models are calibrated (Ctrl+K)")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, 9, theme.GAP, 9)
        column.setSpacing(6)
        column.addWidget(title)
        column.addWidget(self.glass, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.words, 1)
        foot.addWidget(self.calibrate)
        column.addLayout(foot)

    def show_point(self, side: str, point: GazePoint | None) -> None:
        if point is None:
            self.glass.points.pop(side, None)
        else:
            self.glass.points[side] = point
        self.glass.update()

    def say(self, text: str) -> None:
        if text != self.words.text():
            self.words.setText(text)
