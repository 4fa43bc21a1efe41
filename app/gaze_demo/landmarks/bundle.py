"""MediaPipe's face landmarker bundle: a zip file with three networks in TFLite form."""

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

Network = Literal["face_detector", "face_landmarks_detector", "face_blendshapes"]


class Bundle:
    """The bundle's bytes. Raises UserError if the file is missing or is not the expected one."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or paths.assets() / BUNDLE
        try:
            self.content = path.read_bytes()
        except OSError:
            self.content = b""
        if hashlib.sha256(self.content).hexdigest() != BUNDLE_SHA256:
            raise UserError(f"{path} is missing or not the expected file: install gaze-demo again.")

    def network(self, name: Network) -> bytes:
        """One of the three networks."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return archive.read(f"{name}.tflite")
