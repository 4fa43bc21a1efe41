"""The cameras of this machine, by name."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from gaze_demo.camera.source import SourceError

# The same backend is used for listing and for opening, because backends number the cameras differently.
BACKEND: int = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_DSHOW, "darwin": cv2.CAP_AVFOUNDATION}.get(
    sys.platform, cv2.CAP_ANY
)

_PATIENCE_S = 1.0


@dataclass(frozen=True)
class CameraDevice:
    """A camera as the system lists it. If two cameras share a name, `name` contains the index."""

    index: int
    name: str
    path: str


def list_cameras() -> list[CameraDevice]:
    """All cameras by index. If a driver hangs, this waits a second and returns the previous answer."""
    return _lister.ask(_PATIENCE_S)


def find_camera(name: str) -> CameraDevice:
    """The camera of that name, in any case; a part of the name is enough if it fits only one camera. Raises SourceError
    ("absent"), which lists the available cameras.
    """
    cameras = list_cameras()
    wanted = name.casefold().strip()
    fitting = [camera for camera in cameras if camera.name.casefold() == wanted]
    fitting = fitting or [camera for camera in cameras if wanted and wanted in camera.name.casefold()]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(f'{camera.index} "{camera.name}"' for camera in fitting or cameras)
    if fitting:
        raise SourceError("absent", f'Several cameras fit "{name}": choose one by its number ({listed}).')
    there = f"connected: {listed}" if cameras else "no camera is connected"
    raise SourceError("absent", f'There is no camera "{name}" ({there}): plug it in or choose another source.')


def _enumerate() -> list[CameraDevice]:
    try:
        infos = [(int(info.index), str(info.name or ""), str(info.path or "")) for info in enumerate_cameras(BACKEND)]
    except (OSError, RuntimeError, NotImplementedError):  # no camera service, or a backend it does not list
        infos = []
    if sys.platform == "linux" and not infos and Path("/dev/video0").exists():  # a node that /dev does not list
        infos = [(0, "", "/dev/video0")]
    infos.sort()
    names = [name.strip() or f"Camera {index}" for index, name, _ in infos]
    shared = {name for name, count in Counter(names).items() if count > 1}
    return [
        CameraDevice(index, f"{name} ({index})" if name in shared else name, path)
        for (index, _, path), name in zip(infos, names, strict=True)
    ]


class _Lister:
    """Asks the drivers in a thread, one at a time: a driver that hangs must not pile up threads or block the caller."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._known: list[CameraDevice] = []

    def ask(self, patience_s: float) -> list[CameraDevice]:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._refresh, name="list cameras", daemon=True)
                self._thread.start()
            thread = self._thread
        thread.join(patience_s)
        return list(self._known)

    def _refresh(self) -> None:
        self._known = _enumerate()


_lister = _Lister()
