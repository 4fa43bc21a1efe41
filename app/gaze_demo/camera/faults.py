"""The sentences for the faults of a camera, each with its remedy."""

from __future__ import annotations

import sys

from gaze_demo.camera.source import SourceError


def absent(name: str) -> SourceError:
    return SourceError("absent", f"{name} is not connected: plug it in, or choose another source.")


def denied(name: str, remedy: str) -> SourceError:
    return SourceError("denied", f"{name} cannot be used by this account: {remedy}, or choose another source.")


def busy(name: str) -> SourceError:
    sentence = f"{name} is in use by another program: close that program, or choose another source."
    if sys.platform == "win32":  # the system reports the same error if the user denied access
        sentence += " If no other program has it, allow it in Settings > Privacy & security > Camera."
    return SourceError("busy", sentence)


def unplugged(name: str) -> SourceError:
    return SourceError("unplugged", f"{name} was unplugged: plug it in again, or choose another source.")


def silent(name: str, rendered: bool = False) -> SourceError:
    if rendered:
        return SourceError(
            "silent",
            f"{name} draws no picture: the computer is too busy. Close other programs, or choose another source.",
        )
    return SourceError(
        "silent", f"{name} sends no picture: check its cable and its privacy switch, or choose another source."
    )


def frozen(name: str) -> SourceError:
    return SourceError(
        "frozen",
        f"{name} keeps sending the same picture: open its cover, restart the program that feeds it, or plug it in "
        "again.",
    )
