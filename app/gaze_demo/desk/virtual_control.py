"""The settings of the virtual participant: look at the pointer or along a path, which person, a moving head."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, cast

from gaze_demo.desk.observed import Told
from gaze_demo.desk.state import PEOPLE, VIRTUAL, VirtualChoice, WindowState
from gaze_demo.geometry import Array
from gaze_demo.participant.names import find_person


class Participant(Protocol):
    """A source whose gaze can be directed."""

    def look_at_mm(self, target_mm: Array) -> None:
        """(3,) in the camera frame."""

    def fixate_mm(self, target_mm: Array | None) -> None:
        """The same with any of its settings, until None is given."""


class VirtualControl:
    """Turns the state's choices into a spec, and directs the participant's gaze. Signals: `respec`, when the source
    must be opened again to apply the settings.
    """

    def __init__(self, state: WindowState) -> None:
        self.respec: Told[None] = Told()
        self._state = state
        self._more: list[str] = []
        self._participant: Participant | None = None
        self._told_to_look = self._adopting = False
        state.on("virtual", self._change)

    @property
    def spec(self) -> str:
        """What `open_source` takes."""
        chosen = self._state.virtual
        parts = [*(["path"] if chosen.gaze == "path" else []), f"person={chosen.person}", f"head={chosen.head}"]
        return f"{VIRTUAL}:" + ",".join(parts + self._more)

    @property
    def follows_pointer(self) -> bool:
        """Whether `point_at` does anything."""
        return self._participant is not None and self._state.pointer and not self._told_to_look

    def adopt(self, spec: str) -> None:
        """Apply the settings that `spec` names; the others stay."""
        self._more, chosen = [], self._state.virtual
        for part in filter(None, spec.partition(":")[2].split(",")):
            name, _, value = part.strip().partition("=")
            if name in ("path", "pointer"):
                chosen = replace(chosen, gaze=name)
            elif name == "person" and value in map(str, range(PEOPLE)):
                chosen = replace(chosen, person=int(value))
            elif (person := find_person(name)) is not None:
                chosen = replace(chosen, person=person)
            elif name == "head" and value in ("still", "moving"):
                chosen = replace(chosen, head=value)
            else:
                self._more.append(part.strip())
        self._adopting = True
        self._state.virtual = chosen
        self._adopting = False

    def use(self, source: object | None) -> None:
        """The source in use, or None if it is another one."""
        self._participant = cast("Participant", source) if source is not None else None
        self._told_to_look = False

    def look_at(self, target_mm: Array | None) -> None:
        """Look at a dot (3,) of the camera frame, regardless of pointer and path; None goes back to them."""
        self._told_to_look = target_mm is not None
        if self._participant is not None:
            self._participant.fixate_mm(target_mm)

    def point_at(self, target_mm: Array) -> None:
        """The mouse pointer is at this point (3,) of the glass, camera frame."""
        if self.follows_pointer and self._participant is not None:
            self._participant.look_at_mm(target_mm)

    def _change(self, choice: VirtualChoice) -> None:
        if self._participant is not None and not self._adopting:
            self.respec.tell(None)
