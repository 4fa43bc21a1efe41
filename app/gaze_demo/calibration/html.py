"""The report as one HTML file: table, plot and error maps; it needs no network and keeps its data inside."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path
from string import Template

from gaze_demo.calibration.colours import ON_LIGHT, css
from gaze_demo.calibration.comparison import COLUMNS, Row, cell, comparison, to_csv
from gaze_demo.calibration.report import ModelReport, Report
from gaze_demo.screen import ScreenGeometry
from gaze_demo.whole_file import write_whole

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 820.0, 320.0, 56.0, 46.0
_NAMES = 220.0  # width of the key at the plot's right; each name has its own line, so that they cannot overlap
_LINE, _RADIUS = 24.0, 8.5
_MOST_LETTERS = 28
_MAP_WIDTH = 300.0


def write_html(report: Report, path: Path) -> None:
    """Write the page; raises UserError if that fails."""
    write_whole(path, page(report))


def page(report: Report) -> str:
    """The whole page."""
    rows = comparison(report)
    geometry = report.geometry
    distance = "unknown" if geometry.distance_mm is None else f"{geometry.distance_mm / 10:.0f} cm"
    screen = geometry.screen
    light, dark = css()
    facts = (
        f"{report.fit_targets} targets for the fit, {report.validation_targets} others for the accuracy. "
        f"Screen {screen.width_px} × {screen.height_px} px on {screen.width_mm:.0f} × {screen.height_mm:.0f} mm "
        f"({screen.size_source}). Distance {distance} ({geometry.distance_source}). Camera {geometry.camera.name}, "
        f"{geometry.camera.width} × {geometry.camera.height} px."
    )
    return _template().substitute(
        light=light,
        classes=" ".join(f".m{i} {{ --m: var(--m{i}); }}" for i in range(len(ON_LIGHT))),
        dark=dark,
        created=escape(report.created.replace("T", " ").replace("+00:00", " UTC")),
        advice=escape(report.recommendation),
        columns="".join(f"<div><dt>{escape(c.title)}</dt><dd>{escape(c.hint)}</dd></div>" for c in COLUMNS),
        facts=escape(facts),
        notes="".join(f"<li>{escape(note)}</li>" for note in (*geometry.guesses, *report.skipped)),
        head="".join(
            f'<th title="{escape(c.hint)}" aria-sort="{"ascending" if c.field == "accuracy_deg" else "none"}">'
            f"<button>{escape(c.title)}</button></th>"
            for c in COLUMNS
        ),
        body="".join(_table_row(row, number) for number, row in enumerate(rows, 1)),
        plot=scatter(rows),
        maps="".join(_error_map(report.models[row.model], row, n, screen) for n, row in enumerate(rows, 1)),
        csv=escape(to_csv(rows)),
    )


def _template() -> Template:
    return Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))


def _table_row(row: Row, number: int) -> str:
    cells = []
    for column in COLUMNS:
        value = getattr(row, column.field)
        mark = _mark(row, number) if column.field == "model" else ""
        kind = f' class="{column.field}"' if column.field in ("low_deg", "high_deg") else ""
        cells.append(
            f'<td{kind} data-v="{escape("" if value is None else str(value))}">{mark}{escape(cell(row, column))}</td>'
        )
    return f"<tr{' class=level' if row.level else ''}>{''.join(cells)}</tr>"


def _mark(row: Row, number: int) -> str:
    """A model's dot before its name: its number in its colour, full on the Pareto front."""
    kind, title = ("front", ' title="on the Pareto front"') if row.front else ("ring", "")
    return f'<i class="mark {kind} m{row.colour}"{title}>{number}</i>'


def _dot(x: float, y: float, row: Row, number: int, title: str) -> str:
    """The same dot in a plot."""
    return (
        f'<g class="dot {"front" if row.front else "ring"} m{row.colour}">'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}"><title>{escape(title)}</title></circle>'
        f'<text x="{x:.1f}" y="{y + 3.8:.1f}" text-anchor="middle">{number}</text></g>'
    )


def scatter(rows: list[Row]) -> str:
    """Accuracy against latency as SVG, with the Pareto front as a line, and a key with the names beside the plot."""
    points = [
        (row.latency_ms, row.accuracy_deg, row, number)
        for number, row in enumerate(rows, 1)
        if row.latency_ms and row.accuracy_deg is not None
    ]
    if not points:
        return "<p>No model gave a gaze.</p>"
    low, high = _decades([latency for latency, *_ in points])
    top = max(error for _, error, *_ in points) * 1.2 or 1.0
    tall = max(_HEIGHT, len(points) * _LINE + 24)
    right = _WIDTH - _NAMES

    def place(latency: float, error: float) -> tuple[float, float]:
        share = (math.log10(latency) - low) / (high - low)
        return _LEFT + share * (right - _LEFT), 12 + (1 - error / top) * (tall - _BOTTOM - 12)

    parts = [_grid(low, high, top, place(10.0**low, 0.0)[1], right)]
    front = sorted((place(x, y) for x, y, row, _ in points if row.front), key=lambda p: p[0])
    if len(front) > 1:
        parts.append(f'<polyline class="frontline" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in front)}"/>')
    for latency, error, row, number in reversed(points):  # the best lies on top
        title = f"{row.model}: {error:.2f} deg, {latency:.1f} ms"
        parts.append(_dot(*place(latency, error), row, number, title))
    for line, (_, _, row, number) in enumerate(points):
        y = 12 + _LINE * (line + 0.5)
        parts.append(_dot(right + 28, y, row, number, row.model))
        parts.append(f'<text x="{right + 44:.1f}" y="{y + 4:.1f}">{escape(_shortened(row.model))}</text>')
    label = "accuracy in degrees against latency in ms, one dot per model"
    box = f'viewBox="0 0 {_WIDTH:.0f} {tall:.0f}"'
    return f'<svg class="plot" {box} role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _shortened(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS // 2]}…{name[-_MOST_LETTERS // 2 + 1 :]}"


def _decades(latencies: list[float]) -> tuple[float, float]:
    """Ends of a logarithmic axis that leaves some room on both sides."""
    low, high = math.log10(min(latencies)) - 0.2, math.log10(max(latencies)) + 0.2
    missing = max(0.0, 1.0 - (high - low)) / 2
    return low - missing, high + missing


def _grid(low: float, high: float, top: float, bottom: float, right: float) -> str:
    parts = []
    for exponent in range(math.floor(low), math.ceil(high) + 1):
        for step in (1, 2, 5):
            value = step * 10.0**exponent
            share = (math.log10(value) - low) / (high - low)
            if 0 <= share <= 1:
                x = _LEFT + share * (right - _LEFT)
                parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="12" y2="{bottom:.1f}"/>')
                parts.append(
                    f'<text class="tick" x="{x:.1f}" y="{bottom + 17:.1f}" text-anchor="middle">{value:g}</text>'
                )
    rise = next((s for s in (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0) if top / s <= 6), 50.0)
    for i in range(int(top / rise) + 1):
        y = bottom - i * rise / top * (bottom - 12)
        parts.append(f'<line class="grid" x1="{_LEFT:.0f}" x2="{right:.0f}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 8:.0f}" y="{y + 4:.1f}" text-anchor="end">{i * rise:g}°</text>')
    middle = (_LEFT + right) / 2
    parts.append(f'<text class="tick" x="{middle:.0f}" y="{bottom + 36:.1f}" text-anchor="middle">latency, ms</text>')
    return "".join(parts)


def _error_map(model: ModelReport, row: Row, number: int, screen: ScreenGeometry) -> str:
    """Targets and mean points of gaze on the screen, with the errors in degrees."""
    scale = _MAP_WIDTH / screen.width_px
    height = screen.height_px * scale
    parts = []
    for point in model.points:
        x, y = point.x_px * scale, point.y_px * scale
        parts.append(f'<circle class="target" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        if point.estimate_px is not None and point.accuracy_deg is not None:
            ex, ey = point.estimate_px[0] * scale, point.estimate_px[1] * scale
            parts.append(
                f'<line class="error" x1="{x:.1f}" y1="{y:.1f}" x2="{ex:.1f}" y2="{ey:.1f}"/>'
                f'<circle class="gaze" cx="{ex:.1f}" cy="{ey:.1f}" r="4">'
                f"<title>{point.accuracy_deg:.2f} deg</title></circle>"
                f'<text class="tick" x="{x:.1f}" y="{y + (-9 if ey > y else 17):.1f}" text-anchor="middle">'
                f"{point.accuracy_deg:.1f}°</text>"
            )
    figure = "no gaze" if model.accuracy_deg is None else f"{model.accuracy_deg:.2f}°, correction: {model.correction}"
    box = f'viewBox="-8 -8 {_MAP_WIDTH + 16:.0f} {height + 16:.0f}"'
    return (
        f'<figure class="m{row.colour}"><svg {box} role="img" aria-label="errors of {escape(model.model)}">'
        f'<rect class="glass" width="{_MAP_WIDTH:.0f}" height="{height:.1f}" rx="4"/>{"".join(parts)}</svg>'
        f"<figcaption><b>{_mark(row, number)}{escape(model.model)}</b><span>{escape(figure)}</span></figcaption>"
        "</figure>"
    )
