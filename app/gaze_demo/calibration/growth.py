"""A profile that grows: each fit also uses earlier sittings of the same person. Older looks weigh less. If many were
kept for one part of the screen and one place of the head, the oldest are removed. Accuracy is always measured on frames
that took no part in the fit: a sitting is evaluated before it is added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gaze_demo.calibration.calibrate import Estimates
from gaze_demo.calibration.fit import angular_errors
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.readings import label
from gaze_demo.calibration.sample import Fixation, Sample, SittingData

MOST_SAMPLES = 1200  # of all earlier sittings together: about 70 MB of pictures
HALF_LIFE = 4.0  # sittings after which a look counts for half
_SCREEN_CELLS = (5, 4)
_HEAD_MM, _HEAD_RAD = 50.0, np.radians(8.0)
_SAME_HFOV_DEG, _SAME_MM = 0.5, 1.0


def together(past: Sequence[SittingData], new: SittingData) -> SittingData:
    """The new sitting with every look of earlier ones, the oldest first, as further looks for the fit.

    Earlier sittings of another camera or lens, or of a screen that was measured otherwise, are left out. The validation
    is the new sitting's own.
    """
    fixations = list(new.fixations)
    number = 1 + max((f.target for f in fixations if f.kind == "fit"), default=-1)
    fitting = [sitting for sitting in past if belongs(sitting, new)]
    for age, sitting in enumerate(reversed(fitting), start=1):
        numbers: dict[tuple[str, int], int] = {}
        for fixation in sitting.fixations:
            if not fixation.samples:
                continue
            key = (fixation.kind, fixation.target)
            if key not in numbers:
                numbers[key], number = number, number + 1
            weight = 0.5 ** (age / HALF_LIFE)
            fixations.append(replace(fixation, kind="fit", target=numbers[key], weight=weight))
    return replace(new, fixations=tuple(fixations))


def as_fit(sitting: SittingData) -> SittingData:
    """A sitting whose validation is used for the fit, after it was evaluated."""
    return together([sitting], replace(sitting, fixations=())) if sitting.fixations else sitting


def belongs(earlier: SittingData, new: SittingData) -> bool:
    """Whether two sittings are of one camera, lens and screen."""
    a, b = earlier.camera, new.camera
    camera = (a.name, a.width, a.height) == (b.name, b.width, b.height)
    s, t = earlier.screen, new.screen
    screen = (s.name, s.width_px, s.height_px) == (t.name, t.width_px, t.height_px)
    names = ("width_mm", "height_mm", "lens_x_mm", "lens_y_mm")
    return (
        camera
        and screen
        and abs(a.hfov_deg - b.hfov_deg) <= _SAME_HFOV_DEG
        and all(abs(getattr(s, name) - getattr(t, name)) <= _SAME_MM for name in names)
    )


def thinned(past: Sequence[SittingData], most: int = MOST_SAMPLES) -> list[SittingData]:
    """The earlier sittings, the oldest first, with at most `most` samples: the oldest are removed where there are most
    of the same place on the screen and place of the head."""
    cells: dict[tuple[int, ...], list[_Place]] = defaultdict(list)
    for s, sitting in enumerate(past):
        for f, fixation in enumerate(sitting.fixations):
            for i, sample in enumerate(fixation.samples):
                cells[_cell(sitting, sample)].append(_Place(s, f, i))
    kept: set[_Place] = set()
    sizes = sorted(len(places) for places in cells.values())
    cap = _cap(sizes, most)
    for places in cells.values():
        kept.update(places[-cap:] if cap else [])
    return [
        replace(
            sitting,
            fixations=tuple(
                replace(fixation, samples=tuple(x for i, x in enumerate(fixation.samples) if _Place(s, f, i) in kept))
                for f, fixation in enumerate(sitting.fixations)
            ),
        )
        for s, sitting in enumerate(past)
    ]


def unseen_accuracy_deg(
    sitting: SittingData, models: Sequence[Estimates], mappings: dict[str, Mapping]
) -> dict[str, float]:
    """Mean error in degrees of each model's mapping on a sitting that had no part in it, with equal weight for each
    look."""
    found = {}
    for estimates in models:
        mapping = mappings.get(estimates.entry.name)
        labelled = label(sitting.fixations, sitting.screen, estimates.of) if mapping is not None else None
        if mapping is None or labelled is None:
            continue
        errors = np.degrees(angular_errors(mapping, labelled))
        looks = [errors[labelled.fixation == look].mean() for look in np.unique(labelled.fixation)]
        found[estimates.entry.name] = float(np.mean(looks))
    return found


def clicks(looks: Sequence[tuple[Sample, ...]], sitting: SittingData) -> SittingData:
    """Looks from clicks or from recentring, as a sitting; camera and screen are those of `sitting`."""
    fixations = tuple(Fixation("fit", i, len(samples), samples) for i, samples in enumerate(looks) if samples)
    return SittingData(sitting.screen, sitting.camera, sitting.created, fixations, margin=sitting.margin)


@dataclass(frozen=True)
class _Place:
    sitting: int
    fixation: int
    sample: int


def _cell(sitting: SittingData, sample: Sample) -> tuple[int, ...]:
    """Which part of the screen was looked at, from which place and angle of the head."""
    screen, pose = sitting.screen, sample.seen.pose
    share = sample.point_px / [screen.width_px, screen.height_px]
    part = np.clip(share, 0.0, 0.999) * _SCREEN_CELLS
    head = (
        np.zeros(5) if pose is None else np.array([*(pose.translation_mm / _HEAD_MM), *(pose.angles[:2] / _HEAD_RAD)])
    )
    return (*(int(v) for v in part), *(int(v) for v in np.floor(head)))


def _cap(sizes: list[int], most: int) -> int:
    """The largest number to keep of each cell so that all together are at most `most`."""
    cap = max(sizes, default=0)
    while cap > 0 and sum(min(size, cap) for size in sizes) > most:
        cap -= 1
    return cap
