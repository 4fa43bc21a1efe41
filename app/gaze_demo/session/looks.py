"""The looks at known points that a recording's markers describe, to calibrate with a session.

The marker `target X Y` begins a look at a pixel of the screen, and `validation X Y` one that takes no part in a fit.
Either lasts until the next of them, or until `target end`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_demo.session.events_file import Event

SETTLE_S = 0.6  # after a target appears: the eyes are still moving (Leigh and Zee, 2015: 0.2 s until they start)
LONGEST_S = 10.0
END = "target end"
_NUMBER = r"(-?\d{1,6}(?:\.\d{1,6})?)"
_TARGET = re.compile(rf"(target|validation) {_NUMBER},? {_NUMBER}")


@dataclass(frozen=True)
class Look:
    """A look at a pixel (x, y) of the screen from `start_s` to `end_s`; the eyes have arrived by then."""

    kind: Literal["fit", "validation"]
    x_px: float
    y_px: float
    start_s: float
    end_s: float


def looks_of(events: Iterable[Event], end_s: float) -> list[Look]:
    """The looks that the markers describe, in order; `end_s` is the end of the recording."""
    marks = [event for event in events if event.kind == "marker" and event.text.startswith(("target", "validation"))]
    looks = []
    for i, event in enumerate(marks):
        found = _TARGET.fullmatch(event.text.strip())
        if found is None:
            continue
        after_s = marks[i + 1].time_s if i + 1 < len(marks) else end_s
        start_s, stop_s = event.time_s + SETTLE_S, min(after_s, event.time_s + LONGEST_S)
        if stop_s > start_s:
            kind: Literal["fit", "validation"] = "fit" if found[1] == "target" else "validation"
            looks.append(Look(kind, float(found[2]), float(found[3]), start_s, stop_s))
    return looks


def unreadable_marks(events: Iterable[Event]) -> list[Event]:
    """Markers that begin as those of looks do and do not name a pixel."""
    marks = (event for event in events if event.kind == "marker" and event.text.startswith(("target", "validation")))
    return [event for event in marks if event.text.strip() != END and not _TARGET.fullmatch(event.text.strip())]


def look_of_times(looks: Iterable[Look], time_s: Array) -> NDArray[np.int64]:
    """Which look each time (n,) belongs to, -1 for none."""
    index = np.full(len(time_s), -1)
    for i, look in enumerate(looks):
        index[(time_s >= look.start_s) & (time_s < look.end_s)] = i
    return index
