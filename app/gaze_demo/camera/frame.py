"""One camera image and when it was taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array


@dataclass(frozen=True, eq=False)
class Truth:
    """The ground truth of a rendered frame; camera frame, millimetres, unit vectors.

    `left` and `right` are the person's own visual axes, from each eye's centre to the target. `closure` marks a blink:
    0 is lids as open as the gaze has them, 1 is shut.
    """

    target_mm: Array
    left: Array
    right: Array
    left_eye_mm: Array
    right_eye_mm: Array
    head_rotation: Array
    closure: float = 0.0

    @property
    def gaze(self) -> Array:
        """Unit vector from the midpoint of the eyes to the target."""
        ray = self.target_mm - (self.left_eye_mm + self.right_eye_mm) / 2
        return ray / np.linalg.norm(ray)


@dataclass(frozen=True, eq=False)
class Frame:
    """An unmirrored BGR image (height, width, 3) uint8.

    `time_s` is the capture time: of `gaze_demo.clock` for live sources, of the medium's own clock for files.
    `file` is the image's name where the source is a folder. `truth` is known for rendered frames alone. `cut`: the
    frame does not follow the one before it in time, for example after a jump in a film: no state may be carried over.
    """

    image: NDArray[np.uint8]
    index: int
    time_s: float
    file: str = ""
    truth: Truth | None = None
    cut: bool = False

    @property
    def width(self) -> int:
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        return int(self.image.shape[0])

    def after(self, left_out: Frame | None) -> Frame:
        """This frame, replacing one that was skipped: if the skipped frame was a cut, this one is a cut too."""
        return replace(self, cut=True) if left_out is not None and left_out.cut else self
