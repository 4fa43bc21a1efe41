"""The base class of the header's controls, and the list of them: each control is one file of this package."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import SourceKind, WindowState
from gaze_demo.view import header as package
from gaze_demo.view.shared.discovery import subclasses


class Control(QWidget):
    """Shows a part of the state and writes the user's choice into it, or runs a command.

    `title`: its name if the header is folded; `order`: its place in the row; `kinds`: the sources that it applies
    to; `folds`: which goes first if there is no room, None for one that always stays.
    """

    title: ClassVar[str] = ""
    order: ClassVar[int] = 50
    kinds: ClassVar[frozenset[SourceKind]] = frozenset(SourceKind)
    folds: ClassVar[int | None] = None
    stretch: ClassVar[int] = 0

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__()
        self.state, self.commands = state, commands

    def expand(self, wide: bool) -> None:
        """Show a longer text if there is room."""


@cache
def control_kinds() -> tuple[type[Control], ...]:
    """All controls, in their order."""
    return tuple(sorted(subclasses(package, Control), key=lambda kind: kind.order))
