"""Writes the table of shipped models in README.md from their contracts and cards; `--check` tells whether it is up to
date. `make readme` runs it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gaze_demo import paths
from gaze_demo.model.registry import ModelEntry, read_entry
from gaze_training.card import Card
from gaze_training.card_files import load_cards
from gaze_training.report_text import markdown_table, number

README = Path(__file__).resolve().parents[1] / "README.md"
START = "<!-- models: written by `make readme` -->\n"
END = "<!-- end of models -->\n"


def table() -> str:
    """The shipped models in Markdown, teachers first, larger ones before smaller ones."""
    cards = {card.name: card for card in load_cards(paths.models())}
    entries = [read_entry(path, "shipped") for path in paths.models().glob("*.onnx")]
    entries.sort(key=lambda entry: (entry.contract.role != "teacher", -(entry.contract.parameters or 0), entry.name))
    header = ["Model", "Role", "Parameters", "MMACs", "ms", "MB", "Into the lens, deg", "Gain, yaw / pitch"]
    return markdown_table(header, [_row(entry, cards.get(entry.name)) for entry in entries])


def _row(entry: ModelEntry, card: Card | None) -> list[str]:
    contract = entry.contract
    parameters = "-" if contract.parameters is None else f"{contract.parameters:,}"
    macs = None if contract.macs is None else contract.macs / 1e6
    own = [contract.role, parameters, number(macs), *([number(card.latency_ms, 3)] if card else ["-"])]
    own.append(number(entry.size_bytes / 1e6))
    if card is None:
        return [entry.name, *own, "-", "-"]
    lens = " / ".join(f"{number(row.error_deg, 1)} ({row.group})" for row in card.zero) or "-"
    gains = f"{number(card.gain('yaw'))} / {number(card.gain('pitch'))}"
    return [f"[{entry.name}](models/{entry.name}.md)", *own, lens, gains]


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
