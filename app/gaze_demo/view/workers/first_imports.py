"""What several threads load when they begin, loaded by one of them alone.

Where two threads import modules that import each other, as pydantic's do, Python lets one of them see half a module
rather than wait for ever (importlib's deadlock avoidance), and it fails with an ImportError now and then.
"""

from __future__ import annotations

import threading

_LOCK = threading.Lock()


def load_shared() -> None:
    """Return when all of it is there; the first call takes some 0.3 s, later ones nothing."""
    with _LOCK:
        import gaze_demo.calibration.profile
        import gaze_demo.model.session  # noqa: F401
