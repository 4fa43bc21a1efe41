"""The two panes of the window: "left" and "right" in code mean only a person's eyes."""

from __future__ import annotations

from enum import Enum


class PaneId(Enum):
    """Pane A is the left one in the window, and the one that stays if there is only one."""

    A = "a"
    B = "b"

    @property
    def title(self) -> str:
        """What the window calls it."""
        return "Left" if self is PaneId.A else "Right"

    @property
    def other(self) -> PaneId:
        return PaneId.B if self is PaneId.A else PaneId.A
