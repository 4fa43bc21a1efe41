"""What the operating system knows of this process."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil


def seconds_since_start() -> float:
    """Since the command was started, before Python was loaded."""
    if sys.platform == "linux":  # psutil's boot time is in whole seconds there
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started = int(fields[19]) / 100  # field 22, in ticks of 10 ms since the boot
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started
    return time.time() - psutil.Process().create_time()


def resident_mb() -> float:
    """Memory that this process holds now, in MB of a million bytes."""
    return float(psutil.Process().memory_info().rss) / 1e6
