"""How certain a point of gaze is: an ellipse on the screen that holds 90 % of a person's frames.

A model's own covariance says which frames are more certain than others and in which direction. Only looks at known
points show how large the errors are for this person. The covariance of a point is therefore `floor + scale * model's`,
in the slopes in which mappings work, and is scaled to residuals at targets that took no part in the fit of the mapping.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.calibration.corrections import wanted_slopes
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.readings import Index, Labelled
from gaze_demo.geometry import Array

HELD = 0.9
CHI_SQUARE_90 = 4.605  # of two degrees of freedom: the square of the 90 % ellipse's radius in standard deviations
_LEAST_SD = 0.002  # of slopes, a tenth of a degree
_SHARES = (0.0, 0.25, 0.5, 0.75, 0.95)  # of the variance that the model's own covariance is tried to account for
_LARGEST_SCALE = 1e4
_UNJUDGED_SD = np.tan(np.radians(4.0))  # used without left-out targets: a usual error with a webcam


@dataclass(frozen=True, eq=False)
class Residuals:
    """n frames: by what slopes (n, 2) a mapping missed its target, the model's own covariance of these
    slopes (n, 2, 2), NaN if it says nothing, and which target (n,) it was."""

    missing: Array
    spread: Array
    target: Array

    def take(self, index: Index) -> Residuals:
        """The rows that a mask or an index array selects."""
        return Residuals(self.missing[index], self.spread[index], self.target[index])

    @classmethod
    def of_parts(cls, parts: list[Residuals]) -> Residuals:
        """All rows of parts together."""
        columns = ([getattr(part, name) for part in parts] for name in ("missing", "spread", "target"))
        return cls(*(np.concatenate(column) for column in columns))

    def as_one_target(self, number: int) -> Residuals:
        """The same, counting as one target together."""
        return Residuals(self.missing, self.spread, np.full(len(self.target), number))


def residuals(mapping: Mapping, labelled: Labelled) -> Residuals:
    """The residuals of a mapping on readings that took no part in its fit."""
    missing = wanted_slopes(labelled, mapping) - mapping.slopes(labelled.readings)
    return Residuals(missing, turned_by_gain(mapping, labelled.readings.spread), labelled.target)


def turned_by_gain(mapping: Mapping, spread: Array) -> Array:
    """A model's covariances of its slopes (n, 2, 2) as those of corrected slopes."""
    gain = np.array(mapping.gain)
    return np.asarray(gain @ spread @ gain.T)


def with_ellipse(mapping: Mapping, seen: Residuals | None) -> Mapping:
    """The mapping with the floor and the scale by which its ellipse holds 90 % of the frames at targets like these."""
    if seen is None or not len(seen.missing):
        variance = _UNJUDGED_SD**2
        return mapping.model_copy(update={"spread_scale": 0.0, "spread_floor": (variance, 0.0, variance)})
    floor, scale = _fitted(seen)
    wider = _widening(len(np.unique(seen.target)))
    floor, scale = floor * wider, scale * wider
    scale = min(scale, _LARGEST_SCALE)
    update = {"spread_scale": scale, "spread_floor": (float(floor[0, 0]), float(floor[0, 1]), float(floor[1, 1]))}
    return mapping.model_copy(update=update)


def held(mapping: Mapping, seen: Residuals) -> float:
    """The share of frames whose miss lies within the mapping's 90 % ellipse; NaN if it has none."""
    covariance = slope_covariance(mapping, seen.spread)
    if covariance is None:
        return float("nan")
    inside = _distances(seen.missing, covariance) <= CHI_SQUARE_90 * (1 + 1e-9)
    return float(np.mean(inside))


def held_when_left_out(mapping: Mapping, others: Residuals | None, validation: Residuals) -> float:
    """The share of validation frames within ellipses that were each scaled without their own target."""
    inside, frames = 0.0, 0
    for target in np.unique(validation.target):
        own = np.asarray(validation.target == target)
        rest = [part for part in (others, validation.take(~own)) if part is not None and len(part.missing)]
        part = validation.take(own)
        inside += held(with_ellipse(mapping, Residuals.of_parts(rest) if rest else None), part) * own.sum()
        frames += int(own.sum())
    return inside / frames if frames else float("nan")


def slope_covariance(mapping: Mapping, spread: Array) -> Array | None:
    """Covariances (n, 2, 2) of corrected slopes; None if the mapping was never judged. `spread` (n, 2, 2): the
    model's own, turned by the gain already."""
    xx, xy, yy = mapping.spread_floor
    if not xx * yy:
        return None
    floor = np.array([[xx, xy], [xy, yy]])
    known = np.where(np.isfinite(spread), spread, 0.0)
    return np.asarray(floor + mapping.spread_scale * known)


def point_covariance_mm(mapping: Mapping, readings_spread: Array, jacobian: Array) -> Array | None:
    """Covariances (n, 2, 2) of points on the glass in mm^2; `jacobian` (n, 2, 2): mm along x and y for each slope."""
    covariance = slope_covariance(mapping, turned_by_gain(mapping, readings_spread))
    return None if covariance is None else np.asarray(jacobian @ covariance @ jacobian.transpose(0, 2, 1))


def _fitted(seen: Residuals) -> tuple[Array, float]:
    """Floor (2, 2) and scale: the mixture of one covariance for all frames and the model's own that makes the errors
    most likely, scaled until it holds 90 %."""
    weights = _by_target(seen.target)
    own = np.einsum("n,ni,nj->ij", weights, seen.missing, seen.missing) + np.eye(2) * _LEAST_SD**2
    told = np.asarray(np.isfinite(seen.spread).all((1, 2)))
    best, scale = own, 0.0
    if told.mean() > 0.5:
        spread = np.where(told[:, None, None], seen.spread, 0.0)
        usual = float(np.average(np.trace(spread[told], axis1=1, axis2=2), weights=weights[told]))
        mixes = [(own * (1 - share), share * np.trace(own) / max(usual, 1e-12)) for share in _SHARES]
        best, scale = max(mixes, key=lambda mix: _likelihood(seen.missing, mix[0] + mix[1] * spread, weights))
    covariance = best + scale * np.where(np.isfinite(seen.spread), seen.spread, 0.0)
    stretch = _weighted_quantile(_distances(seen.missing, covariance), weights, HELD) / CHI_SQUARE_90
    return best * stretch, float(scale * stretch)


def _widening(targets: int) -> float:
    """By how much the covariance is larger so that 90 % of the frames at other targets lie within, not only of those at
    the few that it was scaled to: the quantile of the F distribution of 2 and 2n degrees of freedom for n targets,
    against that of infinitely many (Hahn and Meeker, "Statistical intervals", 1991)."""
    return float(2 * targets * ((1 - HELD) ** (-1 / targets) - 1) / CHI_SQUARE_90)


def _likelihood(missing: Array, covariance: Array, weights: Array) -> float:
    """Logarithm, but for a constant, of normal misses (n, 2) by covariances (n, 2, 2)."""
    return -float(weights @ (_distances(missing, covariance) + np.log(np.linalg.det(covariance))))


def _by_target(target: Array) -> Array:
    """Weights (n,) that sum to one and let each target count alike."""
    _, inverse, counts = np.unique(target, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / counts[inverse] / len(counts))


def _distances(missing: Array, covariance: Array) -> Array:
    """Squares (n,) of the distances from zero in standard deviations."""
    return np.einsum("ni,nij,nj->n", missing, np.linalg.inv(covariance), missing)


def _weighted_quantile(values: Array, weights: Array, share: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][min(int(np.searchsorted(reached, share)), len(values) - 1)])
