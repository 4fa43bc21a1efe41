"""What every source of frames offers, and what can go wrong with one."""

from __future__ import annotations

from typing import Literal, Protocol

from gaze_demo.camera.frame import Frame
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics

Fault = Literal["absent", "busy", "denied", "unplugged", "silent", "unreadable"]


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
        """Harmless where nothing is open."""
