"""What every source of frames offers, and what can go wrong with one."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from gaze_demo.camera.frame import Frame
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics

Fault = Literal["absent", "busy", "denied", "unplugged", "silent", "frozen", "unreadable"]


class SourceError(UserError):
    """A source cannot be opened, or is lost; `kind` says which way, the sentence what to do."""

    def __init__(self, kind: Fault, sentence: str) -> None:
        super().__init__(sentence)
        self.kind: Fault = kind


class Source(Protocol):
    """Frames from somewhere. Used from one thread at a time; `open`, `read` and `close` may take their time.

    `open` may be called again after `close`. A frame's index rises strictly; a live source goes on counting when it is
    opened again, and a gap in a file's indices are frames left out for being late.

    Attributes:
        name: for people; a camera's is known once it is open.
        live: frames come from now, as from a camera; a lost one is worth waiting for.
        independent: each image stands for itself, and nothing may be carried over to the next.
        frame_rate: nominal frames a second, where there is such a thing.
        frame_count: how many frames there are, as far as that is known beforehand.
        intrinsics: the lens, where it is exactly known.

    A source that draws its frames itself has `rendered` True besides: it has no cable.
    """

    @property
    def name(self) -> str: ...
    @property
    def live(self) -> bool: ...
    @property
    def independent(self) -> bool: ...
    @property
    def frame_rate(self) -> float | None: ...
    @property
    def frame_count(self) -> int | None: ...
    @property
    def intrinsics(self) -> Intrinsics | None: ...

    def open(self) -> None:
        """Raises SourceError."""

    def read(self) -> Frame | None:
        """The next frame, waiting for it; None at the end. Raises SourceError when the source is lost."""

    def close(self) -> None:
        """Harmless if nothing is open."""


@runtime_checkable
class Interruptible(Protocol):
    """A source whose `read` may wait for long, and can be told from any thread not to."""

    def interrupt(self) -> None:
        """Makes `read` return None soon; `open` makes the source readable again."""


@runtime_checkable
class Album(Protocol):
    """Pictures that can be turned over. Everything may be called and read from any thread.

    Attributes:
        count: how many there are.
        number: of the picture that is shown, from 1; 0 before the first.
        current: its file name.
        paused: the picture stays.
    """

    @property
    def count(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def current(self) -> str: ...
    @property
    def paused(self) -> bool: ...

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def next(self) -> None:
        """Show the next picture; after the last comes the first where pictures take turns."""

    def previous(self) -> None:
        """Show the picture before, likewise."""


@runtime_checkable
class Player(Protocol):
    """A film that can be played like one. Everything may be called and read from any thread.

    Attributes:
        duration_s: of the film, where it is known.
        position_s: time of the frame that `read` gave last.
        ended: the last frame was given, and nothing was asked for since.
        paused: `read` waits until something is asked for.
        speed: 1 is the film's own.
        loop: after the last frame comes the first again.
    """

    @property
    def duration_s(self) -> float | None: ...
    @property
    def position_s(self) -> float: ...
    @property
    def ended(self) -> bool: ...
    @property
    def paused(self) -> bool: ...

    speed: float
    loop: bool

    def pause(self) -> None:
        """Stay at the frame that is shown."""

    def resume(self) -> None:
        """Go on; from the beginning where the film has ended."""

    def seek(self, time_s: float) -> None:
        """Show the frame of that time; a paused film stays paused."""

    def step(self, frames: int = 1) -> None:
        """Pause, and show the frame that many after this one, or before it where the number is negative."""
