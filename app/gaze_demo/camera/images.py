"""An image, or the images of a folder."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaze_demo import clock
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.picture import NOT_READ, READ, PictureError, read_picture
from gaze_demo.camera.source import SourceError
from gaze_demo.camera.video import check_readable
from gaze_demo.geometry import Intrinsics

_REPEATS_PER_S = 10.0


class ImageFiles:
    """One image, or all of a folder by name (2 before 10); an `Album`. Other files are left out.

    Without `dwell_s` each image comes once, as fast as it is asked for. With it each is shown for that many seconds,
    repeated ten times per second, and after the last comes the first again.

    Attributes:
        skipped: names of the folder's pictures that could not be read, so far: damaged ones, and those in formats that
        have to be converted first.
    """

    live = False
    independent = True
    intrinsics: Intrinsics | None = None

    def __init__(self, path: Path, dwell_s: float | None = None) -> None:
        self._path = path
        self._dwell_s = dwell_s
        self._repeats = 1 if dwell_s is None else max(round(dwell_s * _REPEATS_PER_S), 1)
        self._files: list[Path] = []
        self.name = path.resolve().name or str(path)
        self.frame_rate = None if dwell_s is None else _REPEATS_PER_S
        self.frame_count: int | None = None
        self.skipped: list[str] = []
        self._changed = threading.Condition()  # protects all attributes below
        self._place = -1
        self._turn = 0
        self._paused = self._interrupted = False

    def open(self) -> None:
        """Raises SourceError: absent, denied or unreadable."""
        check_readable(self._path)
        folder = self._path.is_dir()
        self._files = _files(self._path, READ | NOT_READ) if folder else [self._path]
        if not any(file.suffix.lower() in READ for file in self._files) and folder:
            kinds = ", ".join(sorted(suffix[1:] for suffix in READ))
            others = sorted({file.suffix.lower()[1:] for file in self._files})
            besides = f", only {', '.join(others)}, which have to be converted first" if others else ""
            raise SourceError(
                "unreadable", f"The folder {self._path} holds no image ({kinds}){besides}: choose another one."
            )
        self.frame_count = len(self._files) if self._dwell_s is None else None
        self.skipped = []
        self._index, self._due_s = -1, 0.0
        self._image: NDArray[np.uint8] | None = None
        self._shown = 0
        with self._changed:
            self._place, self._turn, self._interrupted = -1, 0, False

    def read(self) -> Frame | None:
        """Raises SourceError ("unreadable") where not a single image can be read."""
        if self._dwell_s is not None:
            self._wait()
        with self._changed:
            if self._interrupted:
                return None
            turn, self._turn = self._turn, 0
            stays = self._image is not None and not turn and (self._paused or self._shown < self._repeats)
        if not stays and not self._turn_to(turn or 1):
            return None
        assert self._image is not None
        self._index += 1
        self._shown += 1
        return Frame(self._image, self._index, 0.0, _printable(self._files[self._place].name))

    def close(self) -> None:
        self._image = None

    def interrupt(self) -> None:
        """Makes `read` return None soon."""
        with self._changed:
            self._interrupted = True
            self._changed.notify_all()

    @property
    def count(self) -> int:
        return len(self._files)

    @property
    def number(self) -> int:
        return self._place + 1

    @property
    def current(self) -> str:
        return _printable(self._files[self._place].name) if 0 <= self._place < len(self._files) else ""

    @property
    def paused(self) -> bool:
        return self._paused

    def pause(self) -> None:
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        with self._changed:
            self._paused = False

    def next(self) -> None:
        self._turn_by(1)

    def previous(self) -> None:
        self._turn_by(-1)

    def _turn_by(self, places: int) -> None:
        with self._changed:
            self._turn += places
            self._changed.notify_all()

    def _wait(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._interrupted or self._turn, max(self._due_s - clock.now_s(), 0.0))
        self._due_s = clock.now_s() + 1 / _REPEATS_PER_S

    def _turn_to(self, turn: int) -> bool:
        """Advance by this many pictures, skipping unreadable ones; False at the end."""
        place, step = self._place, 1 if turn > 0 else -1
        before = place
        for tried in range(len(self._files)):
            place += turn if tried == 0 else step
            if self._dwell_s is None and not 0 <= place < len(self._files):
                break
            place %= len(self._files)
            file = self._files[place]
            try:
                self._image = read_picture(file)
            except PictureError as error:
                if file == self._path:
                    raise SourceError(
                        "unreadable", f"{self._path} cannot be read as an image: it is {error}."
                    ) from None
                if (name := _printable(file.name)) not in self.skipped:
                    self.skipped.append(name)
                continue
            with self._changed:
                self._place = place
            self._shown = 0
            return True
        if before < 0:
            raise SourceError(
                "unreadable", f"None of the {len(self._files)} images in {self._path} can be read: they are damaged."
            )
        return False


def _files(folder: Path, suffixes: frozenset[str]) -> list[Path]:
    """Whether the ending is that of a picture; hidden files hold other systems' notes about pictures."""
    try:
        files = [
            file
            for file in folder.iterdir()
            if file.suffix.lower() in suffixes and not file.name.startswith(".") and file.is_file()
        ]
    except OSError as problem:
        raise SourceError("denied", f"{folder} cannot be read: check the folder's permissions.") from problem
    return sorted(files, key=lambda file: (_natural(file.name.casefold()), file.name))


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts the numbers in names as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def _printable(name: str) -> str:
    """A printable name, even if the name in the file system is not valid text."""
    return name.encode("utf-8", "replace").decode("utf-8")
