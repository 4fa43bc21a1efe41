"""A video file, in real time or frame by frame."""

from __future__ import annotations

import os
import time
from pathlib import Path

import cv2

from gaze_demo import clock
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.opencv import prepare_opencv
from gaze_demo.camera.source import SourceError
from gaze_demo.geometry import Intrinsics

prepare_opencv()

_LIKELY_RATE = 30.0
# Further behind than this, as after the machine slept, the film goes on from where it is instead of catching up; and
# nobody waits longer than this for a frame, whatever its time says.
_BEHIND_S = 1.0
_AHEAD_S = 10.0


class VideoFile:
    """The frames of a video with the times that the file gives them.

    In real time `read` waits until a frame is due by those times, and leaves out frames that are late: a slow reader
    sees fewer of them, never a slower film. Otherwise every frame is read as fast as it is asked for.
    """

    live = False
    independent = False
    intrinsics: Intrinsics | None = None

    def __init__(self, path: Path, real_time: bool) -> None:
        self._path = path
        self._real_time = real_time
        self._capture: cv2.VideoCapture | None = None
        self.name = path.name
        self.frame_rate: float | None = None
        self.frame_count: int | None = None

    def open(self) -> None:
        """Raises SourceError: absent, denied or unreadable."""
        check_readable(self._path)
        try:
            str(self._path).encode()
        except UnicodeEncodeError:  # OpenCV would die of it
            raise SourceError("unreadable", f"The name of {self.name!r} is no text: rename the file.") from None
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            raise self._unreadable()
        rate, count = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.frame_rate = float(rate) if 0 < rate <= 1000 else None
        self.frame_count = int(count) if 0 < count < 2**31 else None
        self._capture = capture
        self._index = -1
        self._time_s = 0.0
        self._start_s: float | None = None

    def read(self) -> Frame | None:
        """Raises SourceError ("unreadable") where the file holds not a single frame."""
        assert self._capture is not None, "read before open"
        while self._grab():
            if self._real_time and not self._wait():
                continue
            decoded, image = self._capture.retrieve()
            if decoded:
                return Frame(image, self._index, self._time_s)
        if self._index < 0:
            raise self._unreadable()
        return None

    def close(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()

    def _unreadable(self) -> SourceError:
        return SourceError(
            "unreadable", f"{self._path} cannot be read as a video or an image: it is damaged, or of another kind."
        )

    def _grab(self) -> bool:
        assert self._capture is not None
        if not self._capture.grab():
            return False
        self._index += 1
        time_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if self._index and time_s <= self._time_s:  # a file without times
            time_s = self._time_s + 1 / (self.frame_rate or _LIKELY_RATE)
        self._time_s = time_s
        return True

    def _wait(self) -> bool:
        """Wait until the frame is due; False where it is late and the next one is due as well."""
        now = clock.now_s()
        late_s = 0.0 if self._start_s is None else now - self._start_s - self._time_s
        if self._start_s is None or not -_AHEAD_S < late_s < _BEHIND_S:
            self._start_s, late_s = now - self._time_s, 0.0
        if late_s < 0:
            time.sleep(-late_s)
        return late_s < 1 / (self.frame_rate or _LIKELY_RATE)


def check_readable(path: Path) -> None:
    """Raises SourceError ("absent" or "denied")."""
    if not path.exists():
        raise SourceError("absent", f"There is no file {path}: check its name.")
    if not os.access(path, os.R_OK):
        raise SourceError("denied", f"{path} may not be read: check the file's permissions.")
