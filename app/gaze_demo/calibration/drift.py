"""After a calibration: recentring, teaching by clicks, and how far the head is from where it was calibrated."""

from __future__ import annotations

from collections import deque
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from gaze_demo.calibration.mapping import Mapping, target_slopes
from gaze_demo.calibration.readings import Readings
from gaze_demo.geometry import Array

_FAR_SLOPE = 0.15  # about 8.5 deg: the person did not look at a click that is further from the gaze
_CLICK_SPAN = 0.3
_MEMORY_CLICKS = 8.0
_MARGIN_MM, _MARGIN_RAD = 30.0, np.radians(6.0)
Place = Annotated[float, Field(allow_inf_nan=False, ge=-1e5, le=1e5)]
Row = Annotated[tuple[Place, ...], Field(min_length=5, max_length=5)]


def recentred(mapping: Mapping, readings: Readings, point_mm: Array) -> Mapping:
    """The mapping shifted so that a look at one dot (3,), camera frame, is mapped to that dot.

    Raises ValueError without readings.
    """
    if not len(readings):
        raise ValueError("there is no gaze to recentre with")
    missing = np.median(_missing(mapping, readings, point_mm), 0)
    return mapping.model_copy(update={"shift": tuple(float(v) for v in np.array(mapping.shift) + missing)})


class ClickTeacher:
    """Corrects the drift of one model by clicks, because people look where they click. A click moves the mapping a part
    of the way, a smaller part after more clicks. Clicks far from the gaze are ignored.

    Attributes: `mapping`, with all that was learned.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self._clicks = 0
        self._recent: deque[tuple[float, Readings]] = deque(maxlen=60)

    def see(self, time_s: float, readings: Readings) -> None:
        """A gaze of one frame; only the last moments before a click count."""
        self._recent.append((time_s, readings))

    def click(self, time_s: float, point_mm: Array) -> bool:
        """A click at a point (3,) of the glass, camera frame; returns whether it was used."""
        rows = [readings for seen_s, readings in self._recent if 0 <= time_s - seen_s <= _CLICK_SPAN]
        if not rows:
            return False
        missing = np.median(np.concatenate([_missing(self.mapping, row, point_mm) for row in rows]), 0)
        if np.linalg.norm(missing) > _FAR_SLOPE:
            return False
        self._clicks += 1
        step = missing / min(self._clicks + 1.0, _MEMORY_CLICKS)
        shift = np.array(self.mapping.shift) + step
        self.mapping = self.mapping.model_copy(update={"shift": (float(shift[0]), float(shift[1]))})
        return True


class Hull(BaseModel):
    """The range of the head during a calibration: x, y, z of the eyes in mm, head pitch and yaw in rad."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: Row
    high: Row

    @classmethod
    def around(cls, readings: Readings) -> Hull:
        """Encloses all but the outermost readings; raises ValueError if there are none."""
        if not len(readings):
            raise ValueError("nothing to put a hull around")
        low, high = np.percentile(_place(readings), (2, 98), axis=0)
        return cls(low=tuple(low.tolist()), high=tuple(high.tolist()))

    def distance(self, readings: Readings) -> Array:
        """How far (n,) heads are outside, in margins: below 1 the calibration holds, from 2 on it hardly does. A margin
        is 30 mm or 6 deg, as people move in any sitting.
        """
        place = _place(readings)
        margins = np.array([_MARGIN_MM, _MARGIN_MM, 2 * _MARGIN_MM, _MARGIN_RAD, _MARGIN_RAD])
        outside = np.maximum(np.array(self.low) - place, place - np.array(self.high)) / margins
        return np.asarray(np.maximum(outside, 0.0).max(1))


def _missing(mapping: Mapping, readings: Readings, point_mm: Array) -> Array:
    """Slopes (n, 2) by which the mapping misses the point (3,)."""
    target = np.repeat((point_mm - np.array([*mapping.lens_mm, 0.0]))[None], len(readings), 0)
    return target_slopes(readings, target) - mapping.slopes(readings)


def _place(readings: Readings) -> Array:
    return np.concatenate([readings.origin_mm, readings.head], 1)
