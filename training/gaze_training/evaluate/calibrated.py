"""Models as the app calibrates them with one sitting: their errors at targets that the sitting left out of the fit, and
in other sittings of the same person, in which the head is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gaze_demo.calibration import mapping as maps
from gaze_demo.calibration.calibrate import Estimates, calibrate
from gaze_demo.calibration.fit import angular_errors
from gaze_demo.calibration.growth import belongs
from gaze_demo.calibration.intervals import difference_interval, mean_interval
from gaze_demo.calibration.readings import Labelled, label
from gaze_demo.calibration.sample import Fixation, SittingData
from gaze_demo.errors import UserError

LEFT_OUT = "targets left out"


@dataclass(frozen=True)
class CalibratedRow:
    """Mean over looks of the angle between target and point of gaze, seen from the measured eyes, in degrees.

    `on`: the targets left out, or another sitting's name. `plain_deg`: with the geometry alone. `better_deg`: by how
    much less than the first model, paired over looks. The intervals hold 95 % (bootstrap over looks).
    """

    model: str
    on: str
    looks: int
    frames: int
    plain_deg: float
    error_deg: float
    interval_deg: tuple[float, float] | None
    better_deg: float
    better_interval_deg: tuple[float, float] | None


def calibrated_test(
    models: Sequence[Estimates], sitting: SittingData, others: Mapping[str, SittingData]
) -> list[CalibratedRow]:
    """All models, fitted to the looks of the sitting's fit. Raises UserError if there is nothing to fit or judge, or
    another sitting has another camera or screen."""
    tests = {LEFT_OUT: (sitting, sitting.of_kind("validation"))}
    for name, other in others.items():
        if not belongs(other, sitting):
            raise UserError(f"{name} was recorded with another camera, lens or screen: a calibration is for one.")
        tests[name] = (other, list(other.fixations))
    if not any(fixation.samples for _, looks in tests.values() for fixation in looks):
        raise UserError("There is no look to judge by: record a sitting with validation points, or name others.")
    mappings = calibrate(sitting, models).mappings
    rows: list[CalibratedRow] = []
    for on, (data, looks) in tests.items():
        rows += _rows(models, on, data, looks, mappings)
    return rows


def _rows(
    models: Sequence[Estimates],
    on: str,
    data: SittingData,
    looks: Sequence[Fixation],
    mappings: Mapping[str, maps.Mapping],
) -> Iterator[CalibratedRow]:
    first: dict[int, float] = {}
    for model in models:
        name = model.entry.name
        labelled = label(looks, data.screen, model.of) if name in mappings else None
        if labelled is None:
            continue
        errors = _by_look(mappings[name], labelled)
        first = first or errors
        shared = first.keys() & errors.keys()
        yield CalibratedRow(
            model=name,
            on=on,
            looks=len(errors),
            frames=len(labelled),
            plain_deg=float(np.mean(list(_by_look(maps.Mapping(), labelled).values()))),
            error_deg=float(np.mean(list(errors.values()))),
            interval_deg=mean_interval(list(errors.values())),
            better_deg=float(np.mean([first[look] - errors[look] for look in shared])) if shared else float("nan"),
            better_interval_deg=difference_interval(errors, first),
        )


def _by_look(mapping: maps.Mapping, labelled: Labelled) -> dict[int, float]:
    """Mean error of each look in degrees."""
    errors = np.degrees(angular_errors(mapping, labelled))
    return {int(look): float(errors[labelled.fixation == look].mean()) for look in np.unique(labelled.fixation)}
