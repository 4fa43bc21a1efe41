"""`training/REPORT.md`, generated: the study's claims, tables and plots, and the shipped models' figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from gaze_demo.machine import machine
from gaze_training.card import Card
from gaze_training.card_files import load_cards
from gaze_training.claims import claims_of
from gaze_training.report_text import markdown_table, number, spread
from gaze_training.schemes.registry import SCHEMES
from gaze_training.statistics import Group, groups_of
from gaze_training.study import RunResult
from gaze_training.study_config import StudyConfig, plan

PLOTS = "report"

_THESIS = (
    "[Model Distillation for Deep-Learning-Based Gaze Estimation]"
    "(http://www.diva-portal.org/smash/record.jsf?pid=diva2:1358256), KTH, 2019"
)


def write_report(path: Path, study: StudyConfig, results: Sequence[RunResult], models: Path | None = None) -> None:
    """Write the report and its plots in a folder `report` beside it; contact sheets found there are shown.

    `models`: a folder of shipped models whose cards are to be part of it.
    """
    from gaze_training import plots

    groups = groups_of(results)
    plots.error_against_macs(groups, path.parent / PLOTS / "error-against-macs.png")
    plots.curves_over_seeds(results, path.parent / PLOTS / "curves.png")
    parts = [
        "# Report",
        f"Written by `gaze-train study --report`, {date.today()}, {machine()}; degrees unless said otherwise.",
        *_models(load_cards(models) if models else [], path),
        "## The study of distillation",
        _plan(study, results),
        *_claims(study, results),
        "### Error against cost",
        f"![Error of each network and scheme against its multiply-accumulates]({PLOTS}/error-against-macs.png)",
        _table(groups),
        _notes(groups),
        "### Curves over seeds",
        f"![Error after each epoch, a line for each seed]({PLOTS}/curves.png)",
        "### Schemes",
        _schemes(study),
        *_sheets(path),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")


def _plan(study: StudyConfig, results: Sequence[RunResult]) -> str:
    base, teacher = study.base, study.teacher
    students = [r for r in results if r.network != "teacher"]
    limit = f"the first {base.data.limit} faces of " if base.data.limit else ""
    hours = sum(r.seconds for r in results) / 3600
    return (
        f"{len(results)} of {len(plan(study, Path()))} planned runs were done: {len(students)} students, over "
        f"{_seeds(study)} seeds, and {len(results) - len(students)} teachers; "
        f"{limit}{', '.join(folder.name for folder in base.data.folders)}; {100 * base.data.held_out:.0f} % of the "
        f"people held out, and errors measured on them. Students: {base.train.epochs} epochs, batches of "
        f"{base.train.batch} eyes. Teachers: {teacher.network.kind} of width {teacher.network.width:g}, "
        f"{teacher.train.epochs} epochs. {hours:.1f} hours of training in all. The runs of one seed begin with the "
        f"same weights and see the same eyes in the same order{_but_unlabelled(study)}. So short a training compares "
        "schemes; it does not show how good a network can become."
    )


def _but_unlabelled(study: StudyConfig) -> str:
    schemes = [scheme for scheme in study.schemes if scheme.unlabelled]
    if not schemes:
        return ""
    folders = ", ".join(folder.name for folder in study.base.data.unlabelled)
    epochs = "; ".join(f"{s.label}, in {s.epochs or study.base.train.epochs} epochs" for s in schemes)
    return f", but for those that also see faces without labels ({folders}: {epochs})"


def _seeds(study: StudyConfig) -> str:
    counts = sorted({len(scheme.seeds or study.seeds) for scheme in study.schemes})
    return " or ".join(str(count) for count in counts)


def _claims(study: StudyConfig, results: Sequence[RunResult]) -> list[str]:
    claims = claims_of(results, study.claims)
    if not claims:
        return []
    rows = [(claim.title, f"**{claim.verdict.value}**") for claim in claims]
    table = "\n".join(f"| {title} | {verdict} |" for title, verdict in [("claim of the thesis", "verdict"), *rows])
    table = table.replace("\n", "\n|---|---|\n", 1)
    evidence = [
        f"**{c.title}: {c.verdict.value}.**\n\n" + "\n".join(f"- {line}" for line in c.evidence) for c in claims
    ]
    intro = "Differences are paired by seed; in brackets the 95 % interval (Student's t)."
    return ["### The thesis's claims", f"The thesis is {_THESIS}.", table, intro, *evidence]


def _table(groups: Sequence[Group]) -> str:
    real = any(math.isfinite(g.real_mean) for g in groups)
    header = ["network", "scheme", "MMACs", "parameters", "seeds", "error", "worst", "failed", "gain pitch", "gain yaw"]
    rows = [
        [
            g.network,
            g.scheme,
            f"{g.macs / 1e6:.2f}",
            f"{g.parameters:,}",
            str(g.seeds),
            spread(g.mean, g.sd),
            number(g.worst),
            str(g.failed),
            number(g.pitch_gain),
            number(g.yaw_gain),
            *([spread(g.real_mean, g.real_sd)] if real else []),
            f"{g.seconds:.0f}",
        ]
        for g in groups
    ]
    return markdown_table([*header, *(["real people"] if real else []), "seconds"], rows)


def _notes(groups: Sequence[Group]) -> str:
    notes = "Error: mean and standard deviation over seeds, degrees, single eyes of people held out."
    if any(math.isfinite(g.real_mean) for g in groups):
        notes += (
            " Real people: the zero test on photographs of people held out who look into the lens; a constant answer "
            "wins it, so it says nothing without the gains beside it."
        )
    return notes


def _schemes(study: StudyConfig) -> str:
    names = dict.fromkeys(entry.name for entry in study.schemes)
    return "\n".join(f"- **{name}**: {SCHEMES[name].paper}." for name in names)


def _models(cards: Sequence[Card], path: Path) -> list[str]:
    if not cards:
        return []
    from gaze_training import plots

    header = ["model", "role", "parameters", "MMACs", "MB", "ms", "zero test", "px from 40", "px from 9"]
    header += ["gain pitch", "gain yaw"]
    rows = [
        [
            card.name,
            card.role,
            f"{card.parameters:,}" if card.parameters else "-",
            f"{card.macs / 1e6:.2f}" if card.macs else "-",
            f"{card.size_bytes / 1e6:.2f}",
            number(card.latency_ms),
            number(card.zero_deg("all")),
            number(card.points_px.get("median_40"), 0),
            number(card.points_px.get("median_9"), 0),
            number(card.gain("pitch")),
            number(card.gain("yaw")),
        ]
        for card in cards
    ]
    curves = {
        "pitch": {card.name: card.curve("pitch") for card in cards if card.response},
        "yaw": {card.name: card.curve("yaw") for card in cards if card.response},
    }
    parts = ["## The shipped models", markdown_table(header, rows)]
    if any(curves.values()):
        plots.gain_curves(curves, path.parent / PLOTS / "gain.png")
        parts.append(f"![Mean answer against the true angle]({PLOTS}/gain.png)")
    return parts


def _sheets(path: Path) -> list[str]:
    sheets = sorted((path.parent / PLOTS).glob("sheet-*"))
    pictures = [f"**{s.stem.removeprefix('sheet-')}**\n\n![Contact sheet]({PLOTS}/{s.name})" for s in sheets]
    return ["## Contact sheets", *pictures] if pictures else []
