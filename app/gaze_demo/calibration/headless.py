"""`gaze-demo calibrate`: a calibration without a window, of the virtual participant or of a recorded sitting."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from gaze_demo.calibration.calibrate import Calibration, Estimates, calibrate
from gaze_demo.calibration.html import write_html
from gaze_demo.calibration.report import Report
from gaze_demo.calibration.sample import Sample, SittingData
from gaze_demo.calibration.sitting_file import SUFFIX, load_sitting, save_sitting
from gaze_demo.calibration.virtual_sitting import VirtualSitting, record_virtual
from gaze_demo.errors import UserError
from gaze_demo.model.load import load_model
from gaze_demo.model.reach import farthest, reach
from gaze_demo.model.registry import find_model, list_models, refuse_namesakes
from gaze_demo.paths import given
from gaze_demo.whole_file import refuse_same_file, refuse_unwritable, write_whole

VIRTUAL = "virtual"


@dataclass(frozen=True)
class HeadlessOptions:
    """`source`: "virtual", or a recorded sitting. `models`: names or paths, none for all that are available. `out`,
    `html`: the report; `record`: where to keep the sitting."""

    source: str = VIRTUAL
    models: tuple[str, ...] = ()
    out: Path | None = None
    html: Path | None = None
    record: Path | None = None
    sitting: VirtualSitting = field(default_factory=VirtualSitting)


def run_headless(options: HeadlessOptions, console: Console) -> Calibration:
    """Calibrate and evaluate every model and write the requested files; raises UserError for mistakes of the user."""
    require_folders(options.out, options.html, options.record)
    models = load_models(options.models)

    def estimate(sample: Sample) -> None:
        for model in models:
            model.prepare(sample)

    if options.source == VIRTUAL:
        with _progress(console) as progress:
            task = progress.add_task("The virtual participant looks at targets", total=None)
            data, skipped = record_virtual(
                options.sitting,
                on_sample=estimate,
                margin=farthest(model.entry for model in models),
                on_progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
    elif options.source.endswith(SUFFIX):
        data, skipped = load_sitting(given(options.source)), []
        models = _within_reach(models, data)
    else:
        raise UserError(
            f"Without a window, a calibration needs 'virtual' or a recorded sitting ({SUFFIX}), not {options.source!r}."
        )
    calibration = calibrate(data, models, skipped)
    if options.record is not None:
        save_sitting(data, options.record)
    if options.out is not None:
        write_whole(options.out, calibration.report.to_json() + "\n")
    if options.html is not None:
        write_html(calibration.report, options.html)
    console.print(summary_table(calibration.report))
    console.print(calibration.report.recommendation, markup=False, highlight=False, soft_wrap=True)
    for sentence in (*calibration.report.geometry.guesses, *calibration.report.skipped):
        console.print(sentence, style="dim", soft_wrap=True)
    return calibration


def _within_reach(models: list[Estimates], data: SittingData) -> list[Estimates]:
    """The models whose crops lie within the kept pictures; raises UserError if none does."""
    fitting = [model for model in models if reach(model.entry) <= data.margin + 1e-6]
    for name in (model.entry.name for model in models if model not in fitting):
        print(f"Left out: {name} needs a larger part of the picture than this sitting kept.", file=sys.stderr)
    if not fitting:
        raise UserError(
            "This sitting does not hold the part of the picture that the models need: record a new one with these "
            "models."
        )
    return fitting


def require_folders(*paths: Path | None) -> None:
    """Raise UserError, before any work is done, if a file cannot be written or two results have one name."""
    refuse_same_file(*paths)
    for path in paths:
        if path is not None:
            refuse_unwritable(path)


def load_models(names: Sequence[str]) -> list[Estimates]:
    """The named models, or all available ones that can be loaded; raises UserError if there are none."""
    if names:
        return [Estimates(load_model(entry)) for entry in refuse_namesakes([find_model(name) for name in names])]
    models = []
    for entry in list_models():
        try:
            models.append(Estimates(load_model(entry)))
        except UserError as error:
            print(f"Left out: {error}", file=sys.stderr)
    if not models:
        raise UserError("No model is available: give one with --model PATH.")
    return models


def summary_table(report: Report) -> Table:
    """Every model in a line; "before" is its error in degrees without a calibration."""
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    for i, name in enumerate(("model", "deg", "95 %", "cm", "before", "SD deg", "lost", "ms")):
        table.add_column(name, justify="right" if i else "left", no_wrap=True, overflow="fold")
    table.add_column("grade", no_wrap=True)
    table.add_column("correction", no_wrap=True)
    for model in report.models.values():
        figures = (
            _figure(model.accuracy_deg, 2),
            "-" if model.accuracy_interval_deg is None else "{:.1f}-{:.1f}".format(*model.accuracy_interval_deg),
            _figure(model.accuracy_cm, 2),
            _figure(model.uncalibrated.accuracy_deg if model.uncalibrated else None, 2),
            _figure(model.precision_sd_deg, 2),
            f"{model.data_loss:.0%}",
            _figure(model.latency_ms, 1),
        )
        table.add_row(model.model, *figures, model.grade or "-", model.correction)
    return table


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _progress(console: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True)
