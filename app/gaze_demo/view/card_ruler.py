"""Measuring the screen with a bank card held to it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QSlider, QVBoxLayout, QWidget

from gaze_demo.calibration.screen import CARD_WIDTH_MM, ScreenGeometry
from gaze_demo.view import theme

_CARD_RATIO = 85.60 / 53.98


class _CardOutline(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.width_px = 300.0
        self.setMinimumSize(700, 440)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, used = QPainter(self), theme.colours()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.width_px / _CARD_RATIO
        box = QRectF((self.width() - self.width_px) / 2, (self.height() - height) / 2, self.width_px, height)
        painter.setPen(QPen(QColor(used.accent), 2))
        painter.setBrush(QColor(used.raised))
        painter.drawRoundedRect(box, 0.037 * self.width_px, 0.037 * self.width_px)
        painter.setPen(QColor(used.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "Hold a bank card here")


class CardRuler(QDialog):
    """The user makes an outline as wide as a card; `screen` is then the monitor with its true size."""

    def __init__(self, screen: ScreenGeometry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Measure the screen")
        self.screen_before = screen
        self._outline = _CardOutline()
        words = QLabel(
            "Hold a bank card flat to the screen and move the slider until the outline is as wide as the card."
        )
        words.setWordWrap(True)
        self._found = QLabel()
        self._found.setProperty("kind", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Width of the card")
        self.slider.setRange(150, 690)
        self.slider.valueChanged.connect(self._show)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(theme.GAP)
        for part in (words, self._outline, self.slider, self._found, buttons):
            column.addWidget(part)
        expected = CARD_WIDTH_MM / screen.pitch_mm[0] / self.devicePixelRatioF()
        self.slider.setValue(round(min(max(expected, 150), 690)))
        self._show(self.slider.value())

    def measured(self) -> ScreenGeometry:
        """The monitor with the size that the outline tells."""
        return self.screen_before.with_card(self.slider.value() * self.devicePixelRatioF())

    def _show(self, width: int) -> None:
        self._outline.width_px = float(width)
        self._outline.update()
        screen = self.measured()
        inches = (screen.width_mm**2 + screen.height_mm**2) ** 0.5 / 25.4
        self._found.setText(f"The screen is {screen.width_mm:.0f} × {screen.height_mm:.0f} mm, {inches:.1f} inches.")
