"""What one pane of a recording shows: model, calibration and filter, each to be chosen."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStylePainter, QVBoxLayout, QWidget

from gaze_demo.desk.replay_choices import RECORDED, ReplayChoices, Wish
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.combo_box import ComboBox


class PaneChoosers(QWidget):
    """Attributes: `model`, `calibration`, `filter`, boxes; `progress`, words while a choice is computed.

    Signals: `changed`, when the user has chosen.
    """

    changed = Signal()

    def __init__(self, pane: PaneId) -> None:
        super().__init__()
        self.model = self._prepared(_ModelBox(pane), f"{pane.title} model")
        self.calibration = self._prepared(ComboBox(), f"{pane.title} calibration")
        self.filter = self._prepared(ComboBox(), f"{pane.title} filter")
        self.model.setToolTip("As it was recorded, or another model run on the pictures that were kept")
        self.calibration.setToolTip("The calibration that gives the point on the screen")
        self.filter.setToolTip("The filter of the drawn gaze and point")
        self.progress = QLabel()
        self.progress.setProperty("kind", "muted")
        self.progress.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        top = QHBoxLayout()
        top.addWidget(self.model, 1)
        top.addWidget(self.progress)
        below = QHBoxLayout()
        below.addWidget(self.calibration, 3)
        below.addWidget(self.filter, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for row in (top, below):
            row.setSpacing(6)
            column.addLayout(row)
        column.setSpacing(6)
        self._choices: ReplayChoices | None = None

    @property
    def wish(self) -> Wish:
        keys = (box.currentData() for box in (self.model, self.calibration, self.filter))
        model, calibration, filtering = (key if isinstance(key, str) else RECORDED for key in keys)
        return Wish(model, calibration, filtering)

    def show_choices(self, choices: ReplayChoices, model: str) -> None:
        """Offer what there is; the calibration and the filter that were chosen stay."""
        self._choices = choices
        before = self.wish
        _fill(self.model, choices.models, model, choices.recorded)
        _fill(self.calibration, choices.calibrations, before.calibration)
        _fill(self.filter, choices.filters, before.filter)
        self.model.setEnabled(bool(choices.models))
        self._enable()

    def show_progress(self, share: float, *, problem: bool) -> None:
        """How much of the choice is computed, 0 to 1."""
        self.progress.setVisible(share < 1.0 and not problem)
        self.progress.setText(f"{100 * share:.0f} %")

    def _prepared(self, box: ComboBox, name: str) -> ComboBox:
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(10)
        box.setMaxVisibleItems(20)
        box.activated.connect(self._on_activated)
        return box

    def _on_activated(self) -> None:
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        """Calibration and filter of a session that is compared with cannot be changed."""
        free = self._choices is not None and self._choices.can_be_changed(self.wish.model)
        for box in (self.calibration, self.filter):
            box.setEnabled(free)
            if not free:
                box.setCurrentIndex(0)


class _ModelBox(ComboBox):
    """Writes the model in the pane's colour."""

    def __init__(self, pane: PaneId) -> None:
        super().__init__()
        self._pane = pane

    def draw_text(self, painter: QStylePainter, area: QRect) -> None:
        painter.setFont(theme.figure_font(1.0))
        painter.setPen(theme.pane_colour(self._pane) if self.isEnabled() else QColor(theme.colours().faint))
        text = painter.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideMiddle, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)


def _fill(box: ComboBox, titles: Mapping[str, str], chosen: str, divided: int = 0) -> None:
    """Items by key; `divided`: a line after so many."""
    box.clear()
    for i, (key, title) in enumerate(titles.items()):
        if i == divided and i:
            box.insertSeparator(box.count())
        box.addItem(title, key)
    box.setCurrentIndex(max(box.findData(chosen), 0))
