"""What one model makes of an observation."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gaze_demo.geometry import Array
from gaze_demo.observation import Reason


@dataclass(frozen=True)
class EyeCondition:
    """How well an eye can be seen, as the model reports it; each value from 0 to 1, NaN if it is not reported.

    `iris_visible`: share of the iris disc that can be seen. `openness`: 0 closed, 1 wide open. `blur`: sigma of the
    blur in px of a crop of 60 x 36 px, divided by 4. `glare`: share of the visible eyeball covered by glare. `cover`:
    share of the eye region hidden by something other than the lids.
    """

    iris_visible: float = math.nan
    openness: float = math.nan
    blur: float = math.nan
    glare: float = math.nan
    cover: float = math.nan


@dataclass(frozen=True, eq=False)
class GazeEstimate:
    """What one model makes of an observation; unit vectors (3,) in the camera frame, None if there is no gaze.

    `gaze` is the mean of the eyes that can be read, or the model's own if it gives one gaze for both (`left` and
    `right` are None then). An eye that is much more certain than the other counts for more. `reason` says why there is
    no gaze at all; `left_reason` and `right_reason` why an eye took no part in it.
    `origin_mm`: (3,), where `gaze` starts: the middle of the eyes. `embedding`: (rows, E), one row per eye (left first)
    or one for the face. `left_condition`, `right_condition`: None if the model does not report it. `left_covariance`,
    `right_covariance`, `covariance`: (2, 2) over pitch and yaw in rad^2, camera frame, of `left`, `right` and `gaze`.
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
    left_reason: Reason = Reason.NONE
    right_reason: Reason = Reason.NONE
    left_condition: EyeCondition | None = None
    right_condition: EyeCondition | None = None
    left_covariance: Array | None = None
    right_covariance: Array | None = None
    covariance: Array | None = None
