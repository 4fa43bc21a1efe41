"""Traces with known fixations as from a webcam, and a measure of how well found fixations agree with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.geometry import Array
from gaze_demo.session.trace import GazeTrace


@dataclass(frozen=True, eq=False)
class KnownTrace:
    """`time_s` (n,), `place` (n, 2) in degrees, `fixations` (k, 2): start and end in seconds."""

    time_s: Array
    place: Array
    fixations: Array


def known_trace(
    rate: float = 30.0, noise_deg: float = 0.5, count: int = 200, loss: float = 0.05, seed: int = 0
) -> KnownTrace:
    """Fixations of 0.15 to 1.2 s, saccades of 2 to 20 deg that last 21 ms and 2.2 ms a degree (Carpenter, 1988), times
    that jitter by 2 ms, and a share of frames that is lost."""
    rng = np.random.default_rng(seed)
    durations = np.clip(rng.lognormal(np.log(0.3), 0.4, count), 0.15, 1.2)
    places = [np.zeros(2)]
    while len(places) < count:
        amplitude, angle = np.clip(rng.lognormal(np.log(6), 0.6), 2, 20), rng.uniform(0, 2 * np.pi)
        place = places[-1] + amplitude * np.array([np.cos(angle), np.sin(angle)])
        if abs(place[0]) < 16 and abs(place[1]) < 10:
            places.append(place)
    jumps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    starts = np.concatenate([[0.0], np.cumsum(durations[:-1] + 0.021 + 0.0022 * jumps)])
    ends = starts + durations
    ideal = np.arange(0.0, ends[-1], 1 / rate)
    time_s = np.sort(ideal + rng.normal(0, 0.002, len(ideal)))
    knots, at = np.stack([starts, ends], 1).ravel(), np.repeat(places, 2, axis=0)
    place = np.stack([np.interp(time_s, knots, at[:, axis]) for axis in (0, 1)], 1)
    place = place + rng.normal(0, noise_deg, place.shape)
    kept = rng.random(len(time_s)) >= loss
    return KnownTrace(time_s[kept], place[kept], np.stack([starts, ends], 1))


def agreement(found: Array, known: Array) -> tuple[float, float]:
    """The share of known fixations that one found overlaps by half of both, and the share of those found."""

    def share(first: Array, second: Array) -> float:
        hits = 0
        for start, end in first:
            overlap = np.minimum(end, second[:, 1]) - np.maximum(start, second[:, 0])
            hits += bool(((overlap >= 0.5 * (end - start)) & (overlap >= 0.5 * np.diff(second)[:, 0])).any())
        return hits / max(len(first), 1)

    return share(known, found), share(found, known)


def gaze_trace(time_s: Array, place_deg: Array, **changed: Array) -> GazeTrace:
    """A trace of that azimuth and elevation (n, 2) in degrees, from eyes 600 mm before the lens."""
    count = len(time_s)
    azimuth, elevation = np.radians(place_deg).T
    gaze = np.stack(
        [-np.cos(elevation) * np.sin(azimuth), -np.sin(elevation), -np.cos(elevation) * np.cos(azimuth)], -1
    )
    unknown = np.full((count, 3), np.nan)
    values: dict[str, object] = {
        "model": "known",
        "frame": np.arange(count),
        "time_s": time_s,
        "face": np.ones(count, bool),
        "reason": np.where(np.isfinite(place_deg).all(1), "", "no face"),
        "gaze": gaze,
        "left": unknown,
        "right": unknown,
        "eye_mm": np.tile([0.0, 0.0, 600.0], (count, 1)),
        "head_rotation": np.tile(np.eye(3), (count, 1, 1)),
        "openness": np.full((count, 2), 0.3),
        "closed": np.zeros((count, 2), int),
        "point_px": unknown[:, :2],
        "shown_px": unknown[:, :2],
        "covariance": unknown,
    }
    return GazeTrace(**{**values, **changed})  # type: ignore[arg-type]
