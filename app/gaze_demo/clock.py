"""The one clock for capture times, latencies and deadlines.

`time.monotonic` ticks in steps of 15.6 ms on Windows before Python 3.13; `time.perf_counter` is finer everywhere. The
two clocks may start at different times, so their values are never compared.
"""

from __future__ import annotations

import time


def now_s() -> float:
    """Seconds since some moment in the past; never runs backwards."""
    return time.perf_counter()


def now_ns() -> int:
    """The same moment in nanoseconds."""
    return time.perf_counter_ns()
