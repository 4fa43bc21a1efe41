"""A webcam through OpenCV."""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo import clock
from gaze_demo.camera import faults
from gaze_demo.camera.access import check_access
from gaze_demo.camera.devices import BACKEND, find_camera, list_cameras
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.opencv import prepare_opencv
from gaze_demo.camera.source import SourceError
from gaze_demo.geometry import Intrinsics

prepare_opencv()

# With compression, many cameras give 30 instead of 10 frames per second at 1280x720.
_COMPRESS_ABOVE_PX = 640 * 480
# A stream that stopped is restarted after the first of these times, one that does not begin after the second, because
# some cameras start slowly.
_STOPPED_S = 2.0
_PERIODS, _LONGEST_PERIOD_S = 3.0, 4.0
_FIRST_FRAME_S = 4.0
_WAITED_S = 0.5
_FAILURES = 5
_PAUSE_S = 0.02
_SAME_CAMERA_S = 3.0

# A camera that this program is still closing would look as if another program used it.
_in_use: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)


@dataclass(frozen=True)
class CameraFormat:
    """The format that a camera uses: it may differ from the requested one. `rate` in frames per second, 0 if
    unknown."""

    width: int
    height: int
    rate: float
    compression: str

    def __str__(self) -> str:
        rate = f" at {self.rate:g} fps" if self.rate else ""
        return f"{self.width} x {self.height}{rate}" + (f", {self.compression}" if self.compression else "")


class Webcam:
    """A camera by its index, or by its name as `list_cameras` has it.

    The camera is asked for `width` x `height` px at `rate` frames per second and gives what it can: see `format`. After
    it was unplugged it is found again by its name, even if the system has given it another number.
    """

    live = True
    independent = False
    frame_count: int | None = None
    intrinsics: Intrinsics | None = None

    def __init__(
        self, index_or_name: int | str, width: int | None = None, height: int | None = None, rate: float | None = None
    ) -> None:
        self._index = index_or_name if isinstance(index_or_name, int) else None
        self._known_as = index_or_name if isinstance(index_or_name, str) else None
        width = width or (height * 16 // 9 if height else 1280)
        self._asked = (width, height or width * 9 // 16, rate or 30.0)
        self._capture: cv2.VideoCapture | None = None
        self._held: threading.Lock | None = None
        self._count = 0
        self._got_any = False
        self._last_s = self._period_s = 0.0
        self.format: CameraFormat | None = None

    @property
    def name(self) -> str:
        return self._known_as or f"Camera {self._index}"

    @property
    def frame_rate(self) -> float | None:
        return self.format.rate or None if self.format else None

    def open(self) -> None:
        """Raises SourceError: absent, denied or busy."""
        index = self._find()
        lock = _in_use[index]
        if not lock.acquire(timeout=_SAME_CAMERA_S):
            raise faults.busy(self.name)
        self._held = lock
        try:
            check_access(index, self.name)
            self._capture = cv2.VideoCapture(index, BACKEND)
            if not self._capture.isOpened():
                raise self._why_not(index)
            self._configure(self._capture)
        except BaseException:
            self.close()
            raise
        self._got_any = False

    def read(self) -> Frame:
        """The next frame. Raises SourceError: unplugged, or silent once OpenCV gave up waiting."""
        began, failures = clock.now_s(), 0
        while True:
            called = clock.now_s()
            image, time_s = self._grab()
            if image is not None:
                now = clock.now_s()
                self._period_s = min(now - self._last_s, _LONGEST_PERIOD_S) if self._got_any else 0.0
                self._got_any, self._last_s = True, now
                self._count += 1
                return Frame(image, self._count - 1, time_s)
            now = clock.now_s()
            if now - called > _WAITED_S:
                patience_s = max(_STOPPED_S, _PERIODS * self._period_s) if self._got_any else _FIRST_FRAME_S
                if now - began > patience_s:
                    raise faults.silent(self.name)
                continue
            failures += 1
            if failures >= _FAILURES:  # a single bad frame does not matter; an unplugged camera fails permanently
                raise faults.unplugged(self.name)
            time.sleep(_PAUSE_S)

    def close(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()
        held, self._held = self._held, None
        if held is not None:
            held.release()

    def _find(self) -> int:
        if self._index is None:
            camera = find_camera(self.name)
            self._index, self._known_as = camera.index, camera.name
            return camera.index
        cameras = list_cameras()
        here = [camera for camera in cameras if camera.index == self._index]
        if self._known_as is None:
            self._known_as = here[0].name if here else None
        elif not here or here[0].name != self._known_as:
            moved = [camera.index for camera in cameras if camera.name == self._known_as]
            if here and not moved:  # another camera has its number now
                raise faults.absent(self.name)
            self._index = moved[0] if moved else self._index
        return self._index

    def _why_not(self, index: int) -> SourceError:
        cameras = list_cameras()
        if cameras and all(camera.index != index for camera in cameras):
            return faults.absent(self.name)
        return faults.busy(self.name)

    def _configure(self, capture: cv2.VideoCapture) -> None:
        width, height, rate = self._asked
        if width * height > _COMPRESS_ABOVE_PX and sys.platform != "darwin":
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        capture.set(cv2.CAP_PROP_FPS, rate)
        self.format = CameraFormat(
            int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            max(float(capture.get(cv2.CAP_PROP_FPS)), 0.0),
            _letters(int(capture.get(cv2.CAP_PROP_FOURCC))),
        )

    def _grab(self) -> tuple[NDArray[np.uint8] | None, float]:
        """An image and its capture time in seconds of clock.now_s()."""
        assert self._capture is not None, "read before open"
        try:
            if not self._capture.grab():
                return None, 0.0
            time_s = _capture_time_s(clock.now_s(), self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
            decoded, image = self._capture.retrieve()
        except cv2.error:
            return None, 0.0
        return (image if decoded and image is not None and image.size else None), time_s


def _capture_time_s(now_s: float, stamp_s: float) -> float:
    """The driver's time stamp if it is on the same clock (as with V4L2), otherwise the time when the frame arrived."""
    return stamp_s if 0 <= now_s - stamp_s < 1.0 else now_s


def _letters(code: int) -> str:
    """A FOURCC as text; empty if the driver has none."""
    return code.to_bytes(4, "little").decode("ascii", "ignore").strip("\0 ") if 0 < code < 2**32 else ""
