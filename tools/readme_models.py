"""Writes the table of shipped models in README.md from their contracts; `--check` only tells whether it is up to date.

Part of `make readme`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gaze_demo import paths
from gaze_demo.model.registry import ModelEntry, read_entry

README = Path(__file__).resolve().parents[1] / "README.md"
START = "<!-- models: written by `make readme` -->\n"
END = "<!-- end of models -->\n"


def table() -> str:
    """The shipped models in Markdown, teachers first, larger ones before smaller ones."""
    entries = [read_entry(path, "shipped") for path in paths.models().glob("*.onnx")]
    entries.sort(key=lambda entry: (entry.contract.role != "teacher", -(entry.contract.parameters or 0), entry.name))
    head = "| Model | Role | Parameters | Multiply-adds, both eyes | File |\n| --- | --- | ---: | ---: | ---: |\n"
    return head + "".join(_row(entry) for entry in entries)


def _row(entry: ModelEntry) -> str:
    contract = entry.contract
    card = entry.path.with_suffix(".md")
    name = f"[{entry.name}](models/{card.name})" if card.is_file() else entry.name
    parameters, macs = (f"{count:,}" if count is not None else "" for count in (contract.parameters, contract.macs))
    return f"| {name} | {contract.role} | {parameters} | {macs} | {entry.size_bytes / 1e6:.2f} MB |\n"


def main() -> int:
    text = README.read_text("utf8")
    before, rest = text.split(START)
    after = rest.split(END)[1]
    fresh = before + START + "\n" + table() + "\n" + END + after
    if "--check" in sys.argv[1:]:
        return int(fresh != text)
    README.write_text(fresh, "utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
