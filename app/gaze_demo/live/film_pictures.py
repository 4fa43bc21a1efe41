"""Frames of a film by their number, decoded in a thread: the newest wish wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaze_demo.camera.film import Film, film_times
from gaze_demo.camera.source import SourceError
from gaze_demo.live.preview_image import preview_image
from gaze_demo.sink.mailbox import Mailbox

Picture = NDArray[np.uint8]
_BOX = (1280, 960)
_NEAR_S = 1.0  # frames so soon after the last one are reached by decoding on, which is quicker than a search


class FilmPictures:
    """Calls `shown` from its thread with each picture that was wanted: its number, and the picture as BGRA (h, w, 4).

    A film that cannot be read gives no picture. `mirrored`: as a person sees themselves.
    """

    def __init__(self, path: Path, shown: Callable[[int, Picture], None], *, mirrored: bool) -> None:
        self._path, self._shown, self._mirrored = path, shown, mirrored
        self._wanted: Mailbox[int] = Mailbox()
        threading.Thread(target=self._run, name="film pictures", daemon=True).start()

    def want(self, number: int) -> None:
        """Decode this frame next, instead of what was wanted before; returns at once."""
        self._wanted.put(number)

    def close(self) -> None:
        """Ask it to end."""
        self._wanted.close()

    def _run(self) -> None:
        try:
            times = film_times(self._path)
            film = Film(self._path)
        except (SourceError, OSError):
            return
        try:
            while (number := self._wanted.take(None)) is not None and not self._wanted.closed:
                if 0 <= number < len(times) and (picture := self._decoded(film, float(times[number]))) is not None:
                    self._shown(number, picture)
        finally:
            film.close()

    def _decoded(self, film: Film, time_s: float) -> Picture | None:
        if not 0 <= film.time_s < time_s <= film.time_s + _NEAR_S:
            film.seek(time_s)
        while film.grab():
            if film.time_s >= time_s - 1e-6:
                image = film.image()
                height, width = image.shape[:2]
                return preview_image(image, (min(width, _BOX[0]), min(height, _BOX[1])), mirrored=self._mirrored)
        return None
