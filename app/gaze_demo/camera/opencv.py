"""How OpenCV is to behave as a reader of cameras and files."""

from __future__ import annotations

import os

import cv2


def prepare_opencv() -> None:
    """Give up on a silent camera after 1 s, not 10, and keep stderr clean: faults are told in sentences of our own.

    To be called before OpenCV opens anything. What the user's environment says is left as it is.
    """
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
