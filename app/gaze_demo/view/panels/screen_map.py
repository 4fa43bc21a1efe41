"""A small map of the screen with the points of gaze."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gaze_demo import clock
from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import GazePoint, WindowState
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.panels.panel import Panel
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.gaze_point import draw_ellipse, draw_point, ellipse_path
from gaze_demo.view.shared.heat import Heat
from gaze_demo.view.shared.sparing import SparingUpdate

if TYPE_CHECKING:
    from gaze_demo.calibration.profile import Profile

_WIDTH = 250
_PAUSE_MS = 50  # between two updates: two models at 60 frames a second move the points 120 times a second


class _Glass(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.heat, self.show_heat = Heat(), False
        self.size_px = (1920, 1080)
        self.points: Mapping[PaneId, GazePoint] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else the card is painted behind it each time
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 70)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, used = QPainter(self), theme.colours()
        painter.fillRect(self.rect(), QColor(used.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(self.width() / self.size_px[0], self.height() / self.size_px[1])
        width, height = self.size_px[0] * scale, self.size_px[1] * scale
        box = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter.setPen(QPen(QColor(used.line), 1))
        painter.setBrush(QColor(used.stage))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if self.show_heat:
            self.heat.draw(painter, box.toRect())
        for pane, point in self.points.items():
            middle = QPointF(box.x() + point.x_px * scale, box.y() + point.y_px * scale)
            if point.ellipse is not None:
                painter.setClipRect(box)
                draw_ellipse(painter, ellipse_path(middle, point.ellipse, scale), theme.pane_colour(pane))
                painter.setClipping(False)
            if box.contains(middle):
                draw_point(painter, middle, theme.pane_colour(pane), point.certainty, 11)
            else:  # off the screen: a mark at the edge nearest to it
                x, y = min(max(middle.x(), box.left()), box.right()), min(max(middle.y(), box.top()), box.bottom())
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.pane_colour(pane))
                painter.drawRect(QRectF(x - 3, y - 3, 6, 6))


class ScreenMap(Panel):
    """A card with the screen and a line of words under it.

    Attributes: `calibrate` and `results`, buttons; the second is shown after a calibration.
    """

    name, menu_text, keys, tip = "screen-map", "Screen &map", "Ctrl+3", "Where on the screen the gaze is"
    order, every_ms = 30, 500

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self.setFixedWidth(_WIDTH)
        title = QLabel("On the screen")
        title.setProperty("kind", "title")
        self.glass = _Glass()
        self._glass_update = SparingUpdate(self.glass, _PAUSE_MS)
        self.words = QLabel()
        self.words.setProperty("kind", "caption")
        self.words.setWordWrap(True)
        self.calibrate = QPushButton("Calibrate")
        self.calibrate.setToolTip("Look at some points, and all models are calibrated (Ctrl+K)")
        self.calibrate.clicked.connect(lambda: commands.run("calibrate"))
        self.results = QPushButton("Accuracy…")
        self.results.setToolTip("How accurate each model is, from points that took no part in the calibration (Ctrl+T)")
        self.results.clicked.connect(lambda: commands.run("results"))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, 9, theme.GAP, 9)
        column.setSpacing(6)
        column.addWidget(title)
        column.addWidget(self.glass, 1)
        column.addWidget(self.words)
        buttons = QHBoxLayout()
        buttons.addWidget(self.calibrate)
        buttons.addWidget(self.results)
        column.addLayout(buttons)
        state.on("points", self._show_points)
        state.on("screen_words", self.words.setText, now=True)
        state.on("profile", self._show_profile, now=True)
        state.on("source_live", self.calibrate.setEnabled, now=True)
        state.on("heat", self._show_heat, now=True)

    def clear(self) -> None:
        self.glass.heat.clear()

    def refresh(self) -> None:
        if self.glass.show_heat:
            self.glass.update()

    def _show_profile(self, profile: Profile | None) -> None:
        self.calibrate.setText("Calibrate" if profile is None else "Calibrate again")
        self.results.setVisible(profile is not None)

    def _show_points(self, points: Mapping[PaneId, GazePoint]) -> None:
        self.glass.size_px = self.state.screen_px
        point = points.get(PaneId.A)
        if point is not None and point is not self.glass.points.get(PaneId.A):
            self.glass.heat.add(clock.now_s(), point.x_px / self.glass.size_px[0], point.y_px / self.glass.size_px[1])
        self.glass.points = points
        self._glass_update.request()

    def _show_heat(self, on: bool) -> None:
        self.glass.show_heat = on
        self.glass.update()
