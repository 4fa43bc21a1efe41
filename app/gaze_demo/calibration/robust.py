"""Means and least squares with equal weight for each target and little weight for outliers."""

from __future__ import annotations

import numpy as np

from gaze_demo.geometry import Array

# The frames of one look have similar errors: together they weigh as much as this many independent frames
_FRAMES_A_TARGET = 4.0
_FIRST_NOISE, _LEAST_NOISE = 0.03, 0.002  # of slopes; the first is replaced by what is measured
# In units of the spread: beyond the first a residual counts less, beyond the second not at all
_HUBER, _TRIM = 2.0, 5.0
_STEPS = 5


def robust_mean(values: Array, weights: Array) -> Array:
    """The mean (2,) of values (n, 2) by weights (n,), outliers counting little."""
    mean = np.median(values, 0)
    for _ in range(_STEPS):
        robust = weights * robust_weights(values - mean)
        mean = (values * robust[:, None]).sum(0) / robust.sum()
    return np.asarray(mean)


def robust_solve(designs: list[Array], wanted: Array, weights: Array, expected: Array, prior_sd: Array) -> Array:
    """Coefficients (2, k) of x and y by weighted least squares with a normal prior, reweighted after Huber."""
    robust, noise = np.ones(len(wanted)), _FIRST_NOISE
    solved = expected
    for _ in range(_STEPS):
        total = (weights * robust)[:, None]
        solved = np.array(
            [
                np.linalg.solve(
                    (design * total).T @ design / noise**2 + np.diag(prior_sd**-2),
                    (design * total).T @ wanted[:, i] / noise**2 + expected[i] * prior_sd**-2,
                )
                for i, design in enumerate(designs)
            ]
        )
        residuals = wanted - np.stack([design @ row for design, row in zip(designs, solved, strict=True)], 1)
        robust = robust_weights(residuals)
        spread = float((weights * robust * (residuals**2).mean(1)).sum() / weights.sum())
        noise = max(spread**0.5, _LEAST_NOISE)
    return solved


def target_weights(target: Array, weight: Array) -> Array:
    """One weight per frame, so that each target weighs the same, whatever its number of frames.

    `weight` (n,) is the weight of each frame on its own: a target with uncertain or old frames weighs less.
    """
    _, inverse, counts = np.unique(target, return_inverse=True, return_counts=True)
    return np.asarray(np.minimum(_FRAMES_A_TARGET / counts, 1.0)[inverse] * weight)


def robust_weights(residuals: Array) -> Array:
    """Weights (n,) of residuals (n, 2): 1 within the usual spread, falling with the distance beyond, 0 far out."""
    sizes = np.linalg.norm(residuals, axis=1)
    spread = max(float(np.median(sizes)) / 1.1774, 1e-9)  # the median radius of a normal distribution in the plane
    return np.where(sizes > _TRIM * spread, 0.0, np.minimum(1.0, _HUBER * spread / np.maximum(sizes, 1e-12)))
