"""Did the eyes follow the dots at all? If they did not, a fit is a fit to noise, but it looks like a result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.calibration.mapping import Mapping, ray_slopes, target_slopes
from gaze_demo.calibration.readings import Labelled
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, angle_between

# Of gaze and dots, in the axis in which it is larger. Eyes that do not move reach it by chance in one of twenty
# sittings of nine and five dots.
LEAST_CORRELATION = 0.6
# The error may be this share of the error that the constant answer "the middle" has. Eyes that do not move are at 1.
MOST_OF_MIDDLE = 0.75
FEWEST_TARGETS = 4


class NotFollowedError(UserError):
    """The eyes did not follow the dots: a calibration is impossible."""

    def __init__(self) -> None:
        super().__init__(
            "Your eyes did not follow the dots; nothing was saved. Look at each dot until it is gone, then calibrate "
            "again."
        )


@dataclass(frozen=True)
class Following:
    """How well one model's gaze followed the dots.

    `correlation`: of raw gaze and dot over all targets, in the better axis; NaN for too few targets. `middle_deg`: mean
    error at the validation's targets of the constant answer "the middle of the targets".
    """

    correlation: float
    middle_deg: float

    def followed(self, accuracy_deg: float) -> bool:
        """Whether a calibrated accuracy at the validation's targets shows that the eyes followed."""
        known = np.isnan(self.correlation) or self.correlation >= LEAST_CORRELATION
        return bool(known and accuracy_deg < MOST_OF_MIDDLE * self.middle_deg)


def following(fitting: Labelled, validation: Labelled) -> Following:
    """Measures it on a model's readings at the targets of fit and validation."""
    gaze, dots = [], []
    for labelled in (fitting, validation):
        slopes = ray_slopes(labelled.readings, np.array(Mapping().kappa_rad))
        wanted = target_slopes(labelled.readings, labelled.point_mm)
        for target in np.unique(labelled.target):
            mine = labelled.target == target
            gaze.append(np.median(slopes[mine], 0))
            dots.append(np.median(wanted[mine], 0))
    origin = validation.readings.origin_mm
    middle = np.array([validation.point_mm[validation.target == t][0] for t in np.unique(validation.target)]).mean(0)
    away = np.degrees(angle_between(middle - origin, validation.point_mm - origin))
    by_target = [away[validation.target == target].mean() for target in np.unique(validation.target)]
    return Following(_correlation(np.array(gaze), np.array(dots)), float(np.mean(by_target)))


def _correlation(gaze: Array, dots: Array) -> float:
    if len(gaze) < FEWEST_TARGETS:
        return float("nan")
    known = [
        float(np.corrcoef(gaze[:, axis], dots[:, axis])[0, 1])
        for axis in (0, 1)
        if gaze[:, axis].std() > 1e-9 and dots[:, axis].std() > 1e-9
    ]
    return max(known, default=0.0)
