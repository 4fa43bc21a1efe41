"""What one model makes of an observation."""

from __future__ import annotations

from dataclasses import dataclass

from gaze_demo.geometry import Array
from gaze_demo.observation import Reason


@dataclass(frozen=True, eq=False)
class GazeEstimate:
    """What one model makes of an observation; unit vectors (3,) in the camera frame, None where there is no gaze.

    `gaze` is the mean of the eyes that can be read, or the model's own where it gives one for both (`left` and `right`
    are None then). `origin_mm`: (3,), where `gaze` starts: the middle of the eyes. `embedding`: (rows, E), one row an
    eye (left first) or one for the face.
    """

    model: str
    gaze: Array | None
    left: Array | None
    right: Array | None
    origin_mm: Array | None
    reason: Reason
    normalisation_ms: float
    model_ms: float
    embedding: Array | None = None
