from __future__ import annotations

import csv
import io
import re
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from app.calibration.fakes import FakeModel, Person
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.colours import ON_DARK, ON_LIGHT
from gaze_demo.calibration.comparison import COLUMNS, cell, comparison, to_csv
from gaze_demo.calibration.html import page, scatter, write_html
from gaze_demo.calibration.report import Report
from gaze_demo.errors import UserError


@pytest.fixture(scope="module")
def report() -> Report:
    """Three models: fast and poor, slow and good, and one that is both slow and poor."""
    models = [FakeModel("<fast>", noise_deg=3.0), FakeModel("slow", noise_deg=0.5), FakeModel("worse", noise_deg=4.0)]
    report = calibrate(Person().sitting(5), [Estimates(model) for model in models]).report
    latencies = {"<fast>": 2.0, "slow": 20.0, "worse": 21.0}
    changed = {name: m.model_copy(update={"latency_ms": latencies[name]}) for name, m in report.models.items()}
    return report.model_copy(update={"models": changed})


def test_the_front_holds_the_models_that_none_beats_in_both(report: Report) -> None:
    rows = comparison(report)
    assert [row.model for row in rows] == ["slow", "<fast>", "worse"]
    assert [row.front for row in rows] == [True, True, False]


def test_the_csv_has_every_row_and_column(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(comparison(report)))))
    assert [row["Model"] for row in rows] == ["slow", "<fast>", "worse"]
    assert list(rows[0]) == [column.title for column in COLUMNS]
    assert float(rows[0]["Parameters, k"]) == 1.0
    assert float(rows[0]["Latency, ms"]) == 20.0


def test_what_is_unknown_reads_as_a_dash_and_is_empty_in_the_csv(report: Report) -> None:
    models = {name: m.model_copy(update={"macs": None, "accuracy_deg": None}) for name, m in report.models.items()}
    rows = comparison(report.model_copy(update={"models": models}))
    macs = next(column for column in COLUMNS if column.field == "macs")
    assert cell(rows[0], macs) == "–"
    assert next(csv.DictReader(io.StringIO(to_csv(rows))))["MACs, M"] == ""
    assert not any(row.front for row in rows)
    assert "No model gave a gaze" in page(report.model_copy(update={"models": models}))


class _Checker(HTMLParser):
    """Open tags must be closed in order; attributes that load something are gathered."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]
        self.cells += tag == "td"
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_stands_alone(report: Report) -> None:
    text = page(report)
    checker = _Checker()
    checker.feed(text)
    assert checker.open == []
    assert checker.loads == []
    assert checker.cells == 3 * len(COLUMNS)
    assert not re.search(r"https?://|@import|url\(", text)
    assert "<fast>" not in text
    assert text.count('class="dot ') == 2 * 3  # in the plot and in its key
    assert 'class="frontline"' in text
    assert not re.search(r"\$\w", text)


def test_the_page_says_what_it_rests_on(report: Report) -> None:
    text = page(report)
    assert all(escape(guess) in text for guess in report.geometry.guesses)
    assert "took no part in the fit" in text
    assert "°, correction: " in text  # "1.89°, none" would not tell what is none


def test_a_place_that_cannot_be_written_is_named(report: Report, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        write_html(report, tmp_path / "none" / "report.html")


def test_the_page_explains_every_column_and_tells_the_recommendation(report: Report) -> None:
    text = page(report.model_copy(update={"recommendation": "slow is the best for you."}))
    assert all(column.hint and escape(column.hint) in text for column in COLUMNS)
    assert "slow is the best for you." in text
    assert "@media print" in text


def test_names_in_the_plot_never_overlap_whatever_the_models_are(report: Report) -> None:
    one = report.models["slow"]
    many = {f"model {i}": one.model_copy(update={"model": f"model {i}"}) for i in range(11)}  # all in one place
    svg = scatter(comparison(report.model_copy(update={"models": many})))
    heights = sorted(float(y) for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)">model', svg))
    tall = float(re.findall(r'viewBox="0 0 \d+ (\d+)"', svg)[0])
    assert max(heights) < tall
    assert len(heights) == 11
    assert min(b - a for a, b in pairwise(heights)) >= 16.9


def test_a_model_has_one_colour_and_number_in_table_plots_and_maps(report: Report) -> None:
    text = page(report)
    for number, row in enumerate(comparison(report), 1):
        mark = f'm{row.colour}"'
        name = escape(row.model)
        assert re.search(rf'<i class="mark \w+ {mark}[^>]*>{number}</i>{name}</td>', text)
        assert re.search(rf'<g class="dot \w+ {mark}>.*?>{number}</text></g>', text)
        assert re.search(rf'<figure class="{mark}.*?>{number}</i>{name}</b>', text)
    assert len({row.colour for row in comparison(report)}) == 3


def test_colours_of_models_are_told_apart() -> None:
    for colours in (ON_LIGHT, ON_DARK):
        assert len(set(colours)) == len(ON_LIGHT)
