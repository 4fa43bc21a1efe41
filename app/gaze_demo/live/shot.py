"""What the workers hand to the window: immutable, ready to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gaze_demo.filter.gaze_filter import Gazes

if TYPE_CHECKING:
    from gaze_demo.estimate import GazeEstimate
    from gaze_demo.observation import Observation

Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Shot:
    """One frame with what was found in it; both panes get the same.

    `source` counts the sources opened so far: another number means another source. `cuts` counts the jumps in a
    film so far: between shots of different numbers nothing may be carried over. `preview`: (h, w, 4) BGRA,
    scaled to the panes; `mirrored` or not. `crops`: the person's left and right eye normalised, (h, w, 4) BGRA, not
    mirrored, where asked for. `captured_s`: when the image was taken or, of a file, due; `taken_s`: when work on it
    began; `ready_s`: when it was ready for the models; all of `gaze_demo.clock`.
    """

    source: int
    observation: Observation
    preview: Image
    mirrored: bool
    crops: tuple[Image, Image] | None
    captured_s: float
    taken_s: float
    ready_s: float
    cuts: int = 0


@dataclass(frozen=True, eq=False)
class Sight:
    """What one model made of a shot; without a model `estimate` is None and the shot is shown alone.

    `filtered`: the gazes to draw; those of `estimate` stay raw. `lag_s`: the lag of the filtered gaze behind an eye
    that moves steadily.
    """

    shot: Shot
    estimate: GazeEstimate | None
    filtered: Gazes
    lag_s: float = 0.0
