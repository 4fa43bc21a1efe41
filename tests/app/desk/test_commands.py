from __future__ import annotations

import pytest

from gaze_demo.desk.commands import COMMANDS, MENUS, SEPARATOR, Command, CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.desk.switches import Switches

REAL = [command for command in COMMANDS if command.id != SEPARATOR]


def test_ids_shortcuts_and_access_keys_are_each_used_once() -> None:
    assert len({command.id for command in REAL}) == len(REAL)
    keys = [command.keys for command in REAL if command.keys]
    assert len(set(keys)) == len(keys)
    for menu in MENUS:
        letters = [c.text[c.text.index("&") + 1].lower() for c in REAL if c.menu == menu and "&" in c.text]
        assert len(set(letters)) == len(letters), menu


@pytest.mark.parametrize("command", [c for c in REAL if c.state], ids=lambda c: c.id)
def test_every_switch_goes_on_and_off_and_tells_so(command: Command) -> None:
    state = WindowState()
    switches, told = Switches(state), []
    switches.watch(command, lambda: told.append(switches.is_on(command)))
    for on in (True, False, True):
        switches.switch(command, on)
        assert switches.is_on(command) is on
        assert told[-1] is on


def test_what_needs_something_is_enabled_once_it_is_there() -> None:
    state = WindowState()
    switches, command = Switches(state), CommandBook(COMMANDS).by_id["results"]
    assert not switches.is_enabled(command)
    state.profile = object()  # type: ignore[assignment]
    assert switches.is_enabled(command)


def test_the_filter_comes_back_as_it_was() -> None:
    state = WindowState()
    state.filter = state.filter.with_value("beta", 9.0)
    before, switches, command = state.filter, Switches(state), CommandBook(COMMANDS).by_id["filter"]
    switches.switch(command, False)
    assert not state.filtered
    switches.switch(command, True)
    assert state.filter == before


def test_commands_are_found_by_parts_of_their_names() -> None:
    book = CommandBook(COMMANDS)
    assert [command.id for command in book.found("head ax")] == ["axes"]
    assert book.found("calibrate")[0].id == "calibrate"
    assert len(book.found("")) == len(REAL)
    assert book.found("no such thing") == []


def test_a_command_that_nothing_is_bound_to_yet_does_nothing() -> None:
    CommandBook(COMMANDS).run("calibrate")
