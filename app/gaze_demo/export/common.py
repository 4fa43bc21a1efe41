"""What several formats share: names of files, the place of gaze in a trace, and regular times."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.events.angles import visual_angles
from gaze_demo.events.fixations import typical_step
from gaze_demo.geometry import Array
from gaze_demo.session.folder import Session
from gaze_demo.session.trace import GazeTrace


@dataclass(frozen=True, eq=False)
class Place:
    """Where a trace looks: `xy` (n, 2), NaN if there is no gaze, in `unit`: pixels of the screen with y down, or
    degrees of azimuth and elevation if there is no profile."""

    xy: Array
    unit: str


def place_of(session: Session, trace: GazeTrace) -> Place:
    if session.about.screen is not None and trace.on_screen.any():
        return Place(trace.point_px, "pixel")
    return Place(visual_angles(trace, None), "deg")


def traces_of(session: Session) -> list[GazeTrace]:
    """One trace per model. Raises UserError if no model took part."""
    if not session.models:
        raise UserError(f"{session.folder} has no gaze of any model: there is nothing to export.")
    return [session.trace(model) for model in session.models]


def label_of(model: str) -> str:
    """A model's name with only letters and digits."""
    return re.sub(r"[^A-Za-z0-9]+", "", model) or "model"


def file_stem(model: str) -> str:
    """A model's name as a part of a file's name."""
    return re.sub(r"[^\w-]+", "-", model).strip("-") or "model"


def nominal_rate(session: Session, time_s: Array) -> float:
    """The camera's rate where it is known, else that of the median step, in Hz."""
    camera = session.about.camera
    if camera is not None and camera.frame_rate is not None:
        return camera.frame_rate
    return 1.0 / max(typical_step(time_s), 1e-6)


def slots_of(time_s: Array, rate: float) -> tuple[Array, NDArray[np.int64]]:
    """Regular times that cover the trace, and for each the sample that is nearest, or -1 if a frame is
    lost. No sample is used twice, and none is more than half a step away."""
    count = int(np.ceil((time_s[-1] - time_s[0]) * rate + 0.5)) + 1
    regular = time_s[0] + np.arange(count) / rate
    slot = np.clip(np.round((time_s - time_s[0]) * rate).astype(int), 0, count - 1)
    sample = np.full(count, -1)
    sample[slot[::-1]] = np.arange(len(time_s))[::-1]  # the first of two in one slot
    while count > 1 and sample[count - 1] < 0:
        count -= 1
    return regular[:count], sample[:count]
