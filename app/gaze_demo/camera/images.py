"""An image, or the images of a folder."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo import clock
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.source import SourceError
from gaze_demo.camera.video import check_readable
from gaze_demo.geometry import Intrinsics

IMAGE_SUFFIXES = frozenset((".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"))
_REPEATS_PER_S = 10.0


class ImageFiles:
    """One image, or all of a folder by name (2 before 10). Files that are no images or cannot be read are left out.

    Without `dwell_s` each image comes once, as fast as it is asked for. With it each is shown for that many seconds,
    repeated ten times a second, and after the last comes the first again.

    Attributes:
        skipped: names of the folder's images that could not be read, as far as the reading got.
    """

    live = False
    independent = True
    intrinsics: Intrinsics | None = None

    def __init__(self, path: Path, dwell_s: float | None = None) -> None:
        self._path = path
        self._dwell_s = dwell_s
        self._files: list[Path] = []
        self._due_s = 0.0
        self._index = -1
        self._images: Iterator[tuple[NDArray[np.uint8], str]] = iter(())
        self.name = path.resolve().name or str(path)
        self.frame_rate = None if dwell_s is None else _REPEATS_PER_S
        self.frame_count: int | None = None
        self.skipped: list[str] = []

    def open(self) -> None:
        """Raises SourceError: absent, denied or unreadable."""
        check_readable(self._path)
        self._files = _files(self._path) if self._path.is_dir() else [self._path]
        if not self._files:
            kinds = ", ".join(sorted(suffix[1:] for suffix in IMAGE_SUFFIXES))
            raise SourceError("unreadable", f"The folder {self._path} holds no image ({kinds}): choose another one.")
        self.frame_count = len(self._files) if self._dwell_s is None else None
        self.skipped = []
        self._index, self._due_s = -1, 0.0
        self._images = self._walk()

    def read(self) -> Frame | None:
        """Raises SourceError ("unreadable") where not a single image can be read."""
        if self._dwell_s is not None:
            time.sleep(max(self._due_s - clock.now_s(), 0.0))
            self._due_s = clock.now_s() + 1 / _REPEATS_PER_S
        image, file = next(self._images, (None, ""))
        if image is None:
            return None
        self._index += 1
        return Frame(image, self._index, 0.0, file)

    def close(self) -> None:
        self._images = iter(())

    def _walk(self) -> Iterator[tuple[NDArray[np.uint8], str]]:
        repeats = 1 if self._dwell_s is None else max(round(self._dwell_s * _REPEATS_PER_S), 1)
        while True:
            any_read = False
            for file in self._files:
                image, name = read_image(file), _printable(file.name)
                if image is not None:
                    any_read = True
                    for _ in range(repeats):
                        yield image, name
                elif file != self._path and name not in self.skipped:
                    self.skipped.append(name)
            if not any_read:
                raise SourceError("unreadable", self._nothing_read())
            if self._dwell_s is None:
                return

    def _nothing_read(self) -> str:
        if self._path.is_dir():
            return f"None of the {len(self._files)} images in {self._path} can be read: they are damaged."
        return f"{self._path} cannot be read as an image: it is damaged, or of another kind."


def read_image(file: Path) -> NDArray[np.uint8] | None:
    """A BGR image (height, width, 3), turned as its camera was held; None where it cannot be read."""
    try:
        data = np.fromfile(file, np.uint8)  # unlike cv2.imread, with any name on any system
        image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except (OSError, cv2.error):
        return None
    return None if image is None else np.asarray(image, np.uint8)


def _files(folder: Path) -> list[Path]:
    """Images by their suffix; hidden files are other systems' notes about images."""
    try:
        files = [
            file
            for file in folder.iterdir()
            if file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".") and file.is_file()
        ]
    except OSError as problem:
        raise SourceError("denied", f"{folder} may not be read: check the folder's permissions.") from problem
    return sorted(files, key=lambda file: (_natural(file.name.casefold()), file.name))


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts the numbers in names as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def _printable(name: str) -> str:
    """A name that can be written down, also where the file system has one that is no text."""
    return name.encode("utf-8", "replace").decode("utf-8")
