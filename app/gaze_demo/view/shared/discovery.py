"""Finds the classes that the modules of a package define, so that a new one needs only its own file."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def subclasses(package: ModuleType, base: type[T]) -> list[type[T]]:
    """The subclasses of `base` that the modules of `package` define themselves.

    The modules make Qt classes, so this is called on the window's thread.
    """
    found = []
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__:
                found.append(value)
    return [kind for kind in found if kind is not base]
