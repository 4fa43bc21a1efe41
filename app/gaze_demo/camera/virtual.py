"""The virtual participant as a source of frames."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import ArrayLike

from gaze_demo import clock
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.source import SourceError
from gaze_demo.errors import UserError
from gaze_demo.geometry import DEFAULT_HFOV_DEG, Array, Intrinsics
from gaze_demo.participant.participant import GazeMode, HeadMode, VirtualParticipant, desk_screen
from gaze_demo.participant.person import PEOPLE
from gaze_demo.screen import ScreenGeometry

_SIDE_PX = (160, 4096)
_RATE = (1.0, 240.0)
_HFOV_DEG = (20.0, 120.0)
_DISTANCE_MM = (350.0, 1000.0)


class VirtualSource:
    """An animated face with known gaze, as a camera would see it: every frame contains its truth.

    `mode`: "pointer" looks where `look_at_mm` or `look_at_screen_px` (from any thread) say, and along a path before the
    first call; "path" ignores both. `fixate_mm` comes before either. `real_time` False gives frames as fast as they are
    requested, on their own clock. Raises UserError for impossible settings.

    Attributes: those of `Source`; `intrinsics` is exact. `screen`: what `look_at_screen_px` and the path refer to.
    `participant`: who is drawn, None while the source is closed.
    """

    name = "Virtual participant"
    live = True
    rendered = True
    independent = False
    frame_count: int | None = None

    def __init__(
        self,
        *,
        mode: GazeMode = "pointer",
        person: int = 0,
        head: HeadMode = "still",
        seed: int = 0,
        width: int = 640,
        height: int = 480,
        hfov_deg: float = DEFAULT_HFOV_DEG,
        rate: float = 30.0,
        distance_mm: float = 600.0,
        screen: ScreenGeometry | None = None,
        real_time: bool = True,
    ) -> None:
        if person not in range(len(PEOPLE)):
            raise UserError(f"There is no virtual person {person}: choose 0 to {len(PEOPLE) - 1}.")
        _check("width", width, _SIDE_PX, "px")
        _check("height", height, _SIDE_PX, "px")
        _check("field of view", hfov_deg, _HFOV_DEG, "degrees")
        _check("frame rate", rate, _RATE, "frames a second")
        _check("distance", distance_mm, _DISTANCE_MM, "mm")
        self._person, self._head, self._mode, self._seed = person, head, mode, seed
        self._distance_mm, self._real_time = distance_mm, real_time
        self.frame_rate: float = rate
        self.intrinsics: Intrinsics = Intrinsics.from_hfov(width, height, hfov_deg)
        self.screen = screen or desk_screen()
        self.participant: VirtualParticipant | None = None
        self._target_mm: Array | None = None
        self._dot_mm: Array | None = None
        self._index = -1
        self._due_s = 0.0

    def look_at_mm(self, target_mm: ArrayLike) -> None:
        """Look at a point (3,) of the camera frame from the next frame on."""
        self._target_mm = target = _point(target_mm)
        participant = self.participant
        if participant is not None:
            participant.look_at_mm(target)

    def fixate_mm(self, target_mm: ArrayLike | None) -> None:
        """Look at a dot (3,) of the camera frame from the next frame on, with any mode, until None is given."""
        self._dot_mm = target = None if target_mm is None else _point(target_mm)
        participant = self.participant
        if participant is not None:
            participant.fixate_mm(target)

    def look_at_screen_px(self, x: float, y: float) -> None:
        """Look at a pixel of `screen` from the next frame on."""
        self.look_at_mm(self.screen.px_to_camera((x, y)))

    def open(self) -> None:
        participant = VirtualParticipant(
            camera=self.intrinsics,
            person=self._person,
            head=self._head,
            mode=self._mode,
            seed=self._seed,
            distance_mm=self._distance_mm,
            screen=self.screen,
        )
        if self._target_mm is not None:
            participant.look_at_mm(self._target_mm)
        participant.fixate_mm(self._dot_mm)
        self.participant = participant
        self._due_s = clock.now_s()

    def read(self) -> Frame:
        """The next frame, when it is due. Raises SourceError if the source is not open."""
        participant = self.participant
        if participant is None:
            raise SourceError("unreadable", "The virtual participant has not been opened: open it first.")
        step_s = self._wait() if self._real_time else 1 / self.frame_rate
        image, truth = participant.step(step_s)
        self._index += 1
        now_s = clock.now_s() if self._real_time else self._index / self.frame_rate
        return Frame(image, self._index, now_s, truth=truth)

    def close(self) -> None:
        self.participant = None

    def _wait(self) -> float:
        """Sleep until the next frame is due; returns the seconds since the last one was. Late frames are left out."""
        period_s = 1 / self.frame_rate
        late = max(0, int((clock.now_s() - self._due_s) / period_s) - 1)
        step_s = (late + 1) * period_s
        self._due_s += step_s
        time.sleep(max(0.0, self._due_s - clock.now_s()))
        return step_s


def _check(what: str, value: float, limits: tuple[float, float], unit: str) -> None:
    low, high = limits
    if not low <= value <= high:
        raise UserError(f"The virtual participant's {what} lies between {low:g} and {high:g} {unit}, not at {value:g}.")


def _point(target_mm: ArrayLike) -> Array:
    target = np.array(target_mm, float).reshape(3)
    if not np.isfinite(target).all():
        raise ValueError("a target is a finite point")
    return target
