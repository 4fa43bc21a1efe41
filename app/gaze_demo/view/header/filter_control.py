"""How much the drawn gaze is smoothed, and what that costs in time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from gaze_demo.view.reading import Reading


class FilterControl(QWidget):
    """A slider from 0 (raw) to 1.

    Signals: `chosen`, with the strength.
    """

    chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        name = QLabel("Filter")
        name.setProperty("kind", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setSingleStep(5)
        self.slider.setPageStep(20)
        self.slider.setFixedWidth(90)
        self.slider.setAccessibleName("Filter strength")
        self.slider.valueChanged.connect(self._change)
        self._lag = Reading(1.0, "lag 000 ms", bold=False)
        self._lag.setFixedWidth(self._lag.sizeHint().width())
        self.setToolTip("One Euro filter of the drawn gaze: stronger is calmer and later. F switches it on and off.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(7)
        for part in (name, self.slider, self._lag):
            row.addWidget(part)
        self.show_lag(None)

    @property
    def strength(self) -> float:
        return self.slider.value() / 100

    @property
    def lag_text(self) -> str:
        return self._lag.text

    def show_strength(self, strength: float) -> None:
        """Show a strength, without telling anyone."""
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(round(strength * 100))
        self.slider.blockSignals(blocked)

    def show_lag(self, lag_s: float | None) -> None:
        """The lag of the left pane's filter as it is now."""
        if self.slider.value() == 0:
            self._lag.show_value("off")
        else:
            self._lag.show_value("lag –" if lag_s is None else f"lag {lag_s * 1000:.0f} ms")

    def _change(self) -> None:
        self.show_lag(None)
        self.chosen.emit(self.strength)
