"""The full screen during a calibration: first the checks, then the targets, then a short wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QScreen
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gaze_demo.calibration.checks import Check
from gaze_demo.calibration.sitting import Dot
from gaze_demo.live.shot import Image
from gaze_demo.view.pane.eye_crops import qimage
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.combo_box import ComboBox

PURSUIT = 0  # the choice of a path instead of a number of points
# With the five dots that follow.
_LAYOUTS: Final = (
    (5, "5 dots and 5 for validation, 20 seconds"),
    (9, "9 dots and 5 for validation, 28 seconds"),
    (13, "13 dots and 5 for validation, 36 seconds"),
    (16, "16 dots and 5 for validation, 42 seconds"),
    (PURSUIT, "One dot to follow and 5 for validation, 35 seconds"),
)
_LARGE, _SMALL = 26.0, 5.0  # radius in px of a dot that arrives, and of one nearly done
_GROUND, _DOT, _CORE, _RING = QColor("#191c21"), QColor("#f2f4f7"), QColor("#191c21"), QColor("#6ea2ff")
_CHECKS: Final = ("Face", "Distance", "Head", "Light", "Reflections")


class TargetPage(QWidget):
    """Draws only the dot, on a background of medium brightness so that the pupils do not change.

    Attributes: `dot`, None before the first; `paused`, a sentence, empty while the dots move.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dot: Dot | None = None
        self.paused = ""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Calibration target")

    def show_dot(self, dot: Dot | None, paused: str = "") -> None:
        """`paused`: the reason for a pause, shown instead of the dot."""
        self.dot, self.paused = dot, paused
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), _GROUND)
        if self.paused:
            painter.setPen(QColor(_DOT))
            painter.setFont(theme.figure_font(1.3))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.paused)
            return
        if self.dot is None:
            return
        ratio = self.devicePixelRatioF()
        middle = QPointF(self.dot.x_px / ratio, self.dot.y_px / ratio)
        radius = _SMALL + (_LARGE - _SMALL) * self.dot.size
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_DOT)
        painter.drawEllipse(middle, radius, radius)
        painter.setBrush(_CORE)
        painter.drawEllipse(middle, 2.2, 2.2)
        if self.dot.hint:
            painter.setPen(QPen(_RING, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, radius + 8, radius + 8)
            painter.setFont(theme.figure_font(1.3))
            painter.drawText(self._beside(middle), Qt.AlignmentFlag.AlignCenter, f"{self.dot.hint}: once more")

    def _beside(self, middle: QPointF) -> QRectF:
        """A place for the hint below the dot, or above it near the lower edge, within the screen."""
        width, height = 460.0, 40.0
        x = min(max(middle.x() - width / 2, 12.0), self.width() - width - 12.0)
        below = middle.y() + _LARGE + 24
        return QRectF(x, below if below + height < self.height() else middle.y() - _LARGE - 24 - height, width, height)


class FacePicture(QWidget):
    """A small picture from the camera."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(212, 160)
        self.setAccessibleName("What the camera sees")
        self._picture: Image | None = None

    def show_picture(self, picture: Image | None) -> None:
        """(h, w, 4) BGRA, or None if there is none."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        painter.fillRect(area, QColor(theme.colours().stage))
        if self._picture is not None:
            image = qimage(self._picture)
            size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
            painter.drawImage(QRectF(left, top, size.width(), size.height()), image)


class CheckPage(QWidget):
    """The conditions for the start, as a list with ticks.

    Signals: `start`, with the number of points or PURSUIT; `cancel`; `measure`, to measure the screen.
    """

    start = Signal(int)
    cancel = Signal()
    measure = Signal()

    def __init__(self, person: str) -> None:
        super().__init__()
        title = QLabel("Calibrate")
        title.setFont(theme.figure_font(2.2))
        lead = QLabel(
            "Sit the way you will sit later. Look at each dot until it moves on, and keep still while you look. "
            "Five more dots afterwards show how accurate each model is. Esc stops the calibration."
        )
        lead.setWordWrap(True)
        lead.setProperty("kind", "muted")
        self.rows = {name: (QLabel("○"), QLabel(name), QLabel("")) for name in _CHECKS}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for i, labels in enumerate(self.rows.values()):
            grid.setRowMinimumHeight(i, 22)
            for column, label in enumerate(labels):
                grid.addWidget(label, i, column)
        grid.setColumnStretch(2, 1)
        self.face = FacePicture()
        self.hint = QLabel(" ")
        self.hint.setWordWrap(True)
        self.hint.setMinimumHeight(40)
        self.name = QLineEdit(person)
        self.name.setMaxLength(60)
        self.name.setPlaceholderText("Name of the profile")
        self.name.setAccessibleName("Name of the profile")
        self.layouts = ComboBox()
        self.layouts.setAccessibleName("Number of dots")
        for points, text in _LAYOUTS:
            self.layouts.addItem(text, points)
        self.layouts.setCurrentIndex(1)
        self.button = QPushButton("Start")
        self.button.setProperty("kind", "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self._start)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.cancel)
        self.monitors = ComboBox()
        self.monitors.setAccessibleName("Monitor")
        self.monitors.hide()
        row = QHBoxLayout()
        row.addWidget(QLabel("Profile"))
        row.addWidget(self.name, 1)
        row.addWidget(QLabel("Dots"))
        row.addWidget(self.layouts)
        measure = QPushButton("Measure the screen…")
        measure.clicked.connect(self.measure)
        buttons = QHBoxLayout()
        buttons.addWidget(measure)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.button)
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.notes.setProperty("kind", "caption")

        card = QWidget()
        card.setObjectName("card")
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        lead.setMinimumWidth(496)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(32, 28, 32, 24)
        inside.setSpacing(14)
        inside.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)
        for part in (title, lead):
            inside.addWidget(part)
        middle = QHBoxLayout()
        middle.setSpacing(20)
        middle.addLayout(grid, 1)
        middle.addWidget(self.face)
        inside.addLayout(middle)
        inside.addWidget(self.hint)
        inside.addLayout(row)
        inside.addWidget(self.monitors)
        inside.addWidget(self.notes)
        inside.addLayout(buttons)
        whole = QVBoxLayout(self)
        whole.addStretch(1)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(1)
        self.show_notes([])
        self.show_checks([])

    def offer_monitors(self, titles: Sequence[str], chosen: int) -> None:
        """Let one of several monitors be chosen; with a single one there is no choice."""
        self.monitors.addItems(list(titles))
        self.monitors.setCurrentIndex(chosen)
        self.monitors.setVisible(len(titles) > 1)

    def show_notes(self, notes: Sequence[str]) -> None:
        """Hints before the start, one per line."""
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Tick the fulfilled conditions; a calibration can start as soon as a face is seen."""
        used, known = theme.colours(), {check.name: check for check in checks}
        for name, (mark, _, value) in self.rows.items():
            check = known.get(name)
            mark.setText("○" if check is None else "✓" if check.ok else "!")
            colour = used.faint if check is None else used.good if check.ok else used.warning
            mark.setStyleSheet(f"color: {colour}; font-weight: 700;")
            value.setText("" if check is None else f"{check.value}, good" if check.ok else check.value)
            value.setStyleSheet(f"color: {used.muted};")
        hints = [check.hint for check in checks if not check.ok]
        self.hint.setText(
            " ".join(hints) if hints else "Everything looks good." if checks else "Waiting for the camera…"
        )
        self.hint.setStyleSheet(f"color: {used.warning if hints else used.muted};")
        self.button.setEnabled("Face" in known and known["Face"].ok)

    def _start(self) -> None:
        self.start.emit(self.layouts.currentData())


class CalibrationScreen(QWidget):
    """Fills the monitor it is moved to; Enter starts, Esc cancels at any time.

    Attributes: `monitor`, the name of the one that it fills (offscreen it has an empty name), None before.

    Signals: `started`, with the number of points or PURSUIT; `cancelled`; `monitor_chosen`, with its index;
    `measure_wanted`.
    """

    started = Signal(int)
    cancelled = Signal()
    monitor_chosen = Signal(int)
    measure_wanted = Signal()

    def __init__(self, person: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Gaze Demo calibration")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"CalibrationScreen {{ background: {theme.colours().window}; }}")
        self.checks = CheckPage(person)
        self.targets = TargetPage()
        self.waiting = QLabel("Fitting every model to your eyes…")
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.waiting.setFont(theme.figure_font(1.5))
        self._stack = QStackedLayout(self)
        for page in (self.checks, self.targets, self.waiting):
            self._stack.addWidget(page)
        self.monitor: str | None = None
        self.checks.start.connect(self._start)
        self.checks.measure.connect(self.measure_wanted)
        self.checks.cancel.connect(self.cancelled)
        self.checks.monitors.activated.connect(self.monitor_chosen)

    def fill(self, monitor: QScreen) -> None:
        """Move to a monitor and fill it."""
        self.monitor = monitor.name()
        self.hide()
        self.setScreen(monitor)
        self.setGeometry(monitor.geometry())
        self.showFullScreen()
        self.activateWindow()

    @property
    def name(self) -> str:
        """Of the profile to come; empty if none was given."""
        return self.checks.name.text().strip()

    def look(self) -> None:
        """The dots begin."""
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._stack.setCurrentWidget(self.targets)
        self.setFocus()

    def wait(self) -> None:
        """The dots are over."""
        self.unsetCursor()
        self._stack.setCurrentWidget(self.waiting)

    @property
    def page(self) -> QWidget | None:
        return self._stack.currentWidget()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.page is self.checks:
            self.checks.button.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by the window manager, like Esc."""
        super().closeEvent(event)
        self.cancelled.emit()

    def _start(self, points: int) -> None:
        self.look()
        self.started.emit(points)
