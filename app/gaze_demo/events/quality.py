"""How good a recording of gaze is, in the figures that eye-tracking papers report.

Definitions as in ETDQualitizer (Niehorster et al., "Fundamentals of eye tracking and its pitfalls", Behavior Research
Methods 2025), which gives the same numbers. Angles are azimuth and elevation in degrees, (n, 2), NaN if there is no
gaze.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.geometry import Array

BCEA_SHARE = 0.68


@dataclass(frozen=True)
class Quality:
    """Of one stretch of a recording.

    `rms_s2s_deg`: root mean square of the steps between successive samples. `sd_deg`: standard deviation, both axes
    together. `bcea_deg2`: area of the ellipse that holds 68 % of the samples. `data_loss`: share of samples without a
    gaze, 0..1. `effective_hz`: samples with a gaze a second. `accuracy_deg`: offset of the mean gaze from a target,
    None if none is known.
    """

    rms_s2s_deg: float
    sd_deg: float
    bcea_deg2: float
    data_loss: float
    effective_hz: float
    accuracy_deg: float | None = None


def quality(time_s: Array, angles_deg: Array, target_deg: Array | None = None) -> Quality:
    """The figures of a stretch of n samples; NaN if there are too few."""
    return Quality(
        rms_s2s_deg=rms_s2s(angles_deg),
        sd_deg=standard_deviation(angles_deg),
        bcea_deg2=bcea(angles_deg),
        data_loss=data_loss(angles_deg),
        effective_hz=effective_frequency(time_s, angles_deg),
        accuracy_deg=None if target_deg is None else accuracy(angles_deg, target_deg),
    )


def accuracy(angles_deg: Array, target_deg: Array) -> float:
    """The angle in degrees between the mean direction and a target (2,)."""
    known = angles_deg[np.isfinite(angles_deg).all(1)]
    if not len(known):
        return float("nan")
    mean, target = _vectors(known).mean(0), _vectors(target_deg[None])[0]
    cross = float(np.linalg.norm(np.cross(mean, target)))
    return float(np.degrees(np.arctan2(cross, float(mean @ target))))


def rms_s2s(angles_deg: Array) -> float:
    """Steps across a sample without a gaze do not count."""
    steps = (np.diff(angles_deg, axis=0) ** 2).sum(1)
    steps = steps[np.isfinite(steps)]
    return float(np.sqrt(steps.mean())) if len(steps) else float("nan")


def standard_deviation(angles_deg: Array) -> float:
    """The square root of the sum of both axes' variances."""
    known = angles_deg[np.isfinite(angles_deg).all(1)]
    return float(np.hypot(*known.std(0))) if len(known) else float("nan")


def bcea(angles_deg: Array, share: float = BCEA_SHARE) -> float:
    """Bivariate contour ellipse area in square degrees (Steinman, 1965)."""
    known = angles_deg[np.isfinite(angles_deg).all(1)]
    if len(known) < 3:
        return float("nan")
    (xx, xy), (_, yy) = np.cov(known.T)
    return float(2 * np.log(1 / (1 - share)) * np.pi * np.sqrt(max(xx * yy - xy**2, 0.0)))


def data_loss(angles_deg: Array) -> float:
    return float((~np.isfinite(angles_deg).all(1)).mean()) if len(angles_deg) else float("nan")


def effective_frequency(time_s: Array, angles_deg: Array) -> float:
    """Samples with a gaze by the duration, the last sample's own time included."""
    if len(time_s) < 2:
        return float("nan")
    duration_s = time_s[-1] - time_s[0] + np.median(np.diff(time_s))
    return float(np.isfinite(angles_deg).all(1).sum() / duration_s)


def _vectors(angles_deg: Array) -> Array:
    azimuth, elevation = np.radians(angles_deg).T
    return np.stack([np.cos(elevation) * np.sin(azimuth), np.sin(elevation), np.cos(elevation) * np.cos(azimuth)], -1)
