"""Sinks and sources that other packages add through entry points; EXTENDING.md shows examples."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from gaze_demo.errors import UserError


def plugin_names(group: str) -> list[str]:
    """The names of the installed plugins of an entry point group, sorted."""
    return sorted({point.name for point in entry_points(group=group)})


def make_plugin(group: str, name: str, arguments: tuple[Any, ...], parts: tuple[str, ...]) -> Any:
    """What the entry point `name` of `group` makes of `arguments`; the result must have the attributes `parts`.

    `group` is "gaze_demo." and the plural of what is made. Raises UserError.
    """
    kind = group.rpartition(".")[2].removesuffix("s")
    found = [point for point in entry_points(group=group) if point.name == name]
    if not found:
        known = ", ".join(plugin_names(group))
        remedy = (
            f"the installed ones are: {known}" if known else "none is installed; EXTENDING.md shows how to write one"
        )
        raise UserError(f"There is no {kind} {name!r}; {remedy}.")
    try:
        made = found[0].load()(*arguments)
    except UserError:
        raise
    except Exception as error:  # code of another package
        raise UserError(f"The {kind} {name!r} cannot be created: {error}.") from error
    missing = [part for part in parts if not hasattr(made, part)]
    if missing:
        raise UserError(f"The {kind} {name!r} has no {', '.join(missing)}: EXTENDING.md shows what a {kind} needs.")
    return made
