"""Reads one picture file: which kinds there are, and how each becomes an 8 bit image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo import LARGEST_IMAGE_PX

# Endings of the pictures that OpenCV reads; of a GIF or AVIF with several pictures, the first one.
READ = frozenset(".avif .bmp .dib .gif .jfif .jp2 .jpe .jpeg .jpg .pbm .pgm .png .pnm .ppm .tif .tiff .webp".split())
# Endings of pictures that have to be converted first.
NOT_READ = frozenset(".arw .cr2 .cr3 .dng .exr .hdr .heic .heif .jxl .nef .orf .psd .raf .raw .rw2 .svg".split())
LARGEST_BYTES = 512 * 1024 * 1024
_DEPTHS_BITS = (8, 10, 12, 14, 16)  # of cameras whose pictures are stored in 16 bits


class PictureError(Exception):
    """The file is not a readable picture; the text completes the sentence "it is ..."."""


def read_picture(file: Path) -> NDArray[np.uint8]:
    """A BGR image (height, width, 3), turned upright by its metadata.

    Pictures of more pixels than `gaze_demo.LARGEST_IMAGE_PX` are refused by their headers. Raises PictureError.
    """
    if file.suffix.lower() in NOT_READ:
        raise PictureError(f"a {file.suffix[1:].upper()} picture, which this program does not read: convert it to JPEG")
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise PictureError(f"too large: a file has at most {LARGEST_BYTES // 1024**2} MB")
        data = np.fromfile(file, np.uint8)  # unlike cv2.imread, with any name on any system
        image = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH) if data.size else None
    except cv2.error as error:
        if "MAX_IMAGE" in str(error):
            raise PictureError(
                f"too large: a picture has at most {LARGEST_IMAGE_PX / 1e6:.0f} megapixels, make it smaller first"
            ) from None
        raise PictureError("damaged, or of another kind") from None
    except OSError as error:
        raise PictureError(f"not to be read ({error.strerror or error})") from None
    if image is None:
        raise PictureError("damaged, or of another kind")
    return _as_8_bit(image)


def _as_8_bit(image: NDArray[Any]) -> NDArray[np.uint8]:
    """The same picture in 8 bits. A picture of 16 bits is assumed to use the smallest depth that holds its brightest
    value."""
    if image.dtype == np.uint8:
        return np.asarray(image, np.uint8)
    if image.dtype == np.uint16:
        depth = next(bits for bits in _DEPTHS_BITS if int(image.max()) < 2**bits)
        return np.asarray(image >> (depth - 8), np.uint8)
    finite = np.nan_to_num(image.astype(np.float32), posinf=0.0, neginf=0.0)
    brightest = max(float(finite.max()), 1.0 if image.dtype.kind == "f" else 255.0)
    return np.asarray(np.clip(finite * (255 / brightest), 0, 255), np.uint8)
