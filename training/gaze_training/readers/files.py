"""Reads untrusted files: sizes and shapes are checked, nothing is executed, and errors are one sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import scipy.io
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.geometry import Array

_MAX_JSON_BYTES = 64 * 1024 * 1024


def folders(root: Path, pattern: str, what: str) -> list[Path]:
    """The folders below `root` whose whole name matches, sorted; raises UserError if there is none."""
    found = sorted(p for p in root.iterdir() if p.is_dir() and re.fullmatch(pattern, p.name)) if root.is_dir() else []
    if not found:
        raise UserError(f"{root} does not hold {what}: name the folder that it was unpacked to.")
    return found


def read_image(path: Path) -> NDArray[np.uint8] | None:
    """A BGR picture as stored, without turning it by its EXIF; None if it is missing or broken."""
    if not path.is_file():
        return None
    image = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    return None if image is None else np.asarray(image, np.uint8)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; raises UserError."""
    try:
        if path.stat().st_size > _MAX_JSON_BYTES:
            raise UserError(f"{path} is too large to be metadata.")
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path} is not readable JSON: unpack the data set again.") from error
    if not isinstance(content, dict):
        raise UserError(f"{path} does not hold a JSON object: unpack the data set again.")
    return content


def json_array(content: dict[str, Any], key: str, path: Path, length: int | None = None) -> Array:
    """The list of numbers under `key`, (n,); NaN if the file has `null` or a number that is not finite.

    Raises UserError if it is no list of numbers, or not of this length.
    """
    values = content.get(key)
    numbers = isinstance(values, list) and all(v is None or type(v) in (int, float) for v in values)
    if not isinstance(values, list) or not numbers or (length is not None and len(values) != length):
        raise UserError(f"{path} has no list of numbers {key!r} for each frame.")
    try:
        array = np.array([np.nan if v is None else v for v in values], float)
    except OverflowError:
        raise UserError(f"{path}: {key!r} has a number that is too large.") from None
    return np.where(np.isfinite(array), array, np.nan)


def read_mat(path: Path) -> dict[str, Any]:
    """The variables of a MATLAB file before version 7.3; raises UserError."""
    try:
        return dict(scipy.io.loadmat(path, squeeze_me=True, struct_as_record=False))
    except Exception as error:  # scipy raises a dozen different errors on damaged files
        raise UserError(f"{path} is not a readable MATLAB file: unpack the data set again.") from error


def checked(values: object, shape: tuple[int | None, ...], name: str, path: Path) -> Array:
    """`values` as finite numbers of a shape (None: any length); raises UserError."""
    try:
        array = np.asarray(values, float)
    except (TypeError, ValueError):
        array = np.empty(())
    fits = array.ndim == len(shape) and all(want in (None, have) for have, want in zip(array.shape, shape, strict=True))
    if not fits or not np.isfinite(array).all():
        raise UserError(f"{path}: {name} is not made of finite numbers of the expected shape.")
    return array
