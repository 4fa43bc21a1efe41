"""One gaze from two eyes: their mean, unless one of them is much less certain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.geometry import Array, mean_direction, normalised

# Eyes whose variances differ by less than this factor count the same. A person's two eyes differ by several degrees for
# reasons that stay (vergence, kappa), so weights that change a little from frame to frame add noise to the mean: the
# median error on a screen rose by 3 % (teacher) and 8 to 13 % (MobileNet25) when each small difference was followed
# (training/EXPERIMENTS.md, 2026-11-28).
CLEAR_FACTOR = 3.0
LEAST_WEIGHT = 0.2  # no readable eye gets less weight: the certainty that a model reports is never trusted completely
# Correlation of the two eyes' errors: on one measured person, two thirds of an eye's error were not shared with the
# other eye
SHARED = 1 / 3


@dataclass(frozen=True, eq=False)
class EyeGaze:
    """One eye's gaze: a unit vector (3,) and, if it is known, its covariance (2, 2), both in the camera frame."""

    vector: Array
    covariance: Array | None = None


def combine(eyes: list[EyeGaze]) -> EyeGaze | None:
    """The gaze of the eyes that can be read; None without any.

    The weights are equal unless both eyes have a variance and one is more than `CLEAR_FACTOR` times the other. Beyond
    this factor, the more certain eye counts for more by the ratio of the variances divided by the factor, up to
    1 - `LEAST_WEIGHT`.
    """
    if not eyes:
        return None
    if len(eyes) == 1:
        return eyes[0]
    first, second = eyes
    if first.covariance is None or second.covariance is None:
        return EyeGaze(mean_direction([first.vector, second.vector]))
    weight = _weight_of_first(float(np.trace(first.covariance)), float(np.trace(second.covariance)))
    roots = np.linalg.cholesky(first.covariance), np.linalg.cholesky(second.covariance)
    joint = SHARED * roots[0] @ roots[1].T
    covariance = (
        weight**2 * first.covariance
        + (1.0 - weight) ** 2 * second.covariance
        + weight * (1.0 - weight) * (joint + joint.T)
    )
    return EyeGaze(normalised(weight * first.vector + (1.0 - weight) * second.vector), covariance)


def _weight_of_first(variance: float, other_variance: float) -> float:
    clear = max(max(variance, other_variance) / min(variance, other_variance) / CLEAR_FACTOR, 1.0)
    weight = min(clear / (1.0 + clear), 1.0 - LEAST_WEIGHT)
    return weight if variance < other_variance else 1.0 - weight
