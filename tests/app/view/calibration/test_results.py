from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.calibration.fakes import FakeModel, Person
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.comparison import WINDOW_COLUMNS
from gaze_demo.calibration.report import Report
from gaze_demo.view.calibration.results import CalibrationResults, headline


@pytest.fixture(scope="module")
def report() -> Report:
    models = [FakeModel("fast", noise_deg=3.0), FakeModel("slow", noise_deg=0.5), FakeModel("worse", noise_deg=4.0)]
    report = calibrate(Person().sitting(5), [Estimates(model) for model in models]).report
    latencies = {"fast": 2.0, "slow": 20.0, "worse": 21.0}
    changed = {name: m.model_copy(update={"latency_ms": latencies[name]}) for name, m in report.models.items()}
    return report.model_copy(update={"models": changed})


@pytest.fixture
def results(dark: QApplication, qtbot: QtBot, report: Report) -> CalibrationResults:
    results = CalibrationResults(report, "Ada")
    qtbot.addWidget(results)
    with qtbot.waitExposed(results):
        results.show()
    return results


@pytest.mark.parametrize("count", [2, 8])
@pytest.mark.parametrize("size", [(960, 1000), (1320, 860), (1900, 1000), (800, 600)])
def test_the_table_is_never_cut_nor_scrolled_sideways(
    dark: QApplication, qtbot: QtBot, report: Report, count: int, size: tuple[int, int]
) -> None:
    one = report.models["fast"]
    names = [f"mobilenet25-adas-{i}" for i in range(count)]
    many = {name: one.model_copy(update={"model": name, "accuracy_deg": 1.0 + i}) for i, name in enumerate(names)}
    results = CalibrationResults(report.model_copy(update={"models": many}), "Ada")
    qtbot.addWidget(results)
    results.resize(*size)
    with qtbot.waitExposed(results):
        results.show()
    assert (results.width(), results.height()) == size
    table = results.table
    assert table.horizontalHeader().length() <= table.viewport().width()
    assert table.viewport().rect().contains(table.visualRect(table.model().index(count - 1, 0)))
    shown = {c.field for i, c in enumerate(WINDOW_COLUMNS) if not table.isColumnHidden(i)}
    assert {"model", "latency_ms", "accuracy_deg", "accuracy_cm", "grade", "uncalibrated_deg"} <= shown
    if size[0] >= 1320:
        assert len(shown) == len(WINDOW_COLUMNS)
    assert results.plot.height() <= max(290, 0.75 * results.plot.width())


def test_a_figure_that_is_of_no_use_is_not_praised(report: Report) -> None:
    bad = {name: model.model_copy(update={"accuracy_deg": 20.0}) for name, model in report.models.items()}
    assert headline(report.model_copy(update={"models": bad})).startswith("No model follows your eyes: 20°")


def column(field: str) -> int:
    return next(i for i, c in enumerate(WINDOW_COLUMNS) if c.field == field)


def test_the_most_accurate_model_comes_first_and_is_named(results: CalibrationResults, report: Report) -> None:
    assert [row.model for row in results.table.rows()] == ["slow", "fast", "worse"]
    assert headline(report).startswith("slow follows your eyes to ")


@pytest.mark.parametrize(
    ("field", "order"),
    [("latency_ms", ["fast", "slow", "worse"]), ("model", ["fast", "slow", "worse"])],
)
def test_the_table_sorts_by_any_column_and_by_number(results: CalibrationResults, field: str, order: list[str]) -> None:
    results.table.sortByColumn(column(field), Qt.SortOrder.AscendingOrder)
    assert [row.model for row in results.table.rows()] == order
    results.table.sortByColumn(column(field), Qt.SortOrder.DescendingOrder)
    assert [row.model for row in results.table.rows()] == order[::-1]


def test_the_table_is_copied_as_csv_in_the_order_shown(results: CalibrationResults, qtbot: QtBot) -> None:
    results.table.sortByColumn(column("latency_ms"), Qt.SortOrder.AscendingOrder)
    qtbot.keyClick(results.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["Model", "fast", "slow", "worse"]


def test_the_plot_places_the_better_lower_and_the_faster_to_the_left(results: CalibrationResults) -> None:
    slow, fast, worse = (results.plot.place(row) for row in results.table.rows())
    assert fast.x() < slow.x() < worse.x()
    assert slow.y() > fast.y() > worse.y()


@pytest.mark.parametrize("width", [800, 1180])
def test_names_of_models_that_are_alike_are_not_drawn_over_each_other(results: CalibrationResults, width: int) -> None:
    results.resize(width, 780)
    row = results.table.rows()[0]
    alike = ((0.50, 0.79), (0.51, 0.82), (0.60, 0.88), (0.80, 0.54), (1.2, 0.66), (3.1, 0.53), (3.4, 0.60), (1.3, 0.67))
    rows = [replace(row, model=f"mobilenet-{ms}", latency_ms=ms, accuracy_deg=deg) for ms, deg in alike]
    results.plot.show_rows(rows)
    boxes = results.plot.label_boxes(results.plot.fontMetrics())
    assert len(boxes) == len(rows)
    for one, other in combinations(boxes, 2):
        assert not one.intersects(other)
    for box in boxes:
        assert results.plot.rect().contains(box.toRect())
        assert not any(box.contains(results.plot.place(row)) for row in rows)


def test_picking_a_model_shows_its_error_map(results: CalibrationResults) -> None:
    before = results.map.grab().toImage()
    results.table.selectRow(2)
    assert results.map.grab().toImage() != before


def test_what_is_saved_can_be_read(results: CalibrationResults, tmp_path: Path) -> None:
    results.save_csv(tmp_path / "models.csv")
    results.save_html(tmp_path / "report.html")
    assert (tmp_path / "models.csv").read_text().startswith("Model,Role,")
    assert "slow" in (tmp_path / "report.html").read_text()


@pytest.mark.fault("a report is saved where nothing can be written", "one sentence; the window goes on")
def test_a_file_that_cannot_be_written_is_told_and_nothing_breaks(results: CalibrationResults, tmp_path: Path) -> None:
    results.save_csv(tmp_path / "none" / "models.csv")
    assert "cannot be written" in results._status.text()
