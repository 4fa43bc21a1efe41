"""Whether the system lets this program use a camera. It is checked before OpenCV tries, because OpenCV only says that
it failed."""

from __future__ import annotations

import errno
import getpass
import os
import sys
import threading
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from gaze_demo.camera import faults

_ABSENT = {errno.ENOENT, errno.ENXIO, errno.ENODEV}
_DENIED = {errno.EACCES, errno.EPERM}
_ANSWER_S = 60.0


def check_access(index: int, name: str) -> None:
    """Raises SourceError ("absent", "denied" or "busy") if the camera cannot be used; does nothing if that is not
    known."""
    if sys.platform == "linux":
        _check_node(Path(f"/dev/video{index}"), name)
    elif sys.platform == "darwin":
        _ask_macos(name)


def _check_node(node: Path, name: str) -> None:
    # Only opening shows it: a container may list a device node that it is not allowed to open, or one that no longer
    # answers.
    try:
        os.close(os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as problem:
        if problem.errno in _ABSENT:
            raise faults.absent(name) from problem
        if problem.errno in _DENIED:
            raise faults.denied(name, _remedy_on_linux(node)) from problem
        if problem.errno == errno.EBUSY:
            raise faults.busy(name) from problem


def _remedy_on_linux(node: Path) -> str:
    group, user = "video", "$USER"
    with suppress(OSError, KeyError):
        group = node.group()
    with suppress(OSError, KeyError):
        user = getpass.getuser()
    return f"run `sudo usermod -aG {group} {user}` and log in again"


def _ask_macos(name: str) -> None:
    """macOS asks the user once. OpenCV can ask only from the main thread, so it is done here."""
    os.environ.setdefault("OPENCV_AVFOUNDATION_SKIP_AUTH", "1")
    foundation = import_module("AVFoundation")  # comes with cv2-enumerate-cameras on macOS
    device, video = foundation.AVCaptureDevice, foundation.AVMediaTypeVideo
    not_determined, authorized = 0, 3
    if device.authorizationStatusForMediaType_(video) == not_determined:
        answered = threading.Event()
        device.requestAccessForMediaType_completionHandler_(video, lambda _granted: answered.set())
        answered.wait(_ANSWER_S)
    if device.authorizationStatusForMediaType_(video) != authorized:
        raise faults.denied(
            name, "allow it in System Settings > Privacy & Security > Camera and start the program again"
        )
