"""Tables and numbers of generated pages."""

from __future__ import annotations

import math
from collections.abc import Sequence


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    rule = ["---", *(["---:"] * (len(header) - 1))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, rule, *rows])


def number(value: float | None, digits: int = 2) -> str:
    """A dash if there is none."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def spread(mean: float, sd: float) -> str:
    """Mean and standard deviation."""
    return f"{number(mean)} ± {number(sd)}" if math.isfinite(sd) else number(mean)
