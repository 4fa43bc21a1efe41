"""Where the person in front of the camera looks: two gaze models side by side.

For scripts: `Tracker` gives the gaze of a source and records it, `read_session` reads a recording, `find_events` finds
fixations and blinks in it. `gaze_demo.api` has all of it.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gaze_demo.api import (
        GazeEvent,
        GazeSample,
        GazeTrace,
        ModelGaze,
        Profile,
        ScreenPoint,
        Session,
        SessionRecorder,
        Tracker,
        UserError,
        find_events,
        load_profile,
        model_names,
        read_session,
    )

__version__ = "0.2.0"

# onnxruntime sends usage statistics from 1.29 on and reads this switch once, while it is imported. This package is
# imported first by every command, and child processes inherit the environment.
if "onnxruntime" in sys.modules and os.environ.get("ORT_DISABLE_TELEMETRY") != "1":
    warnings.warn(
        "onnxruntime was imported before gaze_demo, so it may already send usage statistics: "
        "import gaze_demo first, or set ORT_DISABLE_TELEMETRY=1.",
        stacklevel=2,
    )
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# A picture of more pixels is refused by its header: a small file can hold one that would fill the memory.
LARGEST_IMAGE_PX = 2**26
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(LARGEST_IMAGE_PX))  # read once, while OpenCV is imported

__all__ = [
    "GazeEvent",
    "GazeSample",
    "GazeTrace",
    "ModelGaze",
    "Profile",
    "ScreenPoint",
    "Session",
    "SessionRecorder",
    "Tracker",
    "UserError",
    "find_events",
    "load_profile",
    "model_names",
    "read_session",
]


def __getattr__(name: str) -> Any:
    """The names of `gaze_demo.api`, loaded when one is first used: a window should not wait for them."""
    if name not in __all__:
        raise AttributeError(f"module 'gaze_demo' has no attribute {name!r}")
    from gaze_demo import api  # it loads OpenCV and onnxruntime, which not every command needs

    return getattr(api, name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
