"""Numbers and reasons as text for people."""

from __future__ import annotations

from typing import Final

MINUS, NONE = "\N{MINUS SIGN}", "–"

_HINTS: Final = {
    "no face": "No face found. Look towards the camera, with light on your face.",
    "eye closed": "Eyes closed.",
    "lids moving": "Around a blink no gaze is shown.",
    "eye too small": "The eyes are too small. Move closer, or choose a higher resolution.",
    "too dark": "Too dark. Turn on a light in front of you.",
    "eye out of the picture": "Your eyes are out of the picture. Move, or tilt the camera.",
    "two people": "Another person is in the picture and you are not. Come back, or click on the face to follow.",
    "not computed yet": "Computing…",
    "head turned too far": "The head is turned too far. Turn towards the camera.",
}


def hint(reason: str) -> str:
    """What to do where a frame gives no gaze for `reason` (the value of a `Reason`)."""
    return _HINTS.get(reason, f"{reason[:1].upper()}{reason[1:]}.")


def signed_degrees(value: float, decimals: int = 1) -> str:
    """With a sign, equally wide for + and -: +3.2°."""
    text = f"{abs(value):.{decimals}f}"
    return (MINUS if value < 0 and float(text) else "+") + text + "°"


def number(value: float | None, decimals: int = 1) -> str:
    return NONE if value is None else f"{value:.{decimals}f}"


def milliseconds(value: float | None) -> str:
    """Two decimals below 1 ms, one below 100 ms, none above."""
    if value is None:
        return NONE
    return f"{value:.{2 if value < 1 else 1 if value < 100 else 0}f}"


def count(value: int | None) -> tuple[str, str]:
    """A number of parameters or operations, three figures long, and its unit: ("4.02", "M")."""
    if value is None:
        return NONE, ""
    scaled = float(value)
    for unit in ("", "k", "M", "G"):
        if scaled < 999.5 or unit == "G":
            decimals = 0 if not unit or scaled >= 99.95 else 1 if scaled >= 9.995 else 2
            return f"{scaled:.{decimals}f}", unit
        scaled /= 1000
    raise AssertionError


def size(num_bytes: int) -> str:
    """A file's size: 1.4 MB."""
    if num_bytes < 1e5:
        return f"{num_bytes / 1e3:.0f} kB"
    return f"{num_bytes / 1e6:.{1 if num_bytes < 1e8 else 0}f} MB"


def whole(value: float) -> str:
    """A whole number, with a proper minus."""
    return f"{MINUS if round(value) < 0 else ''}{abs(round(value))}"


def clock_time(seconds: float) -> str:
    """1:02.5, or 1:02:03.5 from an hour on."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    lead = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{lead}:{rest // 10:02d}.{rest % 10}"
