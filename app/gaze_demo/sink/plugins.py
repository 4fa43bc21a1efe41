"""Sinks that other packages add, by the entry point group `gaze_demo.sinks`; EXTENDING.md shows one."""

from __future__ import annotations

from importlib.metadata import entry_points

from gaze_demo.errors import UserError
from gaze_demo.sink.sink import Sink

GROUP = "gaze_demo.sinks"


def sink_names() -> list[str]:
    """The names of the sinks that are installed."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def make_sink(spec: str) -> Sink:
    """The sink of NAME=TARGET: what the entry point NAME makes of the text TARGET. Raises UserError."""
    name, _, target = spec.partition("=")
    found = [point for point in entry_points(group=GROUP) if point.name == name]
    if not found:
        known = ", ".join(sink_names())
        remedy = f"installed are: {known}" if known else "none is installed; EXTENDING.md shows how to write one"
        raise UserError(f"There is no sink {name!r}; {remedy}.")
    try:
        sink: Sink = found[0].load()(target)
    except UserError:
        raise
    except Exception as error:  # code of another package
        raise UserError(f"The sink {name!r} cannot be made: {error}.") from error
    missing = [part for part in ("policy", "needs_picture", "open", "write", "close") if not hasattr(sink, part)]
    if missing:
        raise UserError(f"The sink {name!r} has no {', '.join(missing)}: EXTENDING.md shows what a sink offers.")
    return sink
