"""Fixations in the noise of a webcam: the parts of a trace in which the gaze does not move.

A trace is cut into pieces of constant place by optimal partitioning (Jackson et al., "An algorithm for optimal
partitioning of data on an interval", IEEE Signal Processing Letters 2005), which finds the cheapest of all possible
cuts. The cost consists of the squared distances from each piece's mean, in units of the noise, a price for each piece,
and a price for each sample that belongs to no piece, such as those of saccades. The samples keep their times; nothing
is resampled, and a gap in them ends a piece.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array

SHORTEST_S = 0.12  # of a fixation
GAP_S = 0.1  # A longer time without a gaze, or one of 2.5 samples, ends a fixation
_LONGEST_S = 4.0
# Prices of a fixation and of a sample in none, in squared units of the noise: chosen on the traces of
# tests/app/events/traces.py, at 15 to 60 frames per second with 0.3 to 2 deg of noise.
_PIECE, _STRAY = 12.0, 6.0
# By how much the cost must fall to divide neighbours of half a second each into two fixations: long ones have many
# chances to look divided.
_SAME = 20.0
_LONG_S = 0.5
_NEAREST = 0.6  # fixations that are closer than this many standard deviations of the noise are merged
_MAD = 0.6745
_SLOW_NOISE = (1.0, 4.0)
_WEIGHTS = (0.05, 4.0)


@dataclass(frozen=True, eq=False)
class Pieces:
    """Fixations as ranges of samples: `start`, `stop` (k,), the second one past the last. `noise` in the trace's unit:
    standard deviation along each axis."""

    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    noise: float

    def __len__(self) -> int:
        return len(self.start)


def find_pieces(time_s: Array, place: Array, variance: Array | None = None) -> Pieces:
    """The fixations of a trace.

    `time_s` (n,) rising; `place` (n, 2) in degrees, NaN if there is no gaze. `variance` (n,) of each sample, of any
    scale: a less certain sample counts less.
    """
    known = np.flatnonzero(np.isfinite(place).all(1) & np.isfinite(time_s))
    if len(known) < 3:
        return Pieces(np.zeros(0, int), np.zeros(0, int), float("nan"))
    times, places = time_s[known], place[known] - np.median(place[known], axis=0)
    step_s = typical_step(time_s)
    weights = _weights(None if variance is None else variance[known], len(known))
    noise = max(_first_noise(times, places, step_s), 1e-6)
    pieces = _cut(times, places, weights, noise, step_s)
    noise = max(_noise_within(places, weights, pieces, noise), 1e-6)
    pieces = _merged(_cut(times, places, weights, noise, step_s), times, places, noise, step_s)
    ranges = np.array(pieces, int).reshape(-1, 2)
    return Pieces(known[ranges[:, 0]].astype(np.int64), known[ranges[:, 1] - 1].astype(np.int64) + 1, noise)


def typical_step(time_s: Array) -> float:
    """The median time between samples, in seconds."""
    return float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1 / 30


def longest_gap(step_s: float) -> float:
    """The longest time without a gaze that a fixation may have in it."""
    return max(GAP_S, 2.5 * step_s)


def _weights(variance: Array | None, count: int) -> Array:
    if variance is None or not np.isfinite(variance).any():
        return np.ones(count)
    middle = float(np.nanmedian(variance))
    weights = np.where(np.isfinite(variance), middle / np.maximum(variance, 1e-12), 1.0)
    return np.clip(weights, *_WEIGHTS)


def _first_noise(times: Array, places: Array, step_s: float) -> float:
    """The noise, from the steps between neighbours, most of which lie within a fixation."""
    near = np.diff(times) < 1.6 * step_s
    steps = np.abs(np.diff(places, axis=0))[near]
    return float(np.median(steps) / (_MAD * np.sqrt(2))) if len(steps) else 1.0


def _noise_within(places: Array, weights: Array, pieces: list[tuple[int, int]], before: float) -> float:
    """The standard deviation within fixations of a sample of weight 1, larger where it changes slowly (the ratio of von
    Neumann, 1941)."""
    if not pieces:
        return before
    squares = steps = 0.0
    free = count = 0
    for first, last in pieces:
        own = weights[first:last, None]
        off = (places[first:last] - (places[first:last] * own).sum(0) / own.sum()) * np.sqrt(own)
        squares += float((off**2).sum())
        steps += float((np.diff(off, axis=0) ** 2).sum())
        free, count = free + len(off) - 1, count + len(off) - 1
    if not free or squares == 0:
        return before
    variance, quick = squares / (2 * free), steps / (4 * count)
    return float(np.sqrt(variance * np.clip(variance / max(quick, 1e-12), *_SLOW_NOISE)))


def _cut(times: Array, places: Array, weights: Array, noise: float, step_s: float) -> list[tuple[int, int]]:
    """Ranges of samples, the cheapest cut; with cumulative sums the cost of a range takes three look-ups."""
    count = len(times)
    weights = weights / noise**2
    sums, x, y, squares = (
        np.concatenate([[0.0], np.cumsum(values)])
        for values in (weights, places[:, 0] * weights, places[:, 1] * weights, weights * (places**2).sum(1))
    )
    after_gap = np.concatenate([[0], np.where(np.diff(times) > longest_gap(step_s), np.arange(1, count), 0)])
    earliest = np.maximum(np.maximum.accumulate(after_gap), np.searchsorted(times, times - _LONGEST_S)).tolist()
    latest = np.searchsorted(times, times - SHORTEST_S + step_s / 2, "right").tolist()
    before = np.zeros(count + 1)  # cost up to each sample, less its sum of squares
    cost = 0.0
    begun = [-1] * (count + 1)
    for end in range(1, count + 1):
        cost += _STRAY
        low, high = earliest[end - 1], min(latest[end - 1], end)
        if high > low:
            dx, dy = x[end] - x[low:high], y[end] - y[low:high]
            total = before[low:high] - (dx * dx + dy * dy) / (sums[end] - sums[low:high])
            best = int(total.argmin())
            least = float(total[best] + squares[end]) + _PIECE
            if least < cost:
                cost, begun[end] = least, low + best
        before[end] = cost - squares[end]
    pieces = []
    end = count
    while end > 0:
        if begun[end] >= 0:
            pieces.append((begun[end], end))
            end = begun[end]
        else:
            end -= 1
    return pieces[::-1]


def _merged(
    pieces: list[tuple[int, int]], times: Array, places: Array, noise: float, step_s: float
) -> list[tuple[int, int]]:
    """Merge neighbours without a saccade between them, because the search limits pieces to a few seconds."""
    merged: list[tuple[int, int]] = []
    for first, last in pieces:
        if merged:
            start, stop = merged[-1]
            apart = places[start:stop].mean(0) - places[first:last].mean(0)
            apart2 = float(apart @ apart) / noise**2
            gain = (stop - start) * (last - first) / (last - start) * apart2
            both_long = min(times[stop - 1] - times[start], times[last - 1] - times[first]) >= _LONG_S
            near = times[first] - times[stop - 1] <= longest_gap(step_s)
            if near and (apart2 < _NEAREST**2 or gain < (_SAME if both_long else _PIECE)):
                merged[-1] = (start, last)
                continue
        merged.append((first, last))
    return merged
