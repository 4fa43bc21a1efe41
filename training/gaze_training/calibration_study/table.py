"""The study's lines as a page: tables of means over people, with the data behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from gaze_demo.machine import machine
from gaze_training.calibration_study.sittings import POINTS, WRONG, WRONG_POINTS, Line, Study
from gaze_training.marks import Marks

HELD_POINTS = (5, 9, 16)  # numbers of points for which it is told how many frames the ellipse held
MARKS = Marks("<!-- study: written by `gaze-train calibration-study --markdown` -->", "<!-- end of study -->")
ABSORBED_DEG = 0.3  # by so much may a wrong belief cost accuracy after a calibration
_TRUTH = "the truth"


def as_markdown(lines: Sequence[Line]) -> str:
    """Three tables by model and head, means over people: degrees by number of points, degrees by assumption, and per
    cent of the frames that the 90 % ellipse held."""
    points = _table(
        lines,
        ["not calibrated", *(f"{n}" for n in POINTS), f"{WRONG_POINTS}, worst person"],
        lambda own: [
            _mean([line.uncalibrated_deg for line in own if line.believed == _TRUTH]),
            *(_mean(_accuracies(own, n, _TRUTH)) for n in POINTS),
            _most(_accuracies(own, WRONG_POINTS, _TRUTH)),
        ],
    )
    beliefs = (_TRUTH, *WRONG)
    wrong = _table(
        lines,
        list(beliefs),
        lambda own: [
            f"{_mean([line.uncalibrated_deg for line in own if line.believed == name])} → "
            f"{_mean(_accuracies(own, WRONG_POINTS, name))}"
            for name in beliefs
        ],
    )
    held = _table(
        lines,
        [*(f"{n}" for n in HELD_POINTS), f"least of a sitting, {WRONG_POINTS}", f"best at {WRONG_POINTS}", "level"],
        lambda own: [
            *(_mean(_held(own, n), 0) for n in HELD_POINTS),
            _least(_held(own, WRONG_POINTS)),
            *(
                f"{sum(getattr(line, name) for line in own if _is(line, WRONG_POINTS, _TRUTH))}"
                for name in ("best", "level")
            ),
        ],
    )
    return f"{points}\n\n{wrong}\n\n{held}"


def held_everywhere(lines: Sequence[Line]) -> float:
    """The mean share, over models and sittings, of frames that the 90 % ellipse held; NaN if it is unknown."""
    known = [x.ellipse_held for x in lines if x.believed == _TRUTH and x.points in HELD_POINTS]
    shares = [share for share in known if share is not None]
    return float(np.mean(shares)) if shares else float("nan")


def unabsorbed(lines: Sequence[Line]) -> dict[str, tuple[float, int, int]]:
    """For each wrong assumption: its mean cost over all sittings after the calibration, in degrees, in how many
    sittings it costs more than `ABSORBED_DEG`, and of how many."""
    right = {(x.model, x.person, x.head): x.accuracy_deg for x in lines if _is(x, WRONG_POINTS, _TRUTH)}
    found = {}
    for name in WRONG:
        costs = [
            x.accuracy_deg - base
            for x in lines
            if _is(x, WRONG_POINTS, name) and x.accuracy_deg is not None
            for base in [right.get((x.model, x.person, x.head))]
            if base is not None
        ]
        if costs:
            found[name] = (float(np.mean(costs)), sum(cost > ABSORBED_DEG for cost in costs), len(costs))
    return found


def write_markdown(study: Study, path: Path) -> None:
    """Write the tables between the marks of a file, or to a new file; raises UserError if that fails."""
    MARKS.write(path, _section(study))


def _section(study: Study) -> str:
    people = len({line.person for line in study.lines})
    points, wrong, held = as_markdown(study.lines).split("\n\n")
    costs = "; ".join(
        f"{name}: {cost:+.2f} on average, above {ABSORBED_DEG} in {many} of {of}"
        for name, (cost, many, of) in unabsorbed(study.lines).items()
    )
    head = (
        f"{datetime.now(timezone.utc):%Y-%m-%d}, seed {study.seed}, {machine()}; {people} virtual people, each once "
        "with a still and once with a moving head. Degrees, seen from where the eyes really are. Virtual people allow "
        "a comparison of models, corrections and layouts on the same frames. They do not tell how accurate a model is "
        "for a real person."
    )
    before = (
        f"Before → after a calibration with {WRONG_POINTS} points, where one assumption is wrong (the true field "
        "of view is 60 degrees, and the lens is above the middle of the screen):"
    )
    time = (
        f"The fit and report of all {len({line.model for line in study.lines})} models with {max(POINTS)} points took "
        f"{np.median(study.fit_s):.1f} s (median; longest {max(study.fit_s):.1f} s)."
    )
    cost = (
        "Increase of the error after the calibration because of the wrong assumption, in degrees over all sittings: "
        f"{costs}."
    )
    ellipse = (
        "Percentage of the validation frames inside the 90 % ellipse, by number of points. Each target is judged with "
        "an ellipse that was scaled without it. Over all models and sittings the ellipse held "
        f"{100 * held_everywhere(study.lines):.0f} %. The last two columns tell in how many sittings the app "
        "recommended the model, and in how many it was not clearly worse than the most accurate one:"
    )
    plain = "By number of points, with correct assumptions:"
    return "\n\n".join([head, plain, points, ellipse, held, before, wrong, cost, time])


def _table(lines: Sequence[Line], titles: list[str], cells: Callable[[list[Line]], list[str]]) -> str:
    rows = [f"| model | head | {' | '.join(titles)} |", "|---|---|" + "---:|" * len(titles)]
    for model in dict.fromkeys(line.model for line in lines):
        for head in ("still", "moving"):
            own = [line for line in lines if line.model == model and line.head == head]
            rows.append(f"| {model} | {head} | {' | '.join(cells(own))} |")
    return "\n".join(rows)


def _is(line: Line, points: int, believed: str) -> bool:
    return line.points == points and line.believed == believed


def _accuracies(lines: Sequence[Line], points: int, believed: str) -> list[float | None]:
    return [line.accuracy_deg for line in lines if _is(line, points, believed)]


def _held(lines: Sequence[Line], points: int) -> list[float | None]:
    """Per cent of the frames that the ellipse held."""
    shares = [line.ellipse_held for line in lines if _is(line, points, _TRUTH)]
    return [None if share is None else 100 * share for share in shares]


def _mean(values: Sequence[float | None], digits: int = 2) -> str:
    known = [value for value in values if value is not None]
    return f"{np.mean(known):.{digits}f}" if known else "-"


def _least(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{min(known):.0f}" if known else "-"


def _most(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{max(known):.2f}" if known else "-"
