"""One gaze from two eyes: their mean, weighted by how certain each is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.geometry import Array, mean_direction, normalised

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

    The weights follow the inverse of the total variance if both eyes have one, otherwise they are equal.
    """
    if not eyes:
        return None
    if len(eyes) == 1:
        return eyes[0]
    first, second = eyes
    if first.covariance is None or second.covariance is None:
        return EyeGaze(mean_direction([first.vector, second.vector]))
    certainty = 1.0 / np.array([np.trace(first.covariance), np.trace(second.covariance)])
    weight = float(np.clip(certainty[0] / certainty.sum(), LEAST_WEIGHT, 1.0 - LEAST_WEIGHT))
    roots = np.linalg.cholesky(first.covariance), np.linalg.cholesky(second.covariance)
    joint = SHARED * roots[0] @ roots[1].T
    covariance = (
        weight**2 * first.covariance
        + (1.0 - weight) ** 2 * second.covariance
        + weight * (1.0 - weight) * (joint + joint.T)
    )
    return EyeGaze(normalised(weight * first.vector + (1.0 - weight) * second.vector), covariance)
