"""The results of a calibration: every model in a table, a plot, an error map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gaze_demo.calibration.comparison import comparison, to_csv
from gaze_demo.calibration.html import write_html
from gaze_demo.calibration.report import Report
from gaze_demo.camera.virtual import VirtualSource
from gaze_demo.errors import UserError
from gaze_demo.view.calibration.comparison_plot import ComparisonPlot, ErrorMap
from gaze_demo.view.calibration.comparison_table import ComparisonTable
from gaze_demo.view.shared import theme
from gaze_demo.whole_file import write_whole

_WIDTH, _HEIGHT = 1180, 780
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
        self.setStyleSheet(f"#results {{ background: {theme.colours().window}; }}")
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
        plots = QHBoxLayout()
        plots.setSpacing(theme.GAP)
        plots.addWidget(_card("Accuracy against latency", self.plot), 1)
        plots.addWidget(_card(self._of, self.map), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(theme.GAP)
        column.addWidget(title)
        column.addWidget(facts)
        column.addWidget(_card("Comparison", self.table), 1)
        column.addLayout(plots, 2)
        column.addWidget(notes)
        column.addLayout(self._buttons())
        self.table.picked.connect(self._pick)
        self._rows = comparison(report)
        self.table.show_rows(self._rows)
        # Wide enough for every column, with the margins of window and card.
        room = self.screen().availableGeometry().size()
        width = max(_WIDTH, self.table.horizontalHeader().length() + 80)
        self.resize(QSize(width, _HEIGHT).boundedTo(room))

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
        self.map.show_model(report)
        self.plot.show_rows(comparison(self.report), model)


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


def _card(title: str | QLabel, content: QWidget) -> QFrame:
    frame = QFrame()
    frame.setObjectName("card")
    label = QLabel(title) if isinstance(title, str) else title
    label.setProperty("kind", "title")
    column = QVBoxLayout(frame)
    column.setContentsMargins(14, 10, 14, 12)
    column.addWidget(label)
    column.addWidget(content, 1)
    return frame
