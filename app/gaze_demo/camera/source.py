"""What every source of frames offers, and what can go wrong with one."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from gaze_demo.camera.frame import Frame
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics

Fault = Literal["absent", "busy", "denied", "unplugged", "silent", "frozen", "unreadable"]


class SourceError(UserError):
    """A source cannot be opened, or is lost; `kind` is the kind of fault, the sentence says what to do."""

    def __init__(self, kind: Fault, sentence: str) -> None:
        super().__init__(sentence)
        self.kind: Fault = kind


class Source(Protocol):
    """Frames from somewhere. Used from one thread at a time; `open`, `read` and `close` may take their time.

    `open` may be called again after `close`. A frame's index rises strictly; a live source continues to count when it
    is opened again, and gaps in a file's indices are frames that were left out because they were late.

    Attributes:
        name: for people; a camera's is known once it is open.
        live: frames are captured now, as by a camera; a lost source may come back.
        independent: the images are unrelated, and no state may be carried over to the next one.
        frame_rate: nominal frames per second, if there is one.
        frame_count: how many frames there are, if that is known in advance.
        intrinsics: the lens, if it is exactly known.

    A source that renders its frames also has `rendered` True, since it has no cable that could be unplugged.
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
    """A source whose `read` may wait for long; any thread can interrupt it."""

    def interrupt(self) -> None:
        """Makes `read` return None soon; `open` makes the source readable again."""


@runtime_checkable
class Album(Protocol):
    """Pictures that can be shown one after the other. Everything may be called and read from any thread.

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
        """Show the next picture; after the last one comes the first, if pictures change by themselves."""

    def previous(self) -> None:
        """Show the previous picture, likewise."""


@runtime_checkable
class Player(Protocol):
    """A film that can be played like one. Everything may be called and read from any thread.

    Attributes:
        duration_s: of the film, where it is known.
        position_s: time of the frame that `read` gave last.
        ended: the last frame was given, and no command came since.
        paused: `read` waits for a command.
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
        """Show the frame at this time; a paused film stays paused."""

    def step(self, frames: int = 1) -> None:
        """Pause, and show the frame that many after this one, or before it where the number is negative."""
