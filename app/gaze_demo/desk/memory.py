"""Which fields of the window's state are saved, and how they are restored at the next start."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from gaze_demo.desk.state import PEOPLE, SIZES, Theme, VirtualChoice, WindowState
from gaze_demo.filter.kinds import FilterChoice, filter_kinds
from gaze_demo.geometry import DEFAULT_HFOV_DEG


class Memory(Protocol):
    """Values by name; an invalid value is replaced by its default."""

    def text(self, key: str, default: str = "") -> str: ...
    def number(self, key: str, default: float, low: float, high: float) -> float: ...
    def flag(self, key: str, default: bool) -> bool: ...
    def keep(self, key: str, value: str | float | bool) -> None: ...


_FLAGS = ("two_panes", "each_eye", "axes", "crops", "mirror", "raw")


def recall(state: WindowState, memory: Memory, panels: Mapping[str, bool]) -> None:
    """Set the fields that are remembered; `panels`: which there are, and whether each is shown at first."""
    for name in _FLAGS:
        setattr(state, name, memory.flag(name, getattr(state, name)))
    state.panels = frozenset(name for name, shown in panels.items() if memory.flag(f"panel/{name}", shown))
    state.theme = _theme(memory.text("theme"))
    state.filter = _filter(memory)
    state.size = _size(memory.text("resolution"))
    state.hfov_deg = memory.number("hfov_deg", DEFAULT_HFOV_DEG, 20, 150)
    state.most_fps = memory.number("most_fps", 0.0, 0.0, 1000.0)
    state.provider = memory.text("provider", state.provider)
    state.virtual = VirtualChoice(
        "path" if memory.text("virtual_gaze") == "path" else "pointer",
        int(memory.number("virtual_person", 0, 0, PEOPLE - 1)),
        "moving" if memory.text("virtual_head") == "moving" else "still",
    )


def remember(state: WindowState, memory: Memory, panels: Mapping[str, bool]) -> None:
    """Keep each of those fields whenever it changes."""
    for name in _FLAGS:
        state.on(name, _keeper(memory, name))
    state.on("panels", lambda shown: _keep_panels(memory, shown, panels))
    state.on("theme", lambda theme: memory.keep("theme", theme.value))
    state.on("filter", lambda choice: _keep_filter(memory, choice))
    state.on("size", lambda size: memory.keep("resolution", f"{size[0]}x{size[1]}"))
    state.on("hfov_deg", _keeper(memory, "hfov_deg"))
    for name in ("most_fps", "provider"):
        state.on(name, _keeper(memory, name))
    state.on("virtual", lambda choice: _keep_virtual(memory, choice))


def _keeper(memory: Memory, key: str) -> Callable[[Any], None]:
    return lambda value: memory.keep(key, value)


def _keep_panels(memory: Memory, shown: frozenset[str], panels: Mapping[str, bool]) -> None:
    for name in panels:
        memory.keep(f"panel/{name}", name in shown)


def _keep_filter(memory: Memory, choice: FilterChoice) -> None:
    memory.keep("filter/name", choice.name)
    memory.keep("filter/values", json.dumps(dict(choice.values)))


def _keep_virtual(memory: Memory, choice: VirtualChoice) -> None:
    memory.keep("virtual_gaze", choice.gaze)
    memory.keep("virtual_person", choice.person)
    memory.keep("virtual_head", choice.head)


def _filter(memory: Memory) -> FilterChoice:
    name = memory.text("filter/name", "one-euro")
    if name not in filter_kinds():
        return FilterChoice("one-euro")
    try:
        values = json.loads(memory.text("filter/values", "{}"))
    except (ValueError, RecursionError):
        values = {}
    if not isinstance(values, dict):
        values = {}
    return FilterChoice(
        name, {str(key): float(value) for key, value in values.items() if isinstance(value, (int, float))}
    )


def _theme(text: str) -> Theme:
    return Theme(text) if text in {theme.value for theme in Theme} else Theme.SYSTEM


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if width.isdecimal() and height.isdecimal() and 0 < int(width) < 10_000 and 0 < int(height) < 10_000:
        return int(width), int(height)
    return SIZES[1]
