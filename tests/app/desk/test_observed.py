from __future__ import annotations

from dataclasses import dataclass

from gaze_demo.desk.observed import Observed


@dataclass
class Thing(Observed):
    size: int = 1
    name: str = ""


def test_a_change_is_told_and_the_same_value_is_not() -> None:
    thing, told = Thing(), []
    thing.on("size", told.append)
    thing.size = 1
    thing.size = 2
    thing.name = "a"
    assert told == [2]


def test_two_things_do_not_hear_of_each_other() -> None:
    one, other, told = Thing(), Thing(), []
    one.on("size", told.append)
    other.size = 9
    assert told == []


def test_now_tells_the_present_value_too() -> None:
    thing, told = Thing(size=5), []
    thing.on("size", told.append, now=True)
    thing.on_any(("size", "name"), lambda: told.append("any"), now=True)
    thing.name = "b"
    assert told == [5, "any", "any"]


def test_a_listener_may_change_what_it_hears_of() -> None:
    thing = Thing()
    thing.on("size", lambda size: setattr(thing, "size", min(size, 3)))
    thing.size = 8
    assert thing.size == 3
