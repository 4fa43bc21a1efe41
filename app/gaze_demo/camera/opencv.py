"""Settings of OpenCV for reading cameras and files."""

from __future__ import annotations

import os

import cv2


def prepare_opencv() -> None:
    """Give up on a silent camera after 1 s, not 10, and keep stderr clean: the app has its own messages for faults.
    Call this before OpenCV opens anything. Settings in the user's environment are kept.
    """
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
