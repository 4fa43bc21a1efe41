"""The statistics of the study's runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from gaze_training.study import RunResult

UNSTABLE_SPREAD = 0.05  # relative to the mean error: above it a network's seeds differ more than most schemes do
# A run whose error is this many times the median of its seeds has failed, even if its loss stayed finite.
FAILED_FACTOR = 2.0


@dataclass(frozen=True)
class Group:
    """All seeds of one network and scheme.

    Errors in degrees on people held out; `sd` over seeds; `train_loss`: mean loss of the last epoch. `diverged`: the
    loss was no longer a number. `failed`: diverged, or far off the other seeds.
    """

    network: str
    scheme: str
    seeds: int
    mean: float
    sd: float
    worst: float
    diverged: int
    failed: int
    train_loss: float
    pitch_gain: float
    yaw_gain: float
    real_mean: float
    real_sd: float
    parameters: int
    macs: int
    seconds: float


@dataclass(frozen=True)
class Difference:
    """Mean over seeds of the first's error less the second's, in degrees: above 0 the second is better.

    `low`, `high`: its 95 % interval, Student's t, paired by seed.
    """

    first: str
    second: str
    seeds: int
    mean: float
    low: float
    high: float


def groups_of(results: Sequence[RunResult]) -> list[Group]:
    """One for each network and scheme, in the order of MACs, the larger first, then of the results."""
    keys = dict.fromkeys((result.network, result.scheme) for result in results)
    groups = [_group([r for r in results if (r.network, r.scheme) == key]) for key in keys]
    return sorted(groups, key=lambda group: -group.macs)


def find(results: Sequence[RunResult], network: str, scheme: str) -> list[RunResult]:
    """The seeds of one network and scheme, in their order."""
    return sorted((r for r in results if (r.network, r.scheme) == (network, scheme)), key=lambda r: r.seed)


def difference(first: Sequence[RunResult], second: Sequence[RunResult]) -> Difference | None:
    """Over the seeds that both have without divergence; None if these are fewer than two."""
    errors = {r.seed: r.error_deg for r in second if math.isfinite(r.error_deg)}
    pairs = [(r.error_deg, errors[r.seed]) for r in first if r.seed in errors and math.isfinite(r.error_deg)]
    if len(pairs) < 2:
        return None
    gaps = np.array(pairs) @ [1.0, -1.0]
    mean, error = float(gaps.mean()), float(gaps.std(ddof=1)) / math.sqrt(len(gaps))
    reach = float(stats.t.ppf(0.975, len(gaps) - 1)) * error
    names = (f"{first[0].network} {first[0].scheme}", f"{second[0].network} {second[0].scheme}")
    return Difference(*names, len(gaps), mean, mean - reach, mean + reach)


def wider_spread(wide: Group, narrow: Group) -> float:
    """The probability that seeds spread this much more in `wide` by chance: p of the one-sided F test of two variances,
    which assumes normally distributed errors of the seeds. NaN if either has fewer than two seeds that did not
    diverge."""
    freedom = [group.seeds - group.diverged - 1 for group in (wide, narrow)]
    if min(freedom) < 1:
        return math.nan
    return float(stats.f.sf(wide.sd**2 / narrow.sd**2, *freedom)) if narrow.sd > 0 else 0.0


def unstable(group: Group) -> bool:
    """Seeds that fail, or whose errors spread widely."""
    return group.failed > 0 or group.sd > UNSTABLE_SPREAD * group.mean


def _group(runs: Sequence[RunResult]) -> Group:
    errors = np.array([r.error_deg for r in runs])
    known = errors[np.isfinite(errors)]
    middle = float(np.median(known)) if len(known) else math.nan
    real = np.array([r.real_deg["all"] for r in runs if "all" in r.real_deg])
    first = runs[0]
    return Group(
        network=first.network,
        scheme=first.scheme,
        seeds=len(runs),
        mean=_mean(known),
        sd=_sd(known),
        worst=float(known.max()) if len(known) else math.nan,
        diverged=sum(r.diverged for r in runs),
        failed=sum(r.diverged or r.error_deg > FAILED_FACTOR * middle for r in runs),
        train_loss=_mean(np.array([r.losses[-1] for r in runs if not r.diverged])),
        pitch_gain=_mean(np.array([r.pitch_gain for r in runs if not r.diverged])),
        yaw_gain=_mean(np.array([r.yaw_gain for r in runs if not r.diverged])),
        real_mean=_mean(real),
        real_sd=_sd(real),
        parameters=first.parameters,
        macs=first.macs,
        seconds=_mean(np.array([r.seconds for r in runs])),
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else math.nan


def _sd(values: np.ndarray) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else math.nan
