"""Values that report their changes to listeners, without Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_MISSING = object()


class Told(Generic[T]):
    """Calls its listeners, in the order in which they joined, in the thread of the caller."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], object]] = []

    def connect(self, listener: Callable[[T], object]) -> None:
        self._listeners.append(listener)

    def disconnect(self, listener: Callable[[T], object]) -> None:
        self._listeners.remove(listener)

    def tell(self, what: T) -> None:
        for listener in tuple(self._listeners):
            listener(what)


class Observed:
    """A base for dataclasses: setting a field to another value calls the listeners of that field. For one thread only.
    A listener may set fields itself; their listeners are called before the first call ends.
    """

    def __setattr__(self, name: str, value: object) -> None:
        before = getattr(self, name, _MISSING)
        super().__setattr__(name, value)
        if before is not _MISSING and not name.startswith("_") and before is not value and before != value:
            told = self._told().get(name)
            if told is not None:
                told.tell(value)

    def on(self, name: str, listener: Callable[[Any], object], *, now: bool = False) -> None:
        """Call `listener` with each new value of the field `name`; with `now` also at once with the present one."""
        value = getattr(self, name)
        self._told().setdefault(name, Told()).connect(listener)
        if now:
            listener(value)

    def on_any(self, names: tuple[str, ...], listener: Callable[[], object], *, now: bool = False) -> None:
        """Call `listener` when one of several fields changes."""
        for name in names:
            self.on(name, lambda _: listener())
        if now:
            listener()

    def _told(self) -> dict[str, Told[Any]]:
        found: dict[str, Told[Any]] = self.__dict__.setdefault("_listeners", {})
        return found
