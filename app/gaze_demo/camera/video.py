"""A video file, in real time or frame by frame."""

from __future__ import annotations

import math
import os
import threading
from pathlib import Path

from gaze_demo import clock
from gaze_demo.camera.film import LIKELY_RATE, Film, unreadable
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.source import SourceError
from gaze_demo.geometry import Intrinsics

SPEEDS = (0.05, 16.0)  # the slowest and the fastest that a film can be played
LONGEST_GAP_S = 0.1  # if decoding is slower than the film, a late frame is shown after this long without one
# If the film is further behind than this, for example after the machine slept, it continues from where it is instead of
# catching up. A wait for a frame is never longer than this either, even if the frame's time says so.
_BEHIND_S = 1.0
_AHEAD_S = 10.0
_HURRY_FROM_S, _HURRY_UNTIL_S = 0.2, 0.05
_JUST_BEFORE_S = 1e-4


class VideoFile:
    """The frames of a video with the times that the file gives them; a `Player`.

    In real time `read` waits until a frame is due by those times, and leaves out frames that are late: for a slow
    reader there are fewer frames, but the film is not slower. Otherwise every frame is read as fast as it is requested.

    `hold_at_end`: after the last frame `read` waits for a `seek`, `step` or `resume` instead of returning None.
    """

    live = False
    independent = False
    intrinsics: Intrinsics | None = None

    def __init__(self, path: Path, real_time: bool, hold_at_end: bool = False) -> None:
        self._path = path
        self._real_time = real_time
        self._hold_at_end = hold_at_end
        self._film: Film | None = None
        self.name = path.name
        self.frame_rate: float | None = None
        self.frame_count: int | None = None
        self._changed = threading.Condition()  # guards everything below
        self._duration_s: float | None = None
        self._position_s = 0.0
        self._ended = self._paused = self._interrupted = False
        self._speed, self._loop = 1.0, False
        self._target_s: float | None = None
        self._steps = 0
        self._start_s: float | None = None

    def open(self) -> None:
        """Raises SourceError: absent, denied or unreadable."""
        check_readable(self._path)
        try:
            film = Film(self._path)
        except OSError as error:
            raise SourceError(
                "denied", f"{self._path} cannot be opened: {error.strerror or error}. Check the file."
            ) from error
        self.frame_rate, self.frame_count = film.rate, film.count
        self._film = film
        self._index = -1
        self._any_shown = False
        with self._changed:
            self._duration_s, self._position_s = film.duration_s, 0.0
            self._ended = self._interrupted = False
            self._start_s = None

    def read(self) -> Frame | None:
        """Raises SourceError ("unreadable") if the file has no frame at all."""
        film = self._film
        assert film is not None, "read before open"
        called_s = clock.now_s()
        cut = False
        while True:
            target_s, steps = self._next_order()
            if self._interrupted:
                return None
            if target_s is not None:
                film.seek(target_s)
            elif steps < 0:
                self._step_back(film, -steps)
            asked = target_s is not None or steps != 0
            cut = cut or target_s is not None or steps < 0
            if not film.grab():
                if not self._at_end():
                    return None
                continue
            self._index += 1
            if steps > 1:
                self._put_back(steps - 1)
            elif not self._real_time or self._wait(film, asked, called_s):
                return self._show(film, cut)

    def close(self) -> None:
        film, self._film = self._film, None
        if film is not None:
            film.close()

    def interrupt(self) -> None:
        """Makes `read` return None soon."""
        with self._changed:
            self._interrupted = True
            self._changed.notify_all()

    @property
    def duration_s(self) -> float | None:
        return self._duration_s

    @property
    def position_s(self) -> float:
        return self._position_s

    @property
    def ended(self) -> bool:
        return self._ended

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if not math.isfinite(speed):
            raise ValueError("a speed is a finite number")
        with self._changed:
            self._speed, self._start_s = min(max(speed, SPEEDS[0]), SPEEDS[1]), None
            self._changed.notify_all()

    @property
    def loop(self) -> bool:
        return self._loop

    @loop.setter
    def loop(self, loop: bool) -> None:
        with self._changed:
            self._loop = loop

    def pause(self) -> None:
        with self._changed:
            self._paused = True
            self._changed.notify_all()

    def resume(self) -> None:
        with self._changed:
            if self._ended:
                self._target_s = 0.0
            self._paused, self._start_s = False, None
            self._changed.notify_all()

    def seek(self, time_s: float) -> None:
        if not math.isfinite(time_s):
            raise ValueError("a time is a finite number")
        with self._changed:
            self._target_s, self._steps = max(time_s, 0.0), 0
            self._changed.notify_all()

    def step(self, frames: int = 1) -> None:
        with self._changed:
            self._paused = True
            self._steps += frames
            self._changed.notify_all()

    def _next_order(self) -> tuple[float | None, int]:
        """The requested time and number of frames. Waits while the film is paused."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._interrupted
                    or self._target_s is not None
                    or self._steps
                    or not (self._paused or (self._ended and self._hold_at_end))
                )
            )
            order = self._target_s, 0 if self._target_s is not None else self._steps
            self._target_s = None
            if order[0] is None:
                self._steps = 0
            if order != (None, 0):
                self._ended, self._start_s = False, None
            return order

    def _put_back(self, steps: int) -> None:
        with self._changed:
            self._steps += steps

    def _step_back(self, film: Film, frames: int) -> None:
        """Seek so that the next `grab` gives the frame this many before the one shown."""
        time_s = self._position_s
        for _ in range(frames):
            film.seek(time_s - _JUST_BEFORE_S)
            if time_s <= 0 or not film.grab():
                break
            time_s = film.time_s
        film.seek(time_s)

    def _at_end(self) -> bool:
        """At the end of the film; False if there is nothing more to read."""
        if not self._any_shown and self._index < 0:
            raise unreadable(self._path)
        with self._changed:
            if self._loop and self._any_shown:
                self._target_s = 0.0
                return True
            self._ended = True
            self._changed.notify_all()
            return self._hold_at_end

    def _show(self, film: Film, cut: bool) -> Frame:
        image = film.image()
        self._any_shown = True
        with self._changed:
            self._position_s = film.time_s
            if self._duration_s is not None:
                self._duration_s = max(self._duration_s, film.time_s)
        return Frame(image, self._index, film.time_s, cut=cut)

    def _wait(self, film: Film, asked: bool, called_s: float) -> bool:
        """Wait until the frame is due; False if it is late and the next one is due as well."""
        now = clock.now_s()
        with self._changed:
            time_s = film.time_s / self._speed
            late_s = 0.0 if self._start_s is None else now - self._start_s - time_s
            if asked or self._start_s is None or not -_AHEAD_S < late_s < _BEHIND_S:
                self._start_s, late_s = now - time_s, 0.0
            period_s = 1 / (self.frame_rate or LIKELY_RATE) / self._speed
            if late_s < 0:
                self._changed.wait_for(self._disturbed, -late_s)
                if self._target_s is not None:  # the frame is no longer needed
                    return False
        if late_s > _HURRY_FROM_S or late_s < _HURRY_UNTIL_S:
            film.skim(late_s > _HURRY_FROM_S)
        return late_s < period_s or now - called_s > LONGEST_GAP_S

    def _disturbed(self) -> bool:
        return self._interrupted or self._paused or self._target_s is not None or self._start_s is None


def check_readable(path: Path) -> None:
    """Raises SourceError ("absent" or "denied")."""
    if not path.exists():
        raise SourceError("absent", f"There is no file {path}: check its name.")
    if not os.access(path, os.R_OK):
        raise SourceError("denied", f"{path} cannot be read: check the file's permissions.")
