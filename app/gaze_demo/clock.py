"""The one clock that capture times, latencies and deadlines are told by.

`time.monotonic` ticks in steps of 15.6 ms on Windows before Python 3.13; `time.perf_counter` is finer everywhere. The
two need not share a zero, so times of one are never compared with times of the other.
"""

from __future__ import annotations

import time


def now_s() -> float:
    """Seconds since some moment in the past; never runs backwards."""
    return time.perf_counter()


def now_ns() -> int:
    """The same moment in nanoseconds."""
    return time.perf_counter_ns()
