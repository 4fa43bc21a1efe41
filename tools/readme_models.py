"""Writes the tables of README.md: the shipped models from their contracts and cards, and how accurate they are from the
cards, the point test in faces and the calibration study. `--check` checks whether they are up to date. `make readme`
runs it. A model without figures of the point test is an error; its command is told.
"""

from __future__ import annotations

import sys
from itertools import takewhile
from pathlib import Path

from gaze_demo import paths
from gaze_demo.model.registry import ModelEntry, list_models
from gaze_training.card import Card
from gaze_training.card_files import load_cards
from gaze_training.evaluate.points_page import FROM_9, FROM_40, HEADER
from gaze_training.marks import Marks
from gaze_training.report_text import markdown_table, number

TOP = Path(__file__).resolve().parents[1]
README, STUDY, POINTS = TOP / "README.md", TOP / "docs" / "CALIBRATION.md", TOP / "training" / "README.md"
STUDY_POINTS = "9"  # the column of the study: how many points the calibration has


def models_table(entries: list[ModelEntry], cards: dict[str, Card]) -> str:
    """Cost and response of the shipped models in Markdown."""
    header = ["Model", "Role", "Parameters", "MMACs", "ms", "MB", "Gain, yaw / pitch"]
    return markdown_table(header, [_row(entry, cards) for entry in entries])


def accuracy_table(entries: list[ModelEntry], cards: dict[str, Card]) -> str:
    """Errors on real and on virtual people in Markdown, of the models for which any was measured."""
    header = [
        "Model",
        "Real people into the lens, not calibrated, deg",
        "One real person, 40 / 9 frames, px",
        f"Virtual people, {STUDY_POINTS} points, head still / moving, deg",
    ]
    study, points = _study(), _points()
    rows = []
    for entry in entries:
        card, virtual = cards.get(entry.name), study.get(entry.name, {})
        zero = number(card.zero_deg("all"), 1) if card else "-"
        on_screen = points.get(entry.name, "-")
        closed_loop = f"{virtual['still']} / {virtual['moving']}" if virtual else "-"
        if (zero, on_screen, closed_loop) != ("-", "-", "-"):
            rows.append([entry.name, zero, on_screen, closed_loop])
    return markdown_table(header, rows)


def unmeasured(entries: list[ModelEntry]) -> str | None:
    """What to run for the models that the table of the point test lacks; None if it has all."""
    known = _points()
    missing = [entry.name for entry in entries if entry.name not in known]
    if not missing:
        return None
    models, page = " ".join(f"--model {entry.name}" for entry in entries), POINTS.relative_to(TOP).as_posix()
    command = f"gaze-train evaluate points-in-faces EYES FACES --markdown {page} {models}"
    return f"{page} has no figures of {', '.join(missing)}: run '{command}', then 'make readme'."


def _study() -> dict[str, dict[str, str]]:
    """The error after a calibration, by model and by whether the head moves, as the study's first table has it."""
    found: dict[str, dict[str, str]] = {}
    for row in _table(STUDY, ["model", "head", "not calibrated"]):
        found.setdefault(row["model"], {})[row["head"]] = row[STUDY_POINTS]
    return found


def _points() -> dict[str, str]:
    """The medians from 40 and from 9 frames, by model, as the table of the point test in faces has them."""
    return {row["model"]: f"{row[FROM_40]} / {row[FROM_9]}" for row in _table(POINTS, list(HEADER))}


def _table(page: Path, first: list[str]) -> list[dict[str, str]]:
    """The rows, by column, of the page's first table whose header begins so; none if there is no such table."""
    lines = iter(page.read_text("utf8").splitlines())
    header = next((cells for line in lines if (cells := _cells(line))[: len(first)] == first), None)
    if header is None:
        return []
    next(lines, None)  # the rule below the header
    rows = takewhile(lambda cells: len(cells) == len(header), (_cells(line) for line in lines))
    return [dict(zip(header, cells, strict=True)) for cells in rows]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []


def _entries() -> list[ModelEntry]:
    """Teachers, students, others, then committees; larger ones before smaller ones."""
    entries = [entry for entry in list_models() if entry.origin == "shipped"]
    rank = {"teacher": 0, "student": 1, "other": 2}
    entries.sort(key=lambda e: (e.committee is not None, rank[e.contract.role], -(e.contract.parameters or 0), e.name))
    return entries


def _row(entry: ModelEntry, cards: dict[str, Card]) -> list[str]:
    contract, card, latency_ms = entry.contract, cards.get(entry.name), _latency_ms(entry, cards)
    parameters = "-" if contract.parameters is None else f"{contract.parameters:,}"
    macs = None if contract.macs is None else contract.macs / 1e6
    role = contract.role if entry.committee is None else "committee"
    own = [role, parameters, number(macs), number(latency_ms, 3), number(entry.size_bytes / 1e6)]
    if card is None:
        return [entry.name, *own, "-"]
    gains = f"{number(card.gain('yaw'))} / {number(card.gain('pitch'))}"
    return [f"[{entry.name}](models/{entry.name}.md)", *own, gains]


def _latency_ms(entry: ModelEntry, cards: dict[str, Card]) -> float | None:
    """By the model's card, by another's card beside which it was timed, or the sum of a committee's members."""
    if entry.members:
        times = [_latency_ms(member, cards) for member in entry.members]
        return None if any(time is None for time in times) else sum(time for time in times if time is not None)
    if entry.name in cards:
        return cards[entry.name].latency_ms
    return next((card.beside_ms[entry.name] for card in cards.values() if entry.name in card.beside_ms), None)


def _filled(text: str, name: str, table: str) -> str:
    """The text with this table between the marks of its name."""
    filled = Marks(f"<!-- {name}: written by `make readme` -->", f"<!-- end of {name} -->").filled(text, table)
    if filled is None:
        sys.exit(f"{README.name} has no marks for the table '{name}'.")
    return filled


def main() -> int:
    cards = {card.name: card for card in load_cards(paths.models())}
    entries = _entries()
    if problem := unmeasured(entries):
        sys.exit(problem)
    text = README.read_text("utf8")
    fresh = _filled(text, "models", models_table(entries, cards))
    fresh = _filled(fresh, "accuracy", accuracy_table(entries, cards))
    if "--check" in sys.argv[1:]:
        return int(fresh != text)
    README.write_text(fresh, "utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
