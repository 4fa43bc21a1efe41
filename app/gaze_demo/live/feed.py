"""One source from opening to closing, in a separate thread: each frame is read, observed once, and passed to all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from gaze_demo import clock
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.reader import Reader, ReaderStatus
from gaze_demo.camera.source import Source
from gaze_demo.errors import UserError
from gaze_demo.geometry import DEFAULT_HFOV_DEG
from gaze_demo.intrinsics import Lens
from gaze_demo.live.events import SourceFailed, SourceOpened, StatusChanged, Tell
from gaze_demo.live.film_clock import FilmClock
from gaze_demo.live.preview_image import preview_image
from gaze_demo.live.shot import Image, Shot
from gaze_demo.log import logger
from gaze_demo.normalisation.normalise import FOCAL_PX, WIDTH_PX, CropGeometry, normalise_eye
from gaze_demo.observation import Observation
from gaze_demo.observer import Observer

_WAIT_S = 0.1
_CLOSING_S = 3.0
# Of the eye crops that are shown: the normalised crop of 60 x 36 px with 2.5 times the resolution.
_CROP_WIDTH, _CROP_HEIGHT = 150, 90


@dataclass
class Wishes:
    """The window's settings for the feed, which reads them before each frame. `lens` is used if it is known, otherwise
    `hfov_deg`. `preview_box` in device px. `mirror`: a live picture. `most_fps`: no more frames per second are
    observed, 0 for no limit. `paused`: by the user; `held`: the processor is needed for something else for a moment, or
    the window is hidden. `revision` rises when the last frame should be observed again.
    """

    lens: Lens | None = None
    hfov_deg: float = DEFAULT_HFOV_DEG
    preview_box: tuple[int, int] = (640, 480)
    crops: bool = False
    mirror: bool = True
    most_fps: float = 0.0
    paused: bool = False
    held: bool = False
    revision: int = field(default=0)


class Feed:
    """Reads a source, observes each frame and calls `deliver` with the shot; `tell` gets the events of this source.

    All calls come from the feed's thread. `number`: the source's. `after`: the previous feed, which may still use the
    same camera.
    """

    def __init__(
        self,
        number: int,
        open_source: Callable[[], Source],
        make_observer: Callable[[bool, Lens], Observer],
        wishes: Wishes,
        deliver: Callable[[Shot], None],
        tell: Tell,
        after: Feed | None = None,
    ) -> None:
        self.number = number
        self.reader: Reader | None = None
        self._open_source, self._make_observer = open_source, make_observer
        self._observer: Observer | None = None
        self._wishes, self._deliver, self._tell = wishes, deliver, tell
        self._after = after
        self._clock = FilmClock()
        self._taken_s = 0.0
        self._cuts = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="observer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; returns at once, even if a driver hangs."""
        self._stop.set()

    def choose_face(self, x_px: float, y_px: float) -> None:
        """From the next frame on follow the face at this point of the undistorted picture."""
        if self._observer is not None:
            self._observer.choose_face(x_px, y_px)

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            if self._after is not None:
                self._after.join(_CLOSING_S)
                self._after = None
            self._read()
        except UserError as error:
            logger.warning("The source has ended: %s", error)
            self._tell(SourceFailed(self.number, error))
        except Exception as error:
            logger.exception("The source has ended")
            self._tell(SourceFailed(self.number, error))

    def _read(self) -> None:
        cv2.setNumThreads(1)  # its pool would compete with the models and the window for few cores
        source = self._open_source()
        if self._stop.is_set():
            return
        self._tell(SourceOpened(self.number, source))
        reader = self.reader = Reader(source)
        reader.start()
        try:
            with self._make_observer(not source.independent, self._lens(source)) as observer:
                self._observer = observer
                self._observe(source, reader, observer)
        finally:
            reader.stop()
            reader.join(_CLOSING_S)  # the next feed may need the same camera

    def _observe(self, source: Source, reader: Reader, observer: Observer) -> None:
        status: ReaderStatus | None = None
        frame: Frame | None = None
        newest: Frame | None = None
        index, revision = -1, self._wishes.revision
        while not self._stop.is_set():
            read = reader.next(index, _WAIT_S)
            if read is not None:
                newest, index = read.after(newest), read.index
            if status is None or reader.has_changed(status):
                status = reader.status
                self._tell(StatusChanged(self.number, status))
            if self._wishes.held:
                continue
            again = revision != self._wishes.revision
            if newest is not None and frame is not None and source.independent and newest.image is frame.image:
                newest = None  # the same picture for as long as it is shown
            if (newest is None or self._wishes.paused or self._too_soon()) and not (again and frame is not None):
                continue
            revision = self._wishes.revision
            if newest is not None and not self._wishes.paused:
                frame, newest = newest, None
                self._taken_s = clock.now_s()
                self._cuts += frame.cut
            assert frame is not None
            observer.lens = self._lens(source)
            self._deliver(self._shoot(source, observer, frame))

    def _too_soon(self) -> bool:
        """Whether another frame now would exceed the frame limit; a little early is allowed."""
        most = self._wishes.most_fps
        return most > 0 and clock.now_s() - self._taken_s < 0.9 / most

    def _shoot(self, source: Source, observer: Observer, frame: Frame) -> Shot:
        taken = clock.now_s()
        seen = observer.observe(frame)
        mirrored = source.live and self._wishes.mirror
        preview = preview_image(seen.frame.image, self._wishes.preview_box, mirrored=mirrored)
        crops = _eye_crops(seen) if self._wishes.crops else None
        captured = self._captured_s(source, frame, taken)
        return Shot(self.number, seen, preview, mirrored, crops, captured, taken, clock.now_s(), self._cuts)

    def _captured_s(self, source: Source, frame: Frame, taken_s: float) -> float:
        if source.live:
            return frame.time_s
        return taken_s if source.independent else self._clock.due_s(frame.time_s, taken_s)

    def _lens(self, source: Source) -> Lens:
        if source.intrinsics is not None:
            return Lens(known=source.intrinsics)
        return self._wishes.lens or Lens(self._wishes.hfov_deg)


def _eye_crops(seen: Observation) -> tuple[Image, Image] | None:
    if seen.pose is None:
        return None
    geometry = CropGeometry(_CROP_WIDTH, _CROP_HEIGHT, FOCAL_PX * _CROP_WIDTH / WIDTH_PX)
    eyes = [
        normalise_eye(seen.frame.image, centre, seen.pose.rotation, seen.camera, geometry, mirrored=False)
        for centre in (seen.pose.left_eye_mm, seen.pose.right_eye_mm)
    ]
    left, right = (np.asarray(cv2.cvtColor(eye.crop, cv2.COLOR_BGR2BGRA), np.uint8) for eye in eyes)
    return left, right
