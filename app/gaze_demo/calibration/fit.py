"""Chooses among corrections by leaving out whole targets: a correction is used only if it helps at targets left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.calibration.corrections import Components, fit_affine, fit_lens, fit_offset, fit_ridges
from gaze_demo.calibration.ellipse import Residuals, residuals
from gaze_demo.calibration.mapping import Correction, Mapping
from gaze_demo.calibration.readings import Labelled
from gaze_demo.geometry import Array, angle_between

AFFINE_TARGETS = 4  # below this many targets only an offset is fitted
# Below this many frames an affine map beats any map with head or feature terms: measured on a real person.
FREE_FRAMES = 100
FREE_TARGETS = 5
# From few to many parameters.
_RANK: dict[Correction, int] = {"none": 0, "offset": 1, "affine": 2, "affine and head": 3, "ridge": 3}
_MOST_FOLDS = 20
_CLEARLY = 0.5  # a correction with more parameters must beat a simpler one by this many standard errors


@dataclass(frozen=True)
class Choice:
    """A fitted mapping, and the error in degrees that each correction showed on targets left out of its fit.

    `residuals`: of such a mapping on the targets left out; None for too few targets.
    """

    mapping: Mapping
    left_out_deg: dict[Correction, float]
    residuals: Residuals | None = None


def fit(labelled: Labelled, only: Correction | None = None) -> Choice:
    """The mapping with the correction that is best on targets left out, or the best of the kind `only`.

    Raises ValueError without readings, or if there are too few frames or targets for that kind. Readings without
    features get no correction that needs them.
    """
    if not len(labelled):
        raise ValueError("nothing to fit to")
    targets = np.unique(labelled.target)
    if len(targets) < AFFINE_TARGETS:
        if only not in (None, "offset"):
            raise ValueError(f"{len(targets)} targets are too few for the correction {only!r}")
        return Choice(fit_offset(labelled), {})
    free = len(labelled) >= FREE_FRAMES and len(targets) >= FREE_TARGETS
    components = Components.of(labelled) if free else None
    candidates = _candidates(labelled, components)
    errors, missed = _left_out(labelled, targets, components)
    scores: dict[Correction, float] = {}
    for mapping, error in zip(candidates, np.degrees(errors.mean(1)), strict=True):
        scores[mapping.correction] = min(scores.get(mapping.correction, np.inf), float(error))
    if only is not None:
        of_kind = [i for i, mapping in enumerate(candidates) if mapping.correction == only]
        if not of_kind:
            raise ValueError(f"there are too few frames or targets, or no features, for the correction {only!r}")
        best = min(of_kind, key=lambda i: float(errors[i].mean()))
    else:
        best = _choose([_RANK[m.correction] for m in candidates], errors)
    return Choice(candidates[best], scores, missed[best])


def _candidates(labelled: Labelled, components: Components | None) -> list[Mapping]:
    """Every mapping that is considered, the plain geometry first; without `components` none with head or features.

    A constant error may come from the person's kappa or from a displaced lens: both are tried.
    """
    bases = [fit_offset(labelled), fit_lens(labelled)]
    mappings = [Mapping(), *bases, *(fit_affine(labelled, base) for base in bases)]
    if components is not None:
        headed = [fit_affine(labelled, base, head=True) for base in bases]
        mappings += headed
        if labelled.readings.features.shape[1]:
            mappings += fit_ridges(labelled, headed[0], components)
    return mappings


def _left_out(labelled: Labelled, targets: Array, components: Components | None) -> tuple[Array, list[Residuals]]:
    """Errors (candidates, targets) in rad, the median over a target's frames, of fits without that target; and each
    candidate's residuals there. If there are very many targets, several are left out at once."""
    medians: dict[int, list[float]] = {}
    missed: list[list[Residuals]] = []
    for fold in np.array_split(np.random.default_rng(0).permutation(targets), min(len(targets), _MOST_FOLDS)):
        out = np.isin(labelled.target, fold)
        left = labelled.take(out)
        fitted = _candidates(labelled.take(~out), components)
        errors = [angular_errors(mapping, left) for mapping in fitted]
        for target in fold:
            medians[int(target)] = [float(np.median(error[left.target == target])) for error in errors]
        missed.append([residuals(mapping, left) for mapping in fitted])
    together = [Residuals.of_parts(list(parts)) for parts in zip(*missed, strict=True)]
    return np.array([medians[int(target)] for target in targets]).T, together


def _choose(ranks: list[int], errors: Array) -> int:
    """Which candidate of errors (candidates, targets): the best of each rank in turn, from simple to free, has to beat
    the best before it clearly, measured by the standard error of their difference over the targets."""
    best = 0
    for rank in sorted(set(ranks) - {0}):
        rivals = [i for i, own in enumerate(ranks) if own == rank]
        rival = min(rivals, key=lambda i: errors[i].mean())
        gain = errors[best] - errors[rival]
        if gain.mean() > _CLEARLY * gain.std(ddof=1) / np.sqrt(len(gain)):
            best = rival
    return best


def angular_errors(mapping: Mapping, labelled: Labelled) -> Array:
    """Angles (n,) in rad, seen from the measured eyes, between the target and the mapped point."""
    origin = labelled.readings.origin_mm
    return angle_between(labelled.point_mm - origin, mapping.point_mm(labelled.readings) - origin)
