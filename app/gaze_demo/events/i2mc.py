"""Fixations by I2MC (Hessels, Niehorster, Kemner and Hooge, Behavior Research Methods 2017), the extra `analysis`.

Its defaults are for fast eye trackers and do not run at a webcam's rate: no Chebyshev filter, and downsampling by
divisors of the rate. Gaps are filled with rows without a gaze, since I2MC counts samples.
"""

from __future__ import annotations

import warnings

import numpy as np

from gaze_demo.errors import UserError
from gaze_demo.events.fixations import Pieces, typical_step
from gaze_demo.geometry import Array
from gaze_demo.optional import optional

_PX_PER_DEGREE, _MIDDLE_PX = 40.0, (960.0, 540.0)
_DIVISORS = (2, 3)
_LEAST_RATE = 20
_MODULES = ("pandas", "I2MC")


def find_pieces_i2mc(time_s: Array, place: Array) -> Pieces:
    """The fixations of a trace: `time_s` (n,), `place` (n, 2) in degrees, NaN if there is no gaze.

    Raises UserError if I2MC is not installed, or the trace is too slow or too short for it.
    """
    pd, i2mc = (optional(module, "I2MC is not installed: pip install 'gaze-demo[analysis]'.") for module in _MODULES)
    step_s = typical_step(time_s)
    measured = round(1 / step_s)
    if measured < _LEAST_RATE or len(time_s) < 10:
        raise UserError(f"I2MC needs at least 10 frames, and {_LEAST_RATE} frames per second; this has {measured}.")
    rate = _divisible(measured)
    divisors = [divisor for divisor in _DIVISORS if rate % divisor == 0]
    grid = time_s[0] + np.arange(round((time_s[-1] - time_s[0]) * rate) + 1) / rate
    after = np.clip(np.searchsorted(time_s, grid), 1, len(time_s) - 1)
    nearest = np.where(time_s[after] - grid < grid - time_s[after - 1], after, after - 1)
    regular = np.where((np.abs(time_s[nearest] - grid) < 0.75 * step_s)[:, None], place[nearest], np.nan)
    px = regular * _PX_PER_DEGREE + np.array(_MIDDLE_PX)
    data = pd.DataFrame({"time": grid * 1000, "average_X": px[:, 0], "average_Y": px[:, 1]})
    options = {
        "xres": 1920.0,
        "yres": 1080.0,
        "freq": float(rate),
        "missingx": np.nan,
        "missingy": np.nan,
        "downsampFilter": False,
        "downsamples": divisors,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = i2mc.I2MC(data, options, logging=False)[0]
    if found is False:
        return Pieces(np.zeros(0, int), np.zeros(0, int), float("nan"))
    start = np.searchsorted(time_s, np.array(found["startT"]) / 1000 - step_s / 2)
    stop = np.searchsorted(time_s, np.array(found["endT"]) / 1000 + step_s / 2)
    return Pieces(start.astype(np.int64), stop.astype(np.int64), float("nan"))


def _divisible(rate: int) -> int:
    """A rate near this one that most of the divisors divide: a camera's 59 frames per second are resampled to 60."""
    near = range(max(rate - 2, _LEAST_RATE), rate + 3)
    return min(near, key=lambda other: (sum(other % divisor > 0 for divisor in _DIVISORS), abs(other - rate)))
