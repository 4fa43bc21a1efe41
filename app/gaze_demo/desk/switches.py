"""Switches the field of the window's state that a command's `state` names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gaze_demo.desk.commands import Command
from gaze_demo.desk.state import WindowState
from gaze_demo.filter.kinds import FilterChoice

_PANELS = "panels:"


class Switches:
    """The commands that are on or off. When the filter is switched on again, it is the same as before."""

    def __init__(self, state: WindowState) -> None:
        self._state = state
        self._filter = state.filter if state.filtered else FilterChoice("one-euro")
        state.on("filter", self._remember_filter)

    def is_on(self, command: Command) -> bool:
        if command.state.startswith(_PANELS):
            return command.state[len(_PANELS) :] in self._state.panels
        return bool(getattr(self._state, command.state))

    def is_enabled(self, command: Command) -> bool:
        return not command.needs or bool(getattr(self._state, command.needs))

    def switch(self, command: Command, on: bool) -> None:
        state = self._state
        if command.state.startswith(_PANELS):
            panel = {command.state[len(_PANELS) :]}
            state.panels = state.panels | panel if on else state.panels - panel
        elif command.state == "pointer":
            state.virtual = replace(state.virtual, gaze="pointer" if on else "path")
        elif command.state == "filtered":
            state.filter = self._filter if on else FilterChoice()
        else:
            setattr(state, command.state, on)

    def watch(self, command: Command, listener: Callable[[], object]) -> None:
        """Call `listener` whenever the command may have become on, off, enabled or not; also at once."""
        field = {"pointer": "virtual", "filtered": "filter"}.get(command.state, command.state)
        if command.state.startswith(_PANELS):
            field = "panels"
        needs = ("film", "album") if command.needs == "playable" else (command.needs,)
        for name in filter(None, (field, *needs)):
            self._state.on(name, lambda _: listener())
        listener()

    def _remember_filter(self, choice: FilterChoice) -> None:
        if choice.name != "none":
            self._filter = choice
