"""Keeps the lines that native libraries print away from the user's terminal."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_redirecting = threading.RLock()


def silence_native_logs() -> None:
    """Discard what C and C++ code writes to stderr; Python's own stderr still works. MediaPipe has no setting that
    turns off all its messages, and they would break the progress bar. If GAZE_DEMO_NATIVE_LOGS is set they are kept, to
    find out why something crashed.
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


@contextmanager
def without_native_logs() -> Iterator[None]:
    """While in the block, discard what is written to stderr: for a short call into a library that prints a line on it,
    in programs whose stderr is not ours. With GAZE_DEMO_NATIVE_LOGS set, nothing is discarded.
    """
    if os.environ.get("GAZE_DEMO_NATIVE_LOGS"):
        yield
        return
    with _redirecting:  # two threads in turn: the second would keep, and put back, what the first has redirected
        try:
            kept = os.dup(2)
        except OSError:  # there is no stderr
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
