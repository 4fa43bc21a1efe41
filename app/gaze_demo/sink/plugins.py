"""Sinks that other packages add through the entry point group `gaze_demo.sinks`; EXTENDING.md shows one."""

from __future__ import annotations

from gaze_demo.plugins import make_plugin
from gaze_demo.sink.sink import Sink


def make_sink(spec: str) -> Sink:
    """The sink of NAME=TARGET: what the entry point NAME makes of the text TARGET. Raises UserError."""
    name, _, target = spec.partition("=")
    parts = ("policy", "needs_picture", "open", "write", "close")
    sink: Sink = make_plugin("gaze_demo.sinks", name, (target,), parts)
    return sink
