"""MediaPipe's face landmarker bundle: a zip file with three networks in TFLite form; one also in a faster form."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Literal

from gaze_demo import paths
from gaze_demo.errors import UserError

BUNDLE = "face_landmarker.task"
BUNDLE_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"

# `tools/landmark_network.py` makes it from the network in the bundle. Its results are the same.
LANDMARK_NETWORK = "face_landmarks_detector.tflite"
LANDMARK_NETWORK_SHA256 = "6bfc08f9fd09ca76fab62b603e59cc33dc4c7854295cd3bd3c55925f3b9805d2"

Network = Literal["face_detector", "face_landmarks_detector", "face_blendshapes"]


class Bundle:
    """The bundle's bytes. Raises UserError if the file is missing or is not the expected one."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or paths.assets() / BUNDLE
        self.content = _read(path, BUNDLE_SHA256)

    def network(self, name: Network) -> bytes:
        """One of the three networks."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return archive.read(f"{name}.tflite")


def landmark_network(path: Path | None = None) -> bytes:
    """The faster form of the network "face_landmarks_detector". Raises UserError if the file is missing or is not the
    expected one."""
    return _read(path or paths.assets() / LANDMARK_NETWORK, LANDMARK_NETWORK_SHA256)


def _read(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise UserError(f"{path} is missing or not the expected file: install gaze-demo again.")
    return content
