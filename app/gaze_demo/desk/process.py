"""What the operating system knows of this process."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil


def seconds_since_start() -> float:
    """Since the command was started, before Python was loaded."""
    if sys.platform == "linux":  # psutil's boot time is in whole seconds there
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started = int(fields[19]) / 100  # field 22, in ticks of 10 ms since the boot
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started
    return time.time() - float(_process().create_time())


def resident_mb() -> float:
    """Memory that this process holds now, in MB of a million bytes."""
    if sys.platform == "linux":  # psutil, which takes a MB itself, reads the same
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return float(_process().memory_info().rss) / 1e6


def _process() -> psutil.Process:
    import psutil  # which the window should not wait for when it starts

    return psutil.Process()
