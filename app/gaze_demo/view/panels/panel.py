"""The base class of all panels, and the list of them: each panel is one file of this package with a subclass of
Panel."""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import ClassVar

from PySide6.QtWidgets import QFrame

from gaze_demo.desk.commands import Command, CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.view import panels as package
from gaze_demo.view.shared.discovery import subclasses


class Place(Enum):
    """Where a panel is: in the column between the panes, or in the row below them."""

    BETWEEN = "between"
    BELOW = "below"


class Panel(QFrame):
    """A card with more information about what the panes show.

    `name`: of its setting; `menu_text`, `keys`, `tip`: of the menu entry that shows and hides it; `order`: its place
    among the others; `shown`: whether it is there at the first start; `every_ms`: how often `refresh` is called;
    `needs_two`: only if there are two panes. A hidden panel gets nothing.
    """

    name: ClassVar[str]
    menu_text: ClassVar[str]
    keys: ClassVar[str] = ""
    tip: ClassVar[str] = ""
    place: ClassVar[Place] = Place.BELOW
    order: ClassVar[int] = 50
    shown: ClassVar[bool] = True
    every_ms: ClassVar[int] = 250
    needs_two: ClassVar[bool] = False

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__()
        self.state, self.commands = state, commands
        self.setObjectName("card")

    def add(self, pane: PaneId, sight: Sight) -> None:
        """A sight that the pane shows from now on."""

    def painted(self, pane: PaneId, sight: Sight, draw_ms: float) -> None:
        """A sight that the pane has drawn, with the time that this took."""

    def refresh(self) -> None:
        """Show the sights that were added."""

    def clear(self) -> None:
        """Another source: forget everything of the previous one."""


@cache
def panel_kinds() -> tuple[type[Panel], ...]:
    """All panels, in their order."""
    return tuple(sorted(subclasses(package, Panel), key=lambda kind: kind.order))


def panel_commands() -> tuple[Command, ...]:
    """The menu entries that show and hide them."""
    return tuple(
        Command(f"panel-{kind.name}", "View", kind.menu_text, kind.keys, kind.tip, state=f"panels:{kind.name}")
        for kind in panel_kinds()
    )
