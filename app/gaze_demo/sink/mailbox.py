"""Holds one item between two threads: a newer one replaces it, and neither thread waits for the slower one."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds the newest item until it is taken."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._item: T | None = None
        self._closed = self._woken = False

    @property
    def closed(self) -> bool:
        return self._closed

    def put(self, item: T) -> bool:
        """Replace the item; True if there was none, so that the reader is notified once."""
        with self._condition:
            was_empty = self._item is None
            self._item = item
            self._condition.notify()
            return was_empty

    def take(self, timeout_s: float | None = 0.0) -> T | None:
        """The item, waiting for one if asked to (None: until woken or closed); None if there is none."""
        with self._condition:
            if self._item is None and not self._closed and timeout_s != 0.0:
                self._condition.wait_for(lambda: self._item is not None or self._closed or self._woken, timeout_s)
            item, self._item, self._woken = self._item, None, False
            return item

    def wake(self) -> None:
        """Let the waiting reader, or the next one, continue without an item."""
        with self._condition:
            self._woken = True
            self._condition.notify()

    def close(self) -> None:
        """Wake the waiting reader; an item that is there can still be taken."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
