"""Fitting a mapping to labelled readings, and choosing among corrections by leaving whole targets out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.calibration.mapping import (
    HEAD_TERMS,
    Correction,
    Mapping,
    Three,
    head_terms,
    ray_slopes,
    target_slopes,
    turn,
)
from gaze_demo.calibration.readings import Labelled
from gaze_demo.geometry import Array, angle_between, vector_to_pitch_yaw

AFFINE_TARGETS = 4
"""Below this many targets only an offset is fitted."""
FREE_FRAMES = 100
"""Below this many frames an affine map beats any map with head or feature terms: measured on a real person."""
FREE_TARGETS = 5
_CLEAR_GAIN = 0.05
"""Share by which a correction with head or feature terms must beat the affine one."""
_FRAMES_A_TARGET = 4.0
"""The frames of one look err alike: together they weigh as this many independent ones."""
_GAIN_SD, _OFFSET_SD, _HEAD_SD = 0.5, 0.2, np.array([0.2, 0.2, 0.1])
"""How far from the identity a correction is expected: a prior that only few or bad targets let through."""
_FIRST_NOISE, _LEAST_NOISE = 0.03, 0.002
"""Of slopes; the first is replaced by what is measured."""
_RIDGE_PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
"""By the mean variance of the components."""
_RIDGE_COMPONENTS = 24
_GAIN_PENALTY = 0.01
_HUBER, _TRIM = 2.0, 5.0
"""In spreads: from where on a residual counts less, and not at all."""
_STEPS = 5


@dataclass(frozen=True)
class Choice:
    """A fitted mapping, and the error in degrees that each correction showed on targets left out of its fit."""

    mapping: Mapping
    left_out_deg: dict[Correction, float]


def fit(labelled: Labelled) -> Choice:
    """The mapping with the correction that serves best on targets left out; raises ValueError without readings."""
    if not len(labelled):
        raise ValueError("nothing to fit to")
    targets = np.unique(labelled.target)
    if len(targets) < AFFINE_TARGETS:
        return Choice(fit_offset(labelled), {})
    free = len(labelled) >= FREE_FRAMES and len(targets) >= FREE_TARGETS
    components = Components.of(labelled) if free else None
    errors = _left_out_errors(labelled, targets, components)
    candidates = _candidates(labelled, components)
    best = 0
    scores: dict[Correction, float] = {}
    for i, mapping in enumerate(candidates):
        name = mapping.correction
        scores[name] = min(scores.get(name, np.inf), float(np.degrees(errors[i].mean())))
        if _beats(errors[i], errors[best], clear=name not in ("offset", "affine")):
            best = i
    return Choice(candidates[best], scores)


def _candidates(labelled: Labelled, components: Components | None) -> list[Mapping]:
    """Every mapping that is considered, simple ones first; without `components` none with head or feature terms.

    What is constant may be the person's kappa or a lens that is not where it is thought to be: both are tried.
    """
    bases = [fit_offset(labelled), fit_lens(labelled)]
    mappings = [*bases, *(fit_affine(labelled, base) for base in bases)]
    if components is not None:
        mappings += [fit_affine(labelled, base, head=True) for base in bases]
        mappings += fit_ridges(labelled, mappings[2], components)
    return mappings


def _left_out_errors(labelled: Labelled, targets: Array, components: Components | None) -> Array:
    """Errors (candidates, targets) in rad: the median over a target's frames, of the fit without that target."""
    columns = []
    for target in targets:
        out = labelled.target == target
        left = labelled.take(out)
        columns.append([np.median(angular_errors(m, left)) for m in _candidates(labelled.take(~out), components)])
    return np.array(columns).T


def _beats(errors: Array, best: Array, *, clear: bool) -> bool:
    """Whether errors by target are lower: by any amount, or by a clear share and more than the difference's spread."""
    gain = best - errors
    if not clear:
        return bool(gain.mean() > 0)
    spread = gain.std(ddof=1) / np.sqrt(len(gain))
    return bool(gain.mean() > max(_CLEAR_GAIN * best.mean(), spread))


def angular_errors(mapping: Mapping, labelled: Labelled) -> Array:
    """Angles (n,) in rad, seen from the measured eyes, between the target and the mapped point."""
    origin = labelled.readings.origin_mm
    return angle_between(labelled.point_mm - origin, mapping.point_mm(labelled.readings) - origin)


def fit_offset(labelled: Labelled) -> Mapping:
    """Kappa alone: the robust mean of the angles between gaze and target, each target counting alike."""
    readings = labelled.readings
    wanted = vector_to_pitch_yaw(turn(readings.frame, labelled.point_mm - readings.origin_mm))
    kappa = _robust_mean(wanted - vector_to_pitch_yaw(turn(readings.frame, readings.gaze)), labelled.target)
    return Mapping(correction="offset", kappa_rad=_pair(kappa))


def fit_lens(labelled: Labelled) -> Mapping:
    """A shift of the glass alone."""
    missing = (labelled.point_mm - Mapping().point_mm(labelled.readings))[:, :2]
    return Mapping(correction="offset", lens_mm=_pair(_robust_mean(missing, labelled.target)))


def fit_affine(labelled: Labelled, base: Mapping, *, head: bool = False) -> Mapping:
    """Gain, cross-talk and offset of the slopes that an offset leaves.

    Its one term of the head is nearness: a lens that is elsewhere is seen at an angle that falls with the distance.
    With `head`, few and strongly regularised others are added.
    """
    readings = labelled.readings
    slopes = ray_slopes(readings, np.array(base.kappa_rad))
    wanted = _wanted(labelled, base)
    weights = _target_weights(labelled.target)
    terms = head_terms(readings)
    rest = np.tensordot(weights / weights.sum(), terms, 1)
    columns = np.concatenate([slopes, np.ones((len(slopes), 1))], 1)
    used = slice(0, HEAD_TERMS) if head else slice(HEAD_TERMS - 1, HEAD_TERMS)
    designs = [np.concatenate([columns, (terms[:, i] - rest[i])[:, used]], 1) for i in (0, 1)]
    prior_sd = np.concatenate([[_GAIN_SD, _GAIN_SD, _OFFSET_SD], _HEAD_SD[used]])
    expected = np.zeros((2, len(prior_sd)))
    expected[0, 0] = expected[1, 1] = 1.0
    solved = _robust_solve(designs, wanted, weights, expected, prior_sd)
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
        """They know nothing of targets, so that folds of a cross-validation may share them."""
        features, weights = labelled.readings.features, _target_weights(labelled.target)
        mean = np.average(features, 0, weights)
        scale = np.sqrt(np.average((features - mean) ** 2, 0, weights))
        scale = np.where(scale > 1e-9, scale, np.inf)
        _, _, axes = np.linalg.svd((features - mean) / scale * np.sqrt(weights)[:, None], full_matrices=False)
        return cls(mean, scale, axes[:_RIDGE_COMPONENTS])

    def project(self, features: Array) -> Array:
        """Features (n, F) as components (n, k)."""
        return (features - self.mean) / self.scale @ self.axes.T


def fit_ridges(labelled: Labelled, base: Mapping, components: Components) -> list[Mapping]:
    """For each penalty a ridge of what `base` leaves on the components of the features.

    The gain may change along with them: where features tell more than a noisy gaze, it counts for less.
    """
    readings = labelled.readings
    weights = _target_weights(labelled.target)
    left = _wanted(labelled, base) - base.slopes(readings)
    slopes = ray_slopes(readings, np.array(base.kappa_rad))
    middle = np.average(slopes, 0, weights)
    design = np.concatenate([slopes - middle, components.project(readings.features)], 1)
    weighted = design * (weights * _robust_weights(left))[:, None]
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


def _wanted(labelled: Labelled, base: Mapping) -> Array:
    """Slopes (n, 2) to the targets on a glass that is shifted as `base` says."""
    return target_slopes(labelled.readings, labelled.point_mm - np.array([*base.lens_mm, 0.0]))


def _robust_mean(values: Array, target: Array) -> Array:
    """The mean (2,) of values (n, 2), each target counting alike, outliers little."""
    weights = _target_weights(target)
    mean = np.median(values, 0)
    for _ in range(_STEPS):
        robust = weights * _robust_weights(values - mean)
        mean = (values * robust[:, None]).sum(0) / robust.sum()
    return np.asarray(mean)


def _robust_solve(designs: list[Array], wanted: Array, weights: Array, expected: Array, prior_sd: Array) -> Array:
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
        robust = _robust_weights(residuals)
        spread = float((weights * robust * (residuals**2).mean(1)).sum() / weights.sum())
        noise = max(spread**0.5, _LEAST_NOISE)
    return solved


def _target_weights(target: Array) -> Array:
    """One weight a frame, so that each target weighs the same, whatever its number of frames."""
    _, inverse, counts = np.unique(target, return_inverse=True, return_counts=True)
    return np.asarray(np.minimum(_FRAMES_A_TARGET / counts, 1.0)[inverse])


def _robust_weights(residuals: Array) -> Array:
    """Weights (n,) of residuals (n, 2): 1 within the usual spread, falling with the distance beyond, 0 far out."""
    sizes = np.linalg.norm(residuals, axis=1)
    spread = max(float(np.median(sizes)) / 1.1774, 1e-9)  # the median radius of a normal distribution in the plane
    return np.where(sizes > _TRIM * spread, 0.0, np.minimum(1.0, _HUBER * spread / np.maximum(sizes, 1e-12)))


def _pair(values: Array) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _threes(values: Array) -> tuple[Three, Three]:
    (a, b, c), (d, e, f) = values.tolist()
    return (a, b, c), (d, e, f)
