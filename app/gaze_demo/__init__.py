"""Where the person in front of the camera looks: two gaze models side by side."""

import os
import sys
import warnings

__version__ = "0.1.0"

# onnxruntime sends usage statistics from 1.29 on and reads this switch once, while it is imported. This package is
# imported first by every command, and child processes inherit the environment.
if "onnxruntime" in sys.modules and os.environ.get("ORT_DISABLE_TELEMETRY") != "1":
    warnings.warn(
        "onnxruntime was imported before gaze_demo, so it may already send usage statistics: "
        "import gaze_demo first, or set ORT_DISABLE_TELEMETRY=1.",
        stacklevel=2,
    )
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

LARGEST_IMAGE_PX = 2**26
"""A picture of more pixels is refused by its header: a small file can hold one that would fill the memory."""
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(LARGEST_IMAGE_PX))  # read once, while OpenCV is imported
