"""Notices that do not block the window: several at once, the newest last; outdated ones disappear."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gaze_demo.desk.observed import Told

_MOST = 4


class Level(str, Enum):
    INFO = "info"
    WARNING = "warning"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class Notice:
    """`key` names what it is about: a newer notice with the same key replaces it. Notices that only inform disappear by
    themselves."""

    text: str
    level: Level
    key: str = ""


class Notices:
    """The visible notices; if there are too many, the oldest are removed.

    Signals: `changed`, with all of them.
    """

    def __init__(self) -> None:
        self.shown: tuple[Notice, ...] = ()
        self.changed: Told[tuple[Notice, ...]] = Told()

    def info(self, text: str, key: str = "") -> None:
        self._add(Notice(text, Level.INFO, key))

    def warn(self, text: str, key: str = "") -> None:
        self._add(Notice(text, Level.WARNING, key))

    def trouble(self, text: str, key: str = "") -> None:
        self._add(Notice(text, Level.TROUBLE, key))

    def withdraw(self, key: str) -> None:
        """Remove the notice with this key, because it is outdated."""
        self._show(tuple(notice for notice in self.shown if notice.key != key))

    def close(self, notice: Notice) -> None:
        self._show(tuple(one for one in self.shown if one is not notice))

    def close_newest(self) -> bool:
        """Whether there was one."""
        if not self.shown:
            return False
        self.close(self.shown[-1])
        return True

    @property
    def text(self) -> str:
        """All visible notices."""
        return "\n".join(notice.text for notice in self.shown)

    def _add(self, notice: Notice) -> None:
        others = [one for one in self.shown if one.text != notice.text and not (notice.key and one.key == notice.key)]
        self._show((*others, notice)[-_MOST:])

    def _show(self, notices: tuple[Notice, ...]) -> None:
        if notices != self.shown:
            self.shown = notices
            self.changed.tell(notices)
