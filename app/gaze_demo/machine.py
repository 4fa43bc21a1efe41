"""What machine a figure was measured on."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path


def machine() -> str:
    """The processor's name, how many cores of it there are, and the system."""
    name = platform.processor() or platform.machine()
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        name = found[1] if found else name
    except OSError:
        pass  # not Linux: use what Python knows
    return f"{name.strip()}, {os.cpu_count()} cores, {platform.system()}"
