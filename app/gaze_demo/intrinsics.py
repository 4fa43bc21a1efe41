"""Where a camera's intrinsics come from: a field of view, or an OpenCV calibration file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, Intrinsics

DEFAULT_HFOV_DEG = 60.0
_MAX_BYTES = 1024 * 1024
_MAX_DEPTH = 32
_MAX_NUMBERS = 64
_SHAPE_TOLERANCE = 0.02
_DISTORTION_LENGTHS = (4, 5, 8, 12, 14)


@dataclass(frozen=True)
class Lens:
    """A horizontal field of view in degrees, or `known` intrinsics that count instead."""

    hfov_deg: float = DEFAULT_HFOV_DEG
    known: Intrinsics | None = None

    def __post_init__(self) -> None:
        if not 1.0 < self.hfov_deg < 179.0:
            raise UserError(f"A horizontal field of view lies between 1 and 179 degrees, not {self.hfov_deg:g}.")

    def for_size(self, width: int, height: int) -> Intrinsics:
        """The intrinsics of images of this size; raises UserError where a calibration is of another shape."""
        if self.known is None:
            return Intrinsics.from_hfov(width, height, self.hfov_deg)
        if abs(width * self.known.height / (height * self.known.width) - 1.0) > _SHAPE_TOLERANCE:
            raise UserError(
                f"The intrinsics are of images of {self.known.width} x {self.known.height} px, these have {width} x "
                f"{height} px: choose a resolution of the same shape, or give --hfov instead."
            )
        return self.known.scaled(width, height)


class Undistortion:
    """Straightens the images of a camera, keeping its camera matrix."""

    def __init__(self, camera: Intrinsics) -> None:
        self.camera = camera
        size = (camera.width, camera.height)
        coefficients = np.array(camera.distortion)
        self._maps = cv2.initUndistortRectifyMap(camera.matrix, coefficients, None, camera.matrix, size, cv2.CV_16SC2)

    def undo(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The image (h, w, 3) as a camera without distortion sees it."""
        return np.asarray(cv2.remap(image, *self._maps, cv2.INTER_LINEAR), np.uint8)


def load_intrinsics(path: Path) -> Intrinsics:
    """Intrinsics of the YAML, XML or JSON file that OpenCV's (or ROS's) calibration writes.

    Read are `image_width`, `image_height`, `camera_matrix` and `distortion_coefficients`. Raises UserError, with the
    field's name, where the file cannot be used.
    """
    try:
        text = path.read_bytes()[: _MAX_BYTES + 1].decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{path} cannot be read: give the YAML file of an OpenCV calibration.") from None
    if len(text) > _MAX_BYTES:
        raise UserError(f"{path} is too large for a calibration.")
    if _nested_deeply(text):  # OpenCV's parser would overflow its stack
        raise UserError(f"{path} is no YAML file of an OpenCV calibration.")
    if not text.lstrip().startswith(("%YAML", "<", "{")):
        text = "%YAML:1.0\n---\n" + text.removeprefix("---")  # ROS and others leave out what OpenCV insists on
    try:
        return _read(path, cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY))
    except (cv2.error, SystemError):  # what the constructor raises may come out as either
        raise UserError(f"{path} is no YAML file of an OpenCV calibration.") from None


def _nested_deeply(text: str) -> bool:
    """Brackets or tags within each other more than `_MAX_DEPTH` times, or lines that are indented beyond all reason."""
    if re.search(rf"(?m)^[ \t?:-]{{{8 * _MAX_DEPTH}}}", text):
        return True
    for opening, closing in ((r"[\[{]", r"[\]}]"), (r"<(?![/?!])", r"</|/>")):
        depth = 0
        for mark in re.finditer(f"({opening})|{closing}", text):
            depth += 1 if mark[1] else -1
            if depth > _MAX_DEPTH:
                return True
    return False


def _read(path: Path, storage: cv2.FileStorage) -> Intrinsics:
    width, height = (_size(path, storage, name) for name in ("image_width", "image_height"))
    matrix = _matrix(path, storage, "camera_matrix")
    if matrix is None or matrix.shape != (3, 3):
        raise UserError(f"{path}: 'camera_matrix' must be a matrix of 3 x 3.")
    fx, fy, cx, cy = (float(matrix[i]) for i in ((0, 0), (1, 1), (0, 2), (1, 2)))
    expected = np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])
    plausible = 0.1 * width < fx < 100 * width and 0.5 < fy / fx < 2.0 and 0 < cx < width and 0 < cy < height
    if not plausible or not np.allclose(matrix, expected, atol=1e-6 * fx):
        raise UserError(f"{path}: 'camera_matrix' is not [fx 0 cx; 0 fy cy; 0 0 1] in px of the image.")
    distortion = _matrix(path, storage, "distortion_coefficients")
    coefficients = () if distortion is None else tuple(float(value) for value in distortion.ravel())
    if coefficients and len(coefficients) not in _DISTORTION_LENGTHS:
        raise UserError(f"{path}: 'distortion_coefficients' must be 4, 5, 8, 12 or 14 numbers.")
    return Intrinsics(width, height, fx, fy, cx, cy, coefficients if any(coefficients) else ())


def _size(path: Path, storage: cv2.FileStorage, name: str) -> int:
    node = storage.getNode(name)
    if not node.isInt() or not 16 <= node.real() <= 20000:
        raise UserError(f"{path}: {name!r} must be the calibrated images' size in px.")
    return int(node.real())


def _matrix(path: Path, storage: cv2.FileStorage, name: str) -> Array | None:
    node = storage.getNode(name)
    if node.empty():
        return None
    numbers = node.getNode("data") if node.isMap() else None
    if numbers is None or not numbers.isSeq() or numbers.size() > _MAX_NUMBERS:
        raise UserError(f"{path}: {name!r} must be a matrix with rows, cols and data.")
    sides = [node.getNode(key) for key in ("rows", "cols")]
    shape = [int(side.real()) if side.isInt() else 0 for side in sides]
    values = np.array([numbers.at(i).real() for i in range(numbers.size())])
    if min(shape) < 1 or shape[0] * shape[1] != values.size or not np.isfinite(values).all():
        raise UserError(f"{path}: {name!r} must be a matrix of finite numbers, as many as its rows and cols say.")
    return values.reshape(shape)
