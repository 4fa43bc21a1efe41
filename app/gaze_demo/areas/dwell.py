"""How long, how often and how early somebody looked at areas of interest, taking the uncertainty of gaze into account.

A webcam's point of gaze is uncertain by a degree or more. Each fixation is therefore spread over the points around it,
by a normal distribution of the calibration's error, and counts for an area by the share that falls into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from gaze_demo.areas.areas import Area
from gaze_demo.events.find import GazeEvent
from gaze_demo.geometry import Array

# Places of equal probability, in standard deviations.
_NODES = [NormalDist().inv_cdf((i + 0.5) / 12) for i in range(12)]


@dataclass(frozen=True)
class Dwell:
    """The figures of one area. `dwell_s`, `fixations`, `visits` and `first_s` count the fixations that lie in it; a
    visit is a run of such fixations. `first_s`: from `start_s` to the first, None if there is none. `expected_s`: the
    dwell time, taking the uncertainty into account; `share`: its share of the time of all fixations."""

    area: str
    dwell_s: float
    expected_s: float
    share: float
    fixations: int
    visits: int
    first_s: float | None


def dwell(areas: Sequence[Area], events: Sequence[GazeEvent], start_s: float, uncertainty_px: float) -> list[Dwell]:
    """The figures of each area; `uncertainty_px`: standard deviation of a fixation's place along each axis."""
    fixations = [event for event in events if event.kind == "fixation" and np.isfinite(event.x_px)]
    places = np.array([(event.x_px, event.y_px) for event in fixations]).reshape(-1, 2)
    lasting = np.array([event.duration_s for event in fixations])
    total = float(lasting.sum())
    figures = []
    for area in areas:
        inside = area.holds(places)
        expected = float((probability(area, places, uncertainty_px) * lasting).sum())
        entered = inside & ~np.concatenate([[False], inside[:-1]]) if len(inside) else inside
        figures.append(
            Dwell(
                area=area.name,
                dwell_s=float(lasting[inside].sum()),
                expected_s=expected,
                share=expected / total if total else 0.0,
                fixations=int(inside.sum()),
                visits=int(entered.sum()),
                first_s=max(float(fixations[int(inside.argmax())].start_s - start_s), 0.0) if inside.any() else None,
            )
        )
    return figures


def probability(area: Area, point_px: Array, uncertainty_px: float) -> Array:
    """(n,): how likely each point (n, 2) lies in the area, by 12 x 12 places of equal probability."""
    if uncertainty_px <= 0 or not len(point_px):
        return area.holds(point_px).astype(float)
    offsets = [np.array([dx, dy]) * uncertainty_px for dx in _NODES for dy in _NODES]
    return np.mean([area.holds(point_px + offset) for offset in offsets], axis=0)
