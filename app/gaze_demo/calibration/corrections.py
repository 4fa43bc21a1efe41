"""The corrections that can be fitted to labelled readings, from an offset to a ridge on features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.calibration.mapping import (
    HEAD_TERMS,
    Mapping,
    Three,
    head_terms,
    ray_slopes,
    target_slopes,
    turn,
)
from gaze_demo.calibration.readings import EYE_FEATURES, Labelled
from gaze_demo.calibration.robust import robust_mean, robust_solve, robust_weights, target_weights
from gaze_demo.geometry import Array, vector_to_pitch_yaw

# How far from the identity a correction is expected: a prior that matters only if the targets are few or bad.
_GAIN_SD, _OFFSET_SD, _HEAD_SD = 0.5, 0.2, np.array([0.2, 0.2, 0.1])
# How much a model's error differs from target to target, along each axis, before anything is measured; and how many
# measured targets this assumption counts for.
_USUAL_SPREAD, _WORTH_TARGETS = np.radians(2.0), 2.0
_RIDGE_PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)  # by the mean variance of the components
_RIDGE_COMPONENTS = 24
# Of a feature, in the usual scale of its kind. Without this floor, a feature that hardly varied at the targets would
# dominate as soon as it varies.
_LEAST_SCALE = 0.2
_GAIN_PENALTY = 0.01


def fit_offset(labelled: Labelled) -> Mapping:
    """Kappa alone: the robust mean of the angles between gaze and target, with equal weight for each target, shrunk."""
    readings = labelled.readings
    wanted = vector_to_pitch_yaw(turn(readings.frame, labelled.point_mm - readings.origin_mm))
    missing = wanted - vector_to_pitch_yaw(turn(readings.frame, readings.gaze))
    return Mapping(correction="offset", kappa_rad=_pair(_shrunk_mean(missing, labelled)))


def fit_lens(labelled: Labelled) -> Mapping:
    """A shift of the glass alone, shrunk."""
    missing = (labelled.point_mm - Mapping().point_mm(labelled.readings))[:, :2]
    distance_mm = float(np.median(labelled.readings.origin_mm[:, 2]))
    return Mapping(correction="offset", lens_mm=_pair(_shrunk_mean(missing / distance_mm, labelled) * distance_mm))


def _shrunk_mean(missing: Array, labelled: Labelled) -> Array:
    """The robust mean (2,) of angles (n, 2), shrunk after James and Stein.

    A model's error differs from target to target, so the mean of few targets may be due to chance. The less it exceeds
    what chance gives, the more it is shrunk, down to zero.
    """
    target = labelled.target
    mean = robust_mean(missing, target_weights(target, labelled.weight))
    targets = np.unique(target)
    by_target = np.array([np.median(missing[target == one], 0) for one in targets])
    squares = float(((by_target - by_target.mean(0)) ** 2).sum()) / 2
    variance = (_WORTH_TARGETS * _USUAL_SPREAD**2 + squares) / (_WORTH_TARGETS + len(targets) - 1)
    chance = 2 * variance / len(targets)
    return mean * max(0.0, 1.0 - chance / max(float(mean @ mean), 1e-12))


def fit_affine(labelled: Labelled, base: Mapping, *, head: bool = False) -> Mapping:
    """Gain, cross-talk and offset of the slopes that an offset leaves.

    Its only head term is nearness: the effect of a displaced lens falls with the distance. With `head`, a few strongly
    regularised terms are added.
    """
    readings = labelled.readings
    slopes = ray_slopes(readings, np.array(base.kappa_rad))
    wanted = wanted_slopes(labelled, base)
    weights = target_weights(labelled.target, labelled.weight)
    terms = head_terms(readings)
    rest = np.tensordot(weights / weights.sum(), terms, 1)
    columns = np.concatenate([slopes, np.ones((len(slopes), 1))], 1)
    used = slice(0, HEAD_TERMS) if head else slice(HEAD_TERMS - 1, HEAD_TERMS)
    designs = [np.concatenate([columns, (terms[:, i] - rest[i])[:, used]], 1) for i in (0, 1)]
    prior_sd = np.concatenate([[_GAIN_SD, _GAIN_SD, _OFFSET_SD], _HEAD_SD[used]])
    expected = np.zeros((2, len(prior_sd)))
    expected[0, 0] = expected[1, 1] = 1.0
    solved = robust_solve(designs, wanted, weights, expected, prior_sd)
    weights_of_head = np.zeros((2, HEAD_TERMS))
    weights_of_head[:, used] = solved[:, 3:]
    return base.model_copy(
        update={
            "correction": "affine and head" if head else "affine",
            "gain": (_pair(solved[0]), _pair(solved[1])),
            "offset": _pair(solved[:, 2]),
            "head": _threes(weights_of_head),
            "head_rest": _threes(rest),
        }
    )


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components of features: `axes` (k, F) of features with `mean` (F,) taken off, divided by `scale`."""

    mean: Array
    scale: Array
    axes: Array

    @classmethod
    def of(cls, labelled: Labelled) -> Components:
        """They do not depend on the targets, so that the folds of a cross-validation may share them."""
        features, weights = labelled.readings.features, target_weights(labelled.target, labelled.weight)
        mean = np.average(features, 0, weights)
        scale = np.sqrt(np.average((features - mean) ** 2, 0, weights))
        for kind in (slice(0, EYE_FEATURES), slice(EYE_FEATURES, None)):
            usual = np.sqrt((scale[kind] ** 2).mean()) if len(scale[kind]) else 0.0
            scale[kind] = np.maximum(scale[kind], _LEAST_SCALE * usual)
        scale = np.where(scale > 1e-9, scale, np.inf)
        _, _, axes = np.linalg.svd((features - mean) / scale * np.sqrt(weights)[:, None], full_matrices=False)
        return cls(mean, scale, axes[:_RIDGE_COMPONENTS])

    def project(self, features: Array) -> Array:
        """Features (n, F) as components (n, k)."""
        return (features - self.mean) / self.scale @ self.axes.T


def fit_ridges(labelled: Labelled, base: Mapping, components: Components) -> list[Mapping]:
    """For each penalty a ridge of what `base` leaves on the components of the features.

    The gain is fitted again with them: if the features predict better than a noisy gaze, the gaze counts for less.
    """
    readings = labelled.readings
    weights = target_weights(labelled.target, labelled.weight)
    left = wanted_slopes(labelled, base) - base.slopes(readings)
    slopes = ray_slopes(readings, np.array(base.kappa_rad))
    middle = np.average(slopes, 0, weights)
    design = np.concatenate([slopes - middle, components.project(readings.features)], 1)
    weighted = design * (weights * robust_weights(left))[:, None]
    gram, right = weighted.T @ design, weighted.T @ left
    strength = np.full(len(gram), max(float(np.diag(gram)[2:].mean()), 1e-12))
    strength[:2] = np.maximum(np.diag(gram)[:2] * _GAIN_PENALTY, 1e-12)
    mappings = []
    for penalty in _RIDGE_PENALTIES:
        solved = np.linalg.solve(gram + np.diag(penalty * strength), right).T
        gain, by_feature = solved[:, :2], solved[:, 2:] @ components.axes / components.scale
        new_gain = np.array(base.gain) + gain
        update = {
            "correction": "ridge",
            "gain": (_pair(new_gain[0]), _pair(new_gain[1])),
            "feature_weights": tuple(tuple(row.tolist()) for row in by_feature),
            "feature_offset": _pair(-by_feature @ components.mean - gain @ middle),
        }
        mappings.append(base.model_copy(update=update))
    return mappings


def wanted_slopes(labelled: Labelled, base: Mapping) -> Array:
    """Slopes (n, 2) to the targets on a glass that is shifted as `base` says."""
    return target_slopes(labelled.readings, labelled.point_mm - np.array([*base.lens_mm, 0.0]))


def _pair(values: Array) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _threes(values: Array) -> tuple[Three, Three]:
    (a, b, c), (d, e, f) = values.tolist()
    return (a, b, c), (d, e, f)
