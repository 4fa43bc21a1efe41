"""The comparison of models: rows, columns, the Pareto front of accuracy against latency, CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gaze_demo.calibration.colours import ON_LIGHT
from gaze_demo.calibration.report import ModelReport, Report
from gaze_demo.spreadsheet import text_cell


@dataclass(frozen=True)
class Column:
    """A column: title for people, field of `Row`, decimals, and a factor from the field's unit to the title's."""

    title: str
    field: str
    decimals: int = 0
    factor: float = 1.0
    hint: str = ""


@dataclass(frozen=True)
class Row:
    """One model; None is unknown.

    `low_deg`, `high_deg`: 95 % interval of the accuracy. `front`: no other model is at least as fast and as accurate,
    and better in one of the two. `level`: not clearly worse than the most accurate one. `colour`: which of the colours
    of `gaze_demo.calibration.colours` the model has in tables and plots.
    """

    model: str
    role: str
    parameters: float | None
    macs: float | None
    latency_ms: float | None
    fps: float | None
    accuracy_deg: float | None
    accuracy_cm: float | None
    accuracy_px: float | None
    uncalibrated_deg: float | None
    precision_rms_s2s_deg: float | None
    precision_sd_deg: float | None
    data_loss: float | None
    low_deg: float | None = None
    high_deg: float | None = None
    grade: str | None = None
    ellipse_held: float | None = None
    front: bool = False
    level: bool = False
    colour: int = 0


COLUMNS = (
    Column(
        "Model", "model", hint="A full dot is on the Pareto front: no other model is both faster and more accurate."
    ),
    Column("Role", "role", hint="Teacher, student of that teacher, or another model or committee."),
    Column("Parameters, k", "parameters", 1, 1e-3, "Weights of the network, in thousands."),
    Column("MACs, M", "macs", 2, 1e-6, "Multiply-accumulate operations of one frame, both eyes, in millions."),
    Column("Latency, ms", "latency_ms", 1, hint="Median time of crops and model for one frame, on one core."),
    Column("FPS, possible", "fps", 0, hint="Frames per second that landmarks, pose, crops and model leave room for."),
    Column("Accuracy, deg", "accuracy_deg", 2, hint="Mean angle between target and point of gaze, calibrated."),
    Column("from", "low_deg", 2, hint="Lower end of the accuracy's 95 % interval (bootstrap over targets)."),
    Column("to", "high_deg", 2, hint="Its upper end. Models whose difference may be due to chance count as equal."),
    Column("cm", "accuracy_cm", 1, hint="The same on the glass, in centimetres."),
    Column("px", "accuracy_px", hint="The same in pixels of the screen."),
    Column("Grade", "grade", hint="Good, fair or poor for this screen."),
    Column("Before, deg", "uncalibrated_deg", 2, hint="Accuracy before the calibration, by plain geometry."),
    Column(
        "RMS-S2S, deg",
        "precision_rms_s2s_deg",
        2,
        hint="Precision: RMS from frame to frame while one dot is looked at.",
    ),
    Column("SD, deg", "precision_sd_deg", 2, hint="Precision: standard deviation while one dot is looked at."),
    Column(
        "In ellipse, %",
        "ellipse_held",
        0,
        100.0,
        "Share of the frames within the 90 % ellipse around the point of gaze.",
    ),
    Column("Data loss, %", "data_loss", 1, 100.0, "Share of the frames without a gaze."),
)

# The columns of the window. In a narrow one those of `SPARE` are hidden, the first one first.
WINDOW_COLUMNS = tuple(
    column for column in COLUMNS if column.field not in ("low_deg", "high_deg", "accuracy_px", "ellipse_held")
)
SPARE = ("macs", "parameters", "fps", "precision_sd_deg", "role", "precision_rms_s2s_deg", "data_loss")


def comparison(report: Report) -> list[Row]:
    """One row per model, the most accurate first."""
    rows = [replace(_row(model), colour=i % len(ON_LIGHT)) for i, model in enumerate(report.models.values())]
    rows = [replace(row, front=_on_front(row, rows), level=row.model in report.level) for row in rows]
    return sorted(rows, key=lambda row: (row.accuracy_deg is None, row.accuracy_deg or 0.0, row.model))


def cell(row: Row, column: Column) -> str:
    """The text of a cell, for people."""
    value = getattr(row, column.field)
    if value is None:
        return "–"
    return value if isinstance(value, str) else f"{value * column.factor:,.{column.decimals}f}"


def to_csv(rows: Sequence[Row]) -> str:
    """All columns in the units of their titles, unrounded; unknown cells are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.title for column in COLUMNS])
    for row in rows:
        values = [(getattr(row, column.field), column.factor) for column in COLUMNS]
        writer.writerow(
            ["" if v is None else text_cell(v) if isinstance(v, str) else round(v * factor, 6) for v, factor in values]
        )
    return text.getvalue()


def _row(model: ModelReport) -> Row:
    return Row(
        model=model.model,
        role=model.role,
        parameters=model.parameters,
        macs=model.macs,
        latency_ms=model.latency_ms,
        fps=model.fps,
        accuracy_deg=model.accuracy_deg,
        accuracy_cm=model.accuracy_cm,
        accuracy_px=model.accuracy_px,
        uncalibrated_deg=model.uncalibrated.accuracy_deg if model.uncalibrated else None,
        precision_rms_s2s_deg=model.precision_rms_s2s_deg,
        precision_sd_deg=model.precision_sd_deg,
        data_loss=model.data_loss,
        low_deg=model.accuracy_interval_deg[0] if model.accuracy_interval_deg else None,
        high_deg=model.accuracy_interval_deg[1] if model.accuracy_interval_deg else None,
        grade=model.grade,
        ellipse_held=model.ellipse_held,
    )


def _on_front(row: Row, rows: Sequence[Row]) -> bool:
    if row.latency_ms is None or row.accuracy_deg is None:
        return False
    own = (row.latency_ms, row.accuracy_deg)
    return not any(
        other.latency_ms is not None
        and other.accuracy_deg is not None
        and other.latency_ms <= own[0]
        and other.accuracy_deg <= own[1]
        and (other.latency_ms, other.accuracy_deg) != own
        for other in rows
    )
