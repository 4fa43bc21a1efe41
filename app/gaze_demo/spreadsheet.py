"""Cells of tables that people open in a spreadsheet."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"[\t\r\n ]*[=+\-@]")


def text_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe (OWASP, CSV
    injection). Numbers are no texts and stay as they are."""
    return f"'{text}" if _FORMULA.match(text) else text
