"""The choice of the filter for the drawn gaze, its parameters, and its lag."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSlider, QToolButton

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.filter.kinds import FilterChoice, Parameter, filter_kinds
from gaze_demo.view.header.control import Control
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.combo_box import ComboBox
from gaze_demo.view.shared.value_text import ValueText

_STEPS = 100


class FilterControl(Control):
    """Attributes: `box`, the filters; `settings`, a button that opens their parameters; `sliders`, by parameter."""

    title, order, folds = "Filter", 60, 2

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self.box = ComboBox()
        self.box.setAccessibleName("Filter of the drawn gaze")
        self.box.setMinimumWidth(104)
        for kind in filter_kinds().values():
            self.box.addItem(kind.title, kind.name)
            self.box.setItemData(self.box.count() - 1, kind.help, Qt.ItemDataRole.ToolTipRole)
        self.box.activated.connect(self._choose)
        self.settings = QToolButton()
        self.settings.setText("Set…")
        self.settings.setAccessibleName("Parameters of the filter")
        self.settings.setToolTip("Parameters of the filter")
        self.settings.clicked.connect(self.open_parameters)
        self._lag = ValueText(1.0, "lag 000 ms", bold=False)
        self._lag.setFixedWidth(self._lag.sizeHint().width())
        self.setToolTip("Smooths the drawn gaze, which adds lag. F switches it on and off. Raw values are kept.")
        self.sliders: dict[str, QSlider] = {}
        self._popup: QFrame | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(7)
        for part in (self.box, self.settings, self._lag):
            row.addWidget(part)
        state.on("filter", self._show, now=True)
        state.on("lag_s", lambda _: self._show_lag(), now=True)

    @property
    def lag_text(self) -> str:
        return self._lag.text

    def open_parameters(self) -> None:
        """A small window with a slider for each parameter, below the button."""
        choice = self.state.filter
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.setObjectName("card")
        grid = QGridLayout(popup)
        grid.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        self.sliders = {}
        for line, parameter in enumerate(choice.kind.parameters):
            name, value = QLabel(parameter.title), QLabel()
            value.setMinimumWidth(110)
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(0, _STEPS)
            slider.setFixedWidth(180)
            slider.setAccessibleName(parameter.title)
            slider.setToolTip(parameter.help)
            name.setToolTip(parameter.help)
            slider.setValue(_position(parameter, choice.value(parameter)))
            value.setText(_words(parameter, choice.value(parameter)))
            slider.valueChanged.connect(lambda at, p=parameter, shown=value: self._set(p, at, shown))
            self.sliders[parameter.name] = slider
            for column, part in enumerate((name, slider, value)):
                grid.addWidget(part, line, column)
        popup.move(self.settings.mapToGlobal(QPoint(0, self.settings.height() + 4)))
        popup.show()
        self._popup = popup

    def _choose(self, row: int) -> None:
        name = self.box.itemData(row)
        if name != self.state.filter.name:
            self.state.filter = FilterChoice(name)

    def _set(self, parameter: Parameter, position: int, shown: QLabel) -> None:
        value = _value(parameter, position)
        shown.setText(_words(parameter, value))
        self.state.filter = self.state.filter.with_value(parameter.name, value)

    def _show(self, choice: FilterChoice) -> None:
        self.box.setCurrentIndex(self.box.findData(choice.kind.name))
        self.settings.setEnabled(bool(choice.kind.parameters))
        self._show_lag()

    def _show_lag(self) -> None:
        lag_s = self.state.lag_s
        if not self.state.filtered:
            self._lag.show_value("")
        else:
            self._lag.show_value("lag –" if lag_s is None else f"lag {lag_s * 1000:.0f} ms")


def _position(parameter: Parameter, value: float) -> int:
    low, high, at = (math.log(v) if parameter.logarithmic else v for v in (parameter.low, parameter.high, value))
    return round(_STEPS * (at - low) / (high - low))


def _value(parameter: Parameter, position: int) -> float:
    low, high = (math.log(v) if parameter.logarithmic else v for v in (parameter.low, parameter.high))
    value = low + (high - low) * position / _STEPS
    value = math.exp(value) if parameter.logarithmic else value
    return min(max(value, parameter.low), parameter.high)


def _words(parameter: Parameter, value: float) -> str:
    return f"{value:.2g} {parameter.unit}"
