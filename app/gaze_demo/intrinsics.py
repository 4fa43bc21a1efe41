"""Where a camera's intrinsics come from: a field of view, or a calibration file of OpenCV or ROS."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import DEFAULT_HFOV_DEG, Array, Intrinsics

_KIND = "a YAML, XML or JSON file of an OpenCV or ROS calibration"
_MAX_NUMBERS = 64
_SHAPE_TOLERANCE = 0.02
_STANDARD_LENGTHS = (4, 5, 8, 12, 14)
_SIDE_PX = (16, 20000)

_MATRIX_NAMES = ("camera_matrix", "cameraMatrix", "Camera_Matrix", "K", "k", "mtx")
_DISTORTION_NAMES = (
    "distortion_coefficients",
    "dist_coeffs",
    "distCoeffs",
    "dist_coeff",
    "Distortion_Coefficients",
    "D",
    "d",
    "dist",
)
_WIDTH_NAMES, _HEIGHT_NAMES = ("image_width", "image_Width", "width"), ("image_height", "image_Height", "height")
_SIZE_NAMES = ("cameraResolution", "image_size", "imageSize", "resolution")
_RECTIFICATION_NAMES = ("rectification_matrix", "R", "r")
# Lens models by the name in the file, and how many coefficients each has.
_MODELS = {
    "plumb_bob": (4, 5),
    "radtan": (4,),
    "rational_polynomial": (8, 12, 14),
    "equidistant": (4,),
    "fisheye": (4,),
    "none": (),
    "": _STANDARD_LENGTHS,
}
_FISHEYE = ("equidistant", "fisheye")
# Fields of models whose other fields have the same names as in the standard model but another meaning.
_FOREIGN = ("xi", "Xi", "omni_model")


@dataclass(frozen=True)
class Lens:
    """A horizontal field of view in degrees, or `known` intrinsics, which replace it."""

    hfov_deg: float = DEFAULT_HFOV_DEG
    known: Intrinsics | None = None

    def __post_init__(self) -> None:
        if not 1.0 < self.hfov_deg < 179.0:
            raise UserError(f"A horizontal field of view lies between 1 and 179 degrees, not {self.hfov_deg:g}.")

    def for_size(self, width: int, height: int) -> Intrinsics:
        """The intrinsics of images of this size; raises UserError if a calibration is of another shape."""
        if self.known is None:
            return Intrinsics.from_hfov(width, height, self.hfov_deg)
        if abs(width * self.known.height / (height * self.known.width) - 1.0) > _SHAPE_TOLERANCE:
            raise UserError(
                f"The intrinsics are of images of {self.known.width} x {self.known.height} px, these have {width} x "
                f"{height} px: choose a resolution of the same shape, or give --hfov instead."
            )
        return self.known.scaled(width, height)


class Undistortion:
    """Straightens the images of a camera, keeping its camera matrix.

    The standard model with its rational, thin prism and tilted parts (Brown 1966; OpenCV), or the fisheye model of
    Kannala and Brandt, "A Generic Camera Model and Calibration Method for Conventional, Wide-Angle, and Fish-Eye
    Lenses" (PAMI 2006), where the camera is `fisheye`.
    """

    def __init__(self, camera: Intrinsics) -> None:
        self.camera = camera
        size = (camera.width, camera.height)
        coefficients = np.array(camera.distortion)
        make = cv2.fisheye.initUndistortRectifyMap if camera.fisheye else cv2.initUndistortRectifyMap
        self._maps = make(camera.matrix, coefficients, np.eye(3), camera.matrix, size, cv2.CV_16SC2)

    def undo(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The image (h, w, 3) as a camera without distortion sees it."""
        return np.asarray(cv2.remap(image, *self._maps, cv2.INTER_LINEAR), np.uint8)

    def undo_points(self, points_px: ArrayLike) -> Array:
        """Points (n, 2) in px of the camera's image, in px of an image without distortion."""
        points = np.asarray(points_px, float).reshape(-1, 1, 2)
        undo = cv2.fisheye.undistortPoints if self.camera.fisheye else cv2.undistortPoints
        flat = undo(points, self.camera.matrix, np.array(self.camera.distortion), P=self.camera.matrix)
        return np.asarray(flat, float).reshape(-1, 2)


def load_intrinsics(path: Path) -> Intrinsics:
    """Intrinsics of the YAML, XML or JSON file that OpenCV's or ROS's calibration writes.

    It reads the image's size, the camera matrix, and the coefficients and the model of the distortion. It applies
    `fisheye_model`, `roi` and `binning`, and refuses a rectification. Raises UserError, with the field's name, if the
    file cannot be used.
    """
    from gaze_demo.structured_text import read_structured  # loads YAML: the window should not wait for it

    return _Fields(path, read_structured(path, _KIND)).intrinsics()


class _Fields:
    """What a calibration file says, under the names that different programs use."""

    def __init__(self, path: Path, fields: Mapping[str, Any]) -> None:
        self._path = path
        self._fields = fields

    def intrinsics(self) -> Intrinsics:
        for name in _FOREIGN:
            if name in self._fields:
                raise self._wrong(name, "belongs to an omnidirectional model, which is not supported")
        width, height = self._size()
        name, matrix = self._matrix(_MATRIX_NAMES)
        if matrix is None or matrix.size != 9:
            raise self._wrong(name or _MATRIX_NAMES[0], "must be a matrix of 3 x 3")
        matrix = matrix.reshape(3, 3)
        fx, fy, cx, cy = (float(matrix[i]) for i in ((0, 0), (1, 1), (0, 2), (1, 2)))
        expected = np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])
        plausible = 0.1 * width < fx < 100 * width and 0.5 < fy / fx < 2.0 and 0 < cx < width and 0 < cy < height
        if not plausible or not np.allclose(matrix, expected, atol=1e-6 * abs(fx)):
            raise self._wrong(name, "is not [fx 0 cx; 0 fy cy; 0 0 1] in px of the image")
        self._refuse_rectification()
        coefficients, fisheye = self._distortion()
        camera = Intrinsics(width, height, fx, fy, cx, cy, coefficients, fisheye)
        return self._binned(self._cropped(camera))

    def _wrong(self, name: str, what: str) -> UserError:
        return UserError(f"{self._path}: {name!r} {what}.")

    def _one(self, names: tuple[str, ...]) -> tuple[str, Any]:
        """The one of these fields that is there, and its value; "" and None if none is."""
        there = [name for name in names if self._fields.get(name) is not None]
        if len(there) > 1 and any(self._fields[name] != self._fields[there[0]] for name in there[1:]):
            raise self._wrong(there[1], f"says something else than {there[0]!r}: remove one of them")
        return (there[0], self._fields[there[0]]) if there else ("", None)

    def _size(self) -> tuple[int, int]:
        name, both = self._one(_SIZE_NAMES)
        sides = both if isinstance(both, list) and len(both) == 2 else (None, None)
        found = []
        for names, given in ((_WIDTH_NAMES, sides[0]), (_HEIGHT_NAMES, sides[1])):
            own, value = self._one(names)
            number = _number(given if value is None else value)
            if number is None or not number.is_integer() or not _SIDE_PX[0] <= number <= _SIDE_PX[1]:
                raise self._wrong(own or name or names[0], "must be the calibrated images' size in px")
            found.append(int(number))
        return found[0], found[1]

    def _matrix(self, names: tuple[str, ...]) -> tuple[str, Array | None]:
        """Its numbers; a mapping of rows, cols and data, a list, or a list of rows. None if it is not there."""
        name, value = self._one(names)
        if value is None:
            return name, None
        count: float | None = None
        if isinstance(value, Mapping):
            sides = [_number(value.get(key)) for key in ("rows", "cols")]
            if sides[0] is None or sides[1] is None or min(sides[0], sides[1]) < 1:
                raise self._wrong(name, "must be a matrix with rows, cols and data")
            count, value = sides[0] * sides[1], value.get("data")
        if isinstance(value, list) and value and all(isinstance(row, list) for row in value):
            value = [number for row in value[:_MAX_NUMBERS] for number in row[: _MAX_NUMBERS + 1]]
        if not isinstance(value, list) or len(value) > _MAX_NUMBERS:
            raise self._wrong(name, "must be a matrix with rows, cols and data")
        numbers = [_number(one) for one in value]
        if any(one is None or not math.isfinite(one) for one in numbers) or count not in (None, len(numbers)):
            raise self._wrong(name, "must be a matrix of finite numbers, as many as its rows and cols say")
        return name, np.array(numbers, float)

    def _distortion(self) -> tuple[tuple[float, ...], bool]:
        """The coefficients, none if there is no distortion, and whether they are those of the fisheye model."""
        given = self._fields.get("distortion_model", "")
        model = given.strip().lower() if isinstance(given, str) else None
        if model not in _MODELS:
            known = ", ".join(filter(None, _MODELS))
            raise self._wrong("distortion_model", f"must be one of {known}, not {str(given)[:40]!r}")
        fisheye = model in _FISHEYE
        flag = self._fields.get("fisheye_model")
        if flag is not None:
            number = _number(flag)
            if number not in (0.0, 1.0):
                raise self._wrong("fisheye_model", "must be 0 or 1")
            if model and fisheye != bool(number):
                raise self._wrong("fisheye_model", f"says something else than 'distortion_model' ({model})")
            fisheye = bool(number)
        name, values = self._matrix(_DISTORTION_NAMES)
        coefficients = () if values is None else tuple(float(value) for value in values)
        lengths = (4,) if fisheye else _MODELS[model or ""]
        if len(coefficients) not in lengths and (any(coefficients) or fisheye):
            wanted = " or ".join(", ".join(map(str, lengths)).rsplit(", ", 1)) or "no"
            raise self._wrong(name or _DISTORTION_NAMES[0], f"must be {wanted} numbers")
        if len(coefficients) not in (0, *_STANDARD_LENGTHS):
            raise self._wrong(name, "must be 4, 5, 8, 12 or 14 numbers")
        return (coefficients if any(coefficients) or fisheye else ()), fisheye

    def _refuse_rectification(self) -> None:
        name, matrix = self._matrix(_RECTIFICATION_NAMES)
        if matrix is None or (matrix.size == 9 and not matrix.any()):  # ROS: all zero is not given
            return
        if matrix.size != 9 or not np.allclose(matrix.reshape(3, 3), np.eye(3), atol=1e-6):
            raise self._wrong(
                name, "turns the images of a stereo pair: calibrate the camera on its own, or give the identity matrix"
            )

    def _cropped(self, camera: Intrinsics) -> Intrinsics:
        """ROS's `roi`: the images show a part of the calibrated ones."""
        roi = self._fields.get("roi")
        if roi is None:
            return camera
        if not isinstance(roi, Mapping):
            raise self._wrong("roi", "must have x_offset, y_offset, width and height")
        x, y, width, height = (_number(roi.get(key, 0)) for key in ("x_offset", "y_offset", "width", "height"))
        if x == y == width == height == 0:
            return camera
        if (
            x is None
            or y is None
            or width is None
            or height is None
            or not (0 <= x and 0 <= y and x + width <= camera.width and y + height <= camera.height)
            or min(width, height) < _SIDE_PX[0]
        ):
            raise self._wrong("roi", "must lie within the image")
        return replace(camera, width=int(width), height=int(height), cx=camera.cx - x, cy=camera.cy - y)

    def _binned(self, camera: Intrinsics) -> Intrinsics:
        """ROS's `binning`: this many px of the calibrated images make one px of the camera's images."""
        sides = []
        for name in ("binning_x", "binning_y"):
            number = _number(self._fields.get(name, 1))
            if number is None or not number.is_integer() or not 0 <= number <= 16:
                raise self._wrong(name, "must be a whole number of px")
            sides.append(max(int(number), 1))  # ROS: 0 is as 1
        width, height = camera.width // sides[0], camera.height // sides[1]
        return camera if sides == [1, 1] else camera.scaled(width, height)


def _number(value: Any) -> float | None:
    """A number, including one that YAML reads as text, such as 1e-3; None if it is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
