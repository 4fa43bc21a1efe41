"""Sources, observers and tools made by hand, so that tests need no camera and no MediaPipe."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from app.drawn_face import observation
from gaze_demo import clock
from gaze_demo.camera.frame import Frame, Truth
from gaze_demo.camera.source import SourceError
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics
from gaze_demo.intrinsics import Lens
from gaze_demo.live.tools import Tools
from gaze_demo.observation import Observation


class FakeSource:
    """A live source of grey frames; `fault` set makes it fail until it is taken away, `hold` makes it silent.

    `looked_at`: a point (3,) of the camera frame that the person is known to look at.
    """

    name = "Fake camera"
    live = True
    independent = False
    frame_rate: float | None = 50.0
    frame_count: int | None = None
    intrinsics: Intrinsics | None = None

    def __init__(self, fault: SourceError | None = None, frames: int | None = None, live: bool = True) -> None:
        self.fault = fault
        self.live = live
        self.opened = self.closed = 0
        self.hold = False
        self.looked_at: np.ndarray | None = None
        self.targets: list[np.ndarray] = []
        self.dots: list[np.ndarray | None] = []
        self._left = frames
        self._index = -1
        self._image = np.full((120, 160, 3), 90, np.uint8)

    def open(self) -> None:
        if self.fault:
            raise self.fault
        self.opened += 1

    def read(self) -> Frame | None:
        time.sleep(0.02)
        while self.hold:
            time.sleep(0.02)
        if self.fault:
            raise self.fault
        if self._left is not None:
            if not self._left:
                return None
            self._left -= 1
        self._index += 1
        image = self._image.copy()
        image[0, :, 0] = self._index % 251  # otherwise the fault "frozen" would be reported
        return Frame(image, self._index, clock.now_s(), truth=self._truth())

    def close(self) -> None:
        self.closed += 1

    def _truth(self) -> Truth | None:
        """The drawn face's eyes on what is looked at, where that is known."""
        pose = observation().pose
        if self.looked_at is None or pose is None:
            return None
        eyes = [
            (self.looked_at - eye) / np.linalg.norm(self.looked_at - eye)
            for eye in (pose.left_eye_mm, pose.right_eye_mm)
        ]
        return Truth(self.looked_at, *eyes, pose.left_eye_mm, pose.right_eye_mm, pose.rotation)

    def look_at_mm(self, target_mm: np.ndarray) -> None:
        """Where the virtual participant should look, if this replaces it."""
        self.targets.append(target_mm)

    def fixate_mm(self, target_mm: np.ndarray | None) -> None:
        self.dots.append(target_mm)


class FakeObserver:
    """Finds the drawn face in every frame immediately."""

    made: ClassVar[list[FakeObserver]] = []

    def __init__(self, video: bool, lens: Lens | None = None) -> None:
        self.video, self.lens = video, lens
        self.lenses: list[Lens | None] = []
        self.chosen: list[tuple[float, float]] = []
        self.made.append(self)

    def __enter__(self) -> FakeObserver:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def choose_face(self, x_px: float, y_px: float) -> None:
        self.chosen.append((x_px, y_px))

    def observe(self, frame: Frame) -> Observation:
        self.lenses.append(self.lens)
        seen = observation()
        return replace(seen, frame=replace(frame, image=seen.frame.image))


def fake_tools(sources: dict[str, FakeSource | Exception], **changes: Any) -> Tools:
    """Tools that open these sources by their specs and find the drawn face in them; no camera is connected."""

    def open_source(spec: str, options: object = None) -> FakeSource:
        source = sources.get(spec) or sources.get(spec.partition(":")[0]) or UserError(f"There is no {spec}.")
        if isinstance(source, Exception):
            raise source
        return source

    usual: dict[str, Any] = {
        "open_source": open_source,
        "open_virtual": open_source,
        "make_observer": FakeObserver,
        "list_cameras": list,
        "default_spec": lambda: "virtual",
    }
    return Tools(**{**usual, **changes})


def wait_until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Sleep until it holds; fails after the time."""
    deadline = clock.now_s() + timeout_s
    while not condition():
        assert clock.now_s() < deadline, "it did not come true in time"
        time.sleep(0.005)
