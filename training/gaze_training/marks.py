"""Places in hand-written pages that a command fills."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gaze_demo.errors import UserError
from gaze_demo.whole_file import write_whole


@dataclass(frozen=True)
class Marks:
    """The lines of a page between which a command writes."""

    begin: str
    end: str

    def require(self, path: Path) -> None:
        """Raise UserError if a page is there already and has no place for the tables."""
        self._new_text(path, "")

    def write(self, path: Path, tables: str) -> None:
        """Write the tables between the marks of a page, or to a new page; raises UserError if that fails."""
        write_whole(path, self._new_text(path, tables))

    def filled(self, text: str, tables: str) -> str | None:
        """The text of a page with these tables between the marks; None if the page lacks the marks."""
        before, begin, rest = text.partition(self.begin)
        _, end, after = rest.partition(self.end)
        return f"{before}{begin}\n\n{tables}\n\n{end}{after}" if begin and end else None

    def _new_text(self, path: Path, tables: str) -> str:
        if not path.exists():
            return f"{self.begin}\n\n{tables}\n\n{self.end}\n"
        try:
            filled = self.filled(path.read_text(encoding="utf-8"), tables)
        except (OSError, UnicodeDecodeError):
            raise UserError(f"{path} cannot be read.") from None
        if filled is None:
            raise UserError(
                f"{path} has no place for the tables: add the lines {self.begin} and {self.end} where the tables "
                "belong."
            )
        return filled
