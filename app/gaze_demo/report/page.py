"""A session's report as one self-contained HTML file."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

from gaze_demo import __version__
from gaze_demo.areas.areas import Area, load_areas
from gaze_demo.areas.maps import Image, canvas, heat_map, load_background, png_bytes, scan_path_svg
from gaze_demo.errors import UserError
from gaze_demo.events.find import Method
from gaze_demo.report.figures import ModelFigures, figures_of
from gaze_demo.report.plot import Line, plot_svg
from gaze_demo.session.folder import Session, load_session
from gaze_demo.session.names import AREAS, SCREEN
from gaze_demo.whole_file import write_whole

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 980px; margin: 32px auto; padding: 0 16px; color: #1a1f24; }
h1 { font-size: 24px; } h2 { font-size: 18px; margin-top: 32px; border-bottom: 1px solid #ddd; }
table { border-collapse: collapse; margin: 8px 0; } th, td { padding: 3px 14px 3px 0; text-align: right; }
th:first-child, td:first-child { text-align: left; } th { font-weight: 600; border-bottom: 1px solid #ccc; }
svg, img { width: 100%; height: auto; border: 1px solid #e4e4e4; margin: 6px 0; }
.note { color: #555; font-size: 13px; } .warn { color: #8a4b00; }
@page { margin: 15mm; }
@media print {
  body { margin: 0; max-width: none; padding: 0; font-size: 12px; } h1 { font-size: 20px; } h2 { font-size: 16px; }
  svg, img, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  svg, img { max-height: 96mm; object-fit: contain; }
}
"""


@dataclass(frozen=True)
class ReportOptions:
    """`out`: the HTML file. `plots`: a folder for the plots as separate files. `model`: None for the first, whose
    trace and maps are drawn. `areas`: a JSON file, `image`: what lay on the whole screen; None for those of the
    session, if there are any."""

    folder: Path
    out: Path
    plots: Path | None = None
    model: str | None = None
    areas: Path | None = None
    image: Path | None = None
    method: Method = "cut"


def write_report(options: ReportOptions) -> list[Path]:
    """Write the report; returns its files. Raises UserError."""
    session = load_session(options.folder)
    if not session.models:
        raise UserError(f"{options.folder} has no gaze of any model: there is nothing to report.")
    areas_file = options.areas or _own(options.folder / AREAS)
    image_file = options.image or _own(options.folder / SCREEN)
    areas = load_areas(areas_file) if areas_file else ()
    image = load_background(image_file) if image_file else None
    names = [options.model, *(m for m in session.models if m != options.model)] if options.model else session.models
    figures = [figures_of(session, name, areas, options.method) for name in names]
    plots = _plots(session, figures[0], areas, image)
    write_whole(options.out, _page(session, figures, plots))
    paths = [options.out]
    if options.plots is not None:
        try:
            options.plots.mkdir(exist_ok=True)
        except OSError as error:
            raise UserError(f"{options.plots} cannot be made: {error.strerror or error}.") from None
        for plot in plots:
            path = options.plots / plot.file
            write_whole(path, plot.content)
            paths.append(path)
    return paths


def _own(path: Path) -> Path | None:
    return path if path.exists() else None


@dataclass(frozen=True)
class Plot:
    """One picture: an SVG text or PNG bytes, with the name of its file and a title."""

    file: str
    title: str
    content: str | bytes

    @property
    def html(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return f'<img alt="{escape(self.title)}" src="{_data_url(self.content)}">'


def _plots(session: Session, figures: ModelFigures, areas: Sequence[Area], image: Image | None) -> list[Plot]:
    trace, start_s = figures.trace, session.about.clock.start_s
    seconds = trace.time_s - start_s
    lost = [(e.start_s - start_s, e.end_s - start_s) for e in figures.events if e.kind == "lost"]
    marks = [(e.time_s - start_s, e.text) for e in session.events if e.kind == "marker"]
    sides = Line("azimuth", seconds, figures.angles_deg[:, 0]), Line("elevation", seconds, figures.angles_deg[:, 1])
    plots = [Plot("trace.svg", "Gaze over time; grey: no gaze", plot_svg(sides, "s", "degrees", lost, marks))]
    head = [Line("distance", seconds, trace.distance_mm / 10)]
    plots.append(Plot("head.svg", "Distance of the eyes from the lens", plot_svg(head, "s", "cm", lost)))
    blinks = _blink_line(figures, start_s)
    mean = Line("whole session", blinks.x, np.full(len(blinks.x), figures.blinks_per_min))
    title = "Blinks per minute, in parts of the session and in the whole session"
    plots.append(Plot("blinks.svg", title, plot_svg([blinks, mean], "s", "a minute")))
    if len(figures.drift):
        drift = [Line("error", figures.drift[:, 0], figures.drift[:, 1], dots=True)]
        plots.append(Plot("drift.svg", "Error at marked targets over time", plot_svg(drift, "s", "degrees")))
    screen = session.about.screen
    if screen is not None and figures.uncertainty_px is not None:
        heat = heat_map(screen, figures.events, figures.uncertainty_px, image)
        plots.append(Plot("heat.png", "Heat map of the fixations", png_bytes(heat)))
        below = _data_url(png_bytes(canvas(screen, image))) if image is not None else ""
        path = scan_path_svg(screen, figures.events, areas, below)
        plots.append(Plot("scan_path.svg", "Scan path: the first 200 fixations", path))
    return plots


def _blink_line(figures: ModelFigures, start_s: float) -> Line:
    """By parts of the session, each at most a minute long."""
    time_s = figures.trace.time_s - start_s
    length = max(float(time_s[-1] - time_s[0]), 1.0) if len(time_s) else 1.0
    count = int(np.clip(np.ceil(length / 60), 4, 120))
    edges = np.linspace(time_s[0] if len(time_s) else 0.0, (time_s[0] if len(time_s) else 0.0) + length, count + 1)
    blinks = [event.start_s - start_s for event in figures.events if event.kind == "blink"]
    found = np.histogram(blinks, edges)[0] / np.diff(edges) * 60
    return Line("parts", (edges[1:] + edges[:-1]) / 2, found.astype(float))


def _page(session: Session, figures: Sequence[ModelFigures], plots: Sequence[Plot]) -> str:
    about, first = session.about, figures[0]
    seconds = float(first.trace.time_s[-1] - first.trace.time_s[0]) if len(first.trace) > 1 else 0.0
    rows = [
        ("Recorded", about.clock.start_utc.replace("T", " ")[:19] + " UTC"),
        ("Duration", f"{seconds:.1f} s, {len(first.trace)} frames"),
        ("Source", about.source),
        ("Camera", _camera(session)),
        ("Screen", _screen(session)),
        ("Calibration", about.profile.name if about.profile else "none: directions only"),
        ("Machine", about.machine),
        ("Program", about.app),
    ]
    problems = "".join(f'<p class="warn">{escape(problem)}</p>' for problem in session.problems)
    drawn = "".join(f"<h3>{escape(plot.title)}</h3>{plot.html}" for plot in plots)
    notes = "".join(f"<li>{escape(event.text)}</li>" for event in session.events if event.kind == "note")
    title = escape(session.folder.absolute().name)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Gaze: {title}</title><style>{_STYLE}</style></head><body>
<h1>Gaze: {title}</h1>
{_table(("", ""), rows)}
{problems}
<h2>Quality</h2>
{_table(_QUALITY_HEAD, map(_quality_row, figures))}
<p class="note">Noise is the median standard deviation within fixations. RMS-S2S, SD, BCEA (68 %), data loss and the
effective frequency are of the whole session, as ETDQualitizer defines them. Angles are the person's own, seen from
the middle of the eyes.</p>
<h2>Events</h2>
{_table(_EVENTS_HEAD, map(_events_row, figures))}
<p class="note">Fixations are found by optimal partitioning on the true times of the frames. A webcam cannot tell the
speed of a saccade.</p>
<h2>What was lost, and why</h2>
{_lost_table(figures)}
{_areas_part(figures)}
<h2>{escape(first.trace.model)}</h2>
{drawn}
{f"<h2>Notes</h2><ul>{notes}</ul>" if notes else ""}
<p class="note">Made by gaze-demo {escape(__version__)}.</p>
</body></html>
"""


_QUALITY_HEAD = ("model", "noise", "RMS-S2S", "SD", "BCEA", "data loss", "effective frequency")
_EVENTS_HEAD = ("model", "fixations", "median duration", "saccades", "median amplitude", "blinks", "blinks per minute")


def _quality_row(figures: ModelFigures) -> tuple[str, ...]:
    q = figures.quality
    return (
        figures.trace.model,
        _number(figures.noise_deg, 2, "°"),
        _number(q.rms_s2s_deg, 2, "°"),
        _number(q.sd_deg, 2, "°"),
        _number(q.bcea_deg2, 1, " deg²"),
        _number(100 * q.data_loss, 1, " %"),
        _number(q.effective_hz, 1, " Hz"),
    )


def _events_row(figures: ModelFigures) -> tuple[str, ...]:
    fixations = [event for event in figures.events if event.kind == "fixation"]
    saccades = [event for event in figures.events if event.kind == "saccade"]
    blinks = sum(event.kind == "blink" for event in figures.events)
    lasting = float(np.median([event.duration_s for event in fixations])) if fixations else float("nan")
    amplitude = float(np.median([event.amplitude_deg for event in saccades])) if saccades else float("nan")
    return (
        figures.trace.model,
        str(len(fixations)),
        _number(1000 * lasting, 0, " ms"),
        str(len(saccades)),
        _number(amplitude, 1, "°"),
        str(blinks),
        _number(figures.blinks_per_min, 1, ""),
    )


def _lost_table(figures: Sequence[ModelFigures]) -> str:
    reasons = dict.fromkeys(reason for one in figures for reason in one.lost)
    if not reasons:
        return "<p>Nothing was lost.</p>"
    rows = [(reason, *(_number(one.lost.get(reason, 0.0), 1, " s") for one in figures)) for reason in reasons]
    return _table(("reason", *(one.trace.model for one in figures)), rows)


def _areas_part(figures: Sequence[ModelFigures]) -> str:
    parts = []
    for one in figures:
        if not one.dwell:
            continue
        rows = [
            (
                area.area,
                f"{area.dwell_s:.2f} s",
                f"{area.expected_s:.2f} s",
                f"{100 * area.share:.1f} %",
                str(area.fixations),
                str(area.visits),
                "never" if area.first_s is None else f"{area.first_s:.2f} s",
            )
            for area in one.dwell
        ]
        head = (one.trace.model, "dwell", "expected dwell", "share", "fixations", "visits", "first fixation")
        parts.append(_table(head, rows))
    if not parts:
        return ""
    uncertain = next(one.uncertainty_px for one in figures if one.dwell)
    note = (
        f'<p class="note">Expected dwell counts the uncertainty of gaze, {uncertain:.0f} px along each axis: a '
        "fixation near an edge counts for both sides of it.</p>"
    )
    return "<h2>Areas of interest</h2>" + "".join(parts) + note


def _camera(session: Session) -> str:
    camera = session.about.camera
    if camera is None:
        return "unknown"
    rate = f", {camera.frame_rate:g} frames/s" if camera.frame_rate else ""
    return f"{camera.name}, {camera.width} x {camera.height} px, {camera.intrinsics.hfov_deg:.0f}° wide{rate}"


def _screen(session: Session) -> str:
    screen = session.about.screen
    if screen is None:
        return "unknown"
    size = f"{screen.width_px} x {screen.height_px} px, {screen.width_mm:.0f} x {screen.height_mm:.0f} mm"
    return f"{screen.name}, {size} ({screen.size_source})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the head is left out if all titles are empty."""
    titles = "".join(f"<th>{escape(cell)}</th>" for cell in head) if any(head) else ""
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{titles}</tr>{body}</table>"


def _number(value: float, digits: int, unit: str) -> str:
    return "–" if not np.isfinite(value) else f"{value:.{digits}f}{unit}"


def _data_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
