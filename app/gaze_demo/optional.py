"""Modules of packages that the app can do without: they are loaded when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gaze_demo.errors import UserError


def optional(module: str, remedy: str) -> Any:
    """The module. Raises UserError with the sentence `remedy` if it cannot be imported."""
    try:
        return import_module(module)
    except (ImportError, RuntimeError):  # pylsl raises the second one if its library is missing
        raise UserError(remedy) from None
