"""Keeps the lines that native libraries print away from the user's terminal."""

from __future__ import annotations

import os
import sys


def silence_native_logs() -> None:
    """Send what C and C++ code writes to stderr to nowhere; Python's own stderr goes on as before.

    MediaPipe writes its lines past every switch that it offers, and they would run through the progress bar. With
    GAZE_DEMO_NATIVE_LOGS set they stay, for finding out why something crashed.
    """
    if os.environ.get("GAZE_DEMO_NATIVE_LOGS"):
        return
    try:
        descriptor = sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):  # no console, or a test's own stderr
        return
    sys.stderr.flush()
    kept = os.dup(descriptor)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    sys.stderr = os.fdopen(kept, "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace")
