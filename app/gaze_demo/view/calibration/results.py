"""The results of a calibration: every model in a table, a plot, an error map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gaze_demo.calibration.comparison import comparison, to_csv
from gaze_demo.calibration.html import write_html
from gaze_demo.calibration.report import Report
from gaze_demo.camera.virtual import VirtualSource
from gaze_demo.errors import UserError
from gaze_demo.view.calibration.comparison_plot import ComparisonPlot, ErrorMap
from gaze_demo.view.calibration.comparison_table import ComparisonTable
from gaze_demo.view.shared import theme
from gaze_demo.whole_file import write_whole

_WIDTH = 1080
_PLOT_SHAPE, _LEAST_PLOT = 0.68, 290  # a plot's height: at most this share of its width, but not less than so many px
# A third of a common screen's width: a larger error means that the eyes did not look at the dots, or that the face was
# hidden.
_USELESS_DEG = 8.0


class CalibrationResults(QWidget):
    """A separate window, so that the main one can be used too."""

    def __init__(self, report: Report, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(f"Accuracy – {name}")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("results")
        self.setStyleSheet(f"#results, QScrollArea {{ background: {theme.colours().window}; }}")
        self.report = report
        self.table = ComparisonTable()
        self.plot = ComparisonPlot()
        self.map = ErrorMap(report.geometry.screen)
        self._of = QLabel()
        self._of.setProperty("kind", "title")
        self._status = QLabel()
        self._status.setProperty("kind", "caption")
        title = QLabel(headline(report))
        title.setFont(theme.figure_font(1.5))
        facts = QLabel(f"{report.recommendation} {_facts(report)}".strip())
        facts.setWordWrap(True)
        facts.setProperty("kind", "muted")
        notes = QLabel("\n".join((*report.geometry.guesses, *report.skipped)))
        notes.setWordWrap(True)
        notes.setProperty("kind", "caption")
        notes.setVisible(bool(notes.text()))
        for label in (self._of, self._status, title, facts, notes):
            label.setTextFormat(Qt.TextFormat.PlainText)  # it may contain text from a profile
        self._plots = QWidget()
        plots = QHBoxLayout(self._plots)
        plots.setContentsMargins(0, 0, 0, 0)
        plots.setSpacing(theme.GAP)
        plots.addWidget(_card("Accuracy against latency", self.plot), 1)
        plots.addWidget(_card(self._of, self.map), 1)
        self._hidden = QLabel()
        self._hidden.setProperty("kind", "caption")
        content = QWidget()
        content.setObjectName("results")
        column = QVBoxLayout(content)
        column.setContentsMargins(20, 18, 20, 4)
        column.setSpacing(theme.GAP)
        column.addWidget(title)
        column.addWidget(facts)
        comparison_card = _card("Comparison", self.table, self._hidden)
        comparison_card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column.addWidget(comparison_card)
        column.addWidget(self._plots, 1)
        column.addWidget(notes)
        column.addStretch()
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll, 1)
        outer.addLayout(self._buttons())
        self.table.picked.connect(self._pick)
        self.table.fitted.connect(self._tell_hidden)
        self._rows = comparison(report)
        self.table.show_rows(self._rows)
        # Wide enough for every column, with the margins of window and card, and as tall as all of it
        room = self.screen().availableGeometry().size()
        width = max(_WIDTH, self.table.whole_width() + 80)
        self.resize(QSize(width, content.sizeHint().height() + 90).boundedTo(room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._plots.setMaximumHeight(max(_LEAST_PLOT, round(_PLOT_SHAPE * self.width() / 2)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def save_csv(self, path: Path) -> None:
        self._save(path, lambda: write_whole(path, to_csv(self.table.rows())))

    def save_html(self, path: Path) -> None:
        self._save(path, lambda: write_html(self.report, path))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(20, 6, 20, 16)
        row.addWidget(self._status, 1)
        for text, call in (
            ("Copy table", self._copy),
            ("Save as CSV…", lambda: self._ask("gaze-models.csv", "CSV (*.csv)", self.save_csv)),
            ("Save report…", lambda: self._ask("gaze-report.html", "HTML (*.html)", self.save_html)),
            ("Close", self.close),
        ):
            button = QPushButton(text)
            button.clicked.connect(call)
            row.addWidget(button)
        button.setProperty("kind", "primary")
        return row

    def _copy(self) -> None:
        self.table.copy()
        self._status.setText("Copied.")

    def _ask(self, name: str, kinds: str, save: Callable[[Path], None]) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Save", name, kinds)
        if chosen:
            save(Path(chosen))

    def _save(self, path: Path, write: Callable[[], object]) -> None:
        try:
            write()
        except UserError as error:
            self._status.setText(str(error))
        else:
            self._status.setText(f"Saved {path.name}.")

    def _pick(self, model: str) -> None:
        report = self.report.models[model]
        self._of.setText(f"Where {model} errs")
        self._of.setToolTip(f"Correction: {report.correction}")
        self.map.show_model(report, next(row.colour for row in self._rows if row.model == model))
        self.plot.show_rows(self._rows, model)

    def _tell_hidden(self, titles: list[str]) -> None:
        self._hidden.setText(f"In a wider window also: {', '.join(titles)}." if titles else "")


def headline(report: Report) -> str:
    """The best figure in a sentence."""
    whose = "the virtual participant's" if report.geometry.camera.name == VirtualSource.name else "your"
    known = [model for model in report.models.values() if model.accuracy_deg is not None]
    if not known:
        return f"No model could follow {whose} eyes"
    best = min(known, key=lambda model: model.accuracy_deg or 0.0)
    if best.accuracy_deg is not None and best.accuracy_deg > _USELESS_DEG:
        return (
            f"No model follows {whose} eyes: {best.accuracy_deg:.0f}° off at best. Calibrate again, looking at each dot"
        )
    return f"{best.model} follows {whose} eyes to {best.accuracy_deg:.1f}°, {best.accuracy_cm:.1f} cm on this screen"


def _facts(report: Report) -> str:
    geometry = report.geometry
    distance = "" if geometry.distance_mm is None else f" at {geometry.distance_mm / 10:.0f} cm"
    return (
        f"From {report.validation_targets} points that took no part in the fit{distance} ({geometry.distance_source}); "
        f"the screen is {geometry.screen.width_mm / 10:.0f} × {geometry.screen.height_mm / 10:.0f} cm "
        f"({geometry.screen.size_source})."
    )


def _card(title: str | QLabel, content: QWidget, aside: QLabel | None = None) -> QFrame:
    frame = QFrame()
    frame.setObjectName("card")
    label = QLabel(title) if isinstance(title, str) else title
    label.setProperty("kind", "title")
    head = QHBoxLayout()
    head.addWidget(label)
    head.addStretch()
    if aside is not None:
        head.addWidget(aside)
    column = QVBoxLayout(frame)
    column.setContentsMargins(14, 10, 14, 12)
    column.addLayout(head)
    column.addWidget(content, 1)
    return frame
