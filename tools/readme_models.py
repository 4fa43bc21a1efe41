"""Writes the table of shipped models in README.md from their contracts and cards; `--check` tells whether it is up to
date. `make readme` runs it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gaze_demo import paths
from gaze_demo.model.registry import ModelEntry, list_models
from gaze_training.card import Card
from gaze_training.card_files import load_cards
from gaze_training.report_text import markdown_table, number

README = Path(__file__).resolve().parents[1] / "README.md"
START = "<!-- models: written by `make readme` -->\n"
END = "<!-- end of models -->\n"


def table() -> str:
    """The shipped models in Markdown: teachers, students, others, then committees; larger ones before smaller ones."""
    cards = {card.name: card for card in load_cards(paths.models())}
    entries = [entry for entry in list_models() if entry.origin == "shipped"]
    rank = {"teacher": 0, "student": 1, "other": 2}
    entries.sort(key=lambda e: (e.committee is not None, rank[e.contract.role], -(e.contract.parameters or 0), e.name))
    header = ["Model", "Role", "Parameters", "MMACs", "ms", "MB", "Into the lens, deg", "Gain, yaw / pitch"]
    return markdown_table(header, [_row(entry, cards) for entry in entries])


def _row(entry: ModelEntry, cards: dict[str, Card]) -> list[str]:
    contract, card, latency_ms = entry.contract, cards.get(entry.name), _latency_ms(entry, cards)
    parameters = "-" if contract.parameters is None else f"{contract.parameters:,}"
    macs = None if contract.macs is None else contract.macs / 1e6
    role = contract.role if entry.committee is None else "committee"
    own = [role, parameters, number(macs), number(latency_ms, 3), number(entry.size_bytes / 1e6)]
    if card is None:
        return [entry.name, *own, "-", "-"]
    lens = " / ".join(f"{number(row.error_deg, 1)} ({row.group})" for row in card.zero) or "-"
    gains = f"{number(card.gain('yaw'))} / {number(card.gain('pitch'))}"
    return [f"[{entry.name}](models/{entry.name}.md)", *own, lens, gains]


def _latency_ms(entry: ModelEntry, cards: dict[str, Card]) -> float | None:
    """By the model's card, by another's card beside which it was timed, or the sum of a committee's members."""
    if entry.members:
        times = [_latency_ms(member, cards) for member in entry.members]
        return None if any(time is None for time in times) else sum(time for time in times if time is not None)
    if entry.name in cards:
        return cards[entry.name].latency_ms
    return next((card.beside_ms[entry.name] for card in cards.values() if entry.name in card.beside_ms), None)


def main() -> int:
    text = README.read_text("utf8")
    before, rest = text.split(START)
    after = rest.split(END)[1]
    fresh = before + START + "\n" + table() + "\n\n" + END + after
    if "--check" in sys.argv[1:]:
        return int(fresh != text)
    README.write_text(fresh, "utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
