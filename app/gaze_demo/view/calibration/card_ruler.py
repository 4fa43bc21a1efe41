"""Measuring the screen with a bank card held to it, and entering where the camera is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from gaze_demo.screen import CARD_WIDTH_MM, ScreenGeometry
from gaze_demo.view.shared import theme

_CARD_RATIO = 85.60 / 53.98
_FINEST_DPI = 300.0
_NARROWEST_PX = 150
_ROOM = (560, 300)  # least width and height of the outline's place, px


class _CardOutline(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.show_width(300)

    def show_width(self, width: int) -> None:
        """The rectangle of the card in px, with some space around it."""
        self.width_px = float(width)
        self.setMinimumSize(max(width + 10, _ROOM[0]), max(round(width / _CARD_RATIO) + 10, _ROOM[1]))
        self.update()

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
    """The user makes an outline as wide as a card, and may enter where the lens is; values that are not changed stay as
    they were.

    Attributes: `slider`, the outline's width; `inches`, the screen's diagonal;
    `aside`, `above`, the lens from the middle of the top edge, in cm.
    """

    def __init__(self, screen: ScreenGeometry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Measure the screen")
        self.screen_before = screen
        self._outline = _CardOutline()
        words = QLabel(
            "Hold a bank card flat to the screen and move the slider until the outline is as wide as the card."
        )
        words.setWordWrap(True)
        self.aside = _centimetres("Lens to the right of the screen's middle", -200.0, 200.0)
        self.above = _centimetres("Lens above the screen's top edge", -200.0, 100.0)
        place = QHBoxLayout()
        place.addWidget(QLabel("The camera is"))
        place.addWidget(self.above)
        place.addWidget(QLabel("cm above the top edge and"))
        place.addWidget(self.aside)
        place.addWidget(QLabel("cm right of the middle (below or left: less than 0)."), 1)
        self.inches = QDoubleSpinBox(minimum=4.0, maximum=120.0, decimals=1, singleStep=0.1)
        self.inches.setAccessibleName("Diagonal of the screen in inches")
        self.inches.setKeyboardTracking(False)
        self.inches.setFixedWidth(64)
        self.inches.setAlignment(Qt.AlignmentFlag.AlignCenter)
        diagonal = QHBoxLayout()
        diagonal.addWidget(QLabel("Or type the screen's diagonal:"))
        diagonal.addWidget(self.inches)
        diagonal.addWidget(QLabel("inches"), 1)
        self._found = QLabel()
        self._found.setProperty("kind", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Width of the card")
        self.slider.setRange(_NARROWEST_PX, self._widest_px())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("kind", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(theme.GAP)
        for part in (words, self._outline, self.slider, self._found):
            column.addWidget(part)
        column.addLayout(diagonal)
        column.addLayout(place)
        column.addWidget(buttons)
        expected = CARD_WIDTH_MM / screen.pitch_mm[0] / self.devicePixelRatioF()
        self.slider.setValue(round(min(max(expected, self.slider.minimum()), self.slider.maximum())))
        self.aside.setValue((screen.lens_x_mm - screen.width_mm / 2) / 10)
        self.above.setValue(-screen.lens_y_mm / 10)
        self._before = self._values()
        self.slider.valueChanged.connect(self._show)
        self.inches.valueChanged.connect(self._take_inches)
        self._show(self.slider.value())

    def measured(self) -> ScreenGeometry:
        """The monitor with the size from the outline, and with the lens where the user put it."""
        screen, (width, *place) = self.screen_before, self._values()
        if width != self._before[0]:
            screen = screen.with_card(width * self.devicePixelRatioF())
        if tuple(place) != self._before[1:]:
            screen = screen.with_lens(screen.width_mm / 2 + self.aside.value() * 10, -self.above.value() * 10)
        return screen

    def _widest_px(self) -> int:
        """The size of a card on a screen of 300 dots per inch, if it fits on this screen."""
        room = self.screen().availableGeometry()
        widest = min(_FINEST_DPI * CARD_WIDTH_MM / 25.4 / self.devicePixelRatioF(), room.width() - 60.0)
        return max(round(min(widest, (room.height() - 260) * _CARD_RATIO)), _NARROWEST_PX + 100)

    def _values(self) -> tuple[float, float, float]:
        return self.slider.value(), self.aside.value(), self.above.value()

    def _take_inches(self, inches: float) -> None:
        screen = self.screen_before
        pitch_mm = inches * 25.4 / (screen.width_px**2 + screen.height_px**2) ** 0.5
        self.slider.setValue(round(CARD_WIDTH_MM / pitch_mm / self.devicePixelRatioF()))

    def _show(self, width: int) -> None:
        self._outline.show_width(width)
        screen = self.measured()
        inches = (screen.width_mm**2 + screen.height_mm**2) ** 0.5 / 25.4
        if not self.inches.hasFocus():
            with QSignalBlocker(self.inches):
                self.inches.setValue(inches)
        self._found.setText(f"The screen is {screen.width_mm:.0f} × {screen.height_mm:.0f} mm, {inches:.1f} inches.")


def _centimetres(name: str, least: float, most: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setAccessibleName(name)
    box.setRange(least, most)
    box.setDecimals(1)
    box.setFixedWidth(64)
    box.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return box
