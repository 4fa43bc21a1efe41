"""The phases of a calibration, each an object: checking, looking at dots, fitting.

Each takes shots from the feed's thread by `add`; everything else is called from the window's thread. What only a
calibration needs is loaded when one begins: the window should not wait for it when it starts.
"""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from gaze_demo.calibration.sample import CameraKey, SittingData
from gaze_demo.desk.monitors import Monitor
from gaze_demo.live.shot import Image, Shot
from gaze_demo.screen import ScreenGeometry
from gaze_demo.sink.mailbox import Mailbox

if TYPE_CHECKING:
    from gaze_demo.calibration.checks import Check
    from gaze_demo.calibration.sitting import Dot, Sitting
    from gaze_demo.live.calibration_worker import CalibrationWorker


class Checking:
    """Before the dots: whether the person can be seen well.

    Attributes: `monitor` and `geometry`, of the screen that is calibrated; `notes`, hints before it starts; `checks`
    and `picture`, of the newest shot, empty while the camera gives no picture.
    """

    def __init__(self, monitor: Monitor, geometry: ScreenGeometry, notes: tuple[str, ...]) -> None:
        self.monitor, self.geometry, self.notes = monitor, geometry, notes
        self.checks: tuple[Check, ...] = ()
        self.picture: Image | None = None
        self._newest: Mailbox[tuple[tuple[Check, ...], Image]] = Mailbox()

    def add(self, shot: Shot) -> None:
        from gaze_demo.calibration.checks import check

        self._newest.put((tuple(check(shot.observation)), shot.preview))

    def refresh(self) -> bool:
        """Show the newest checks; returns whether there were any."""
        newest = self._newest.take()
        if newest is None:
            return False
        self.checks, self.picture = newest
        return True

    def forget(self) -> None:
        """The camera gives no picture."""
        self._newest.take()
        self.checks, self.picture = (), None


class Looking:
    """The dots to fit by, and those to validate by.

    Attributes: `monitor` and `geometry`, of the screen; `dot`, to be drawn, None before the first; `paused`, the reason
    why the dots are paused, empty while they move; `worker`, which estimates what was seen; `name`, of the profile to
    come.
    """

    def __init__(
        self,
        monitor: Monitor,
        geometry: ScreenGeometry,
        sitting: Sitting,
        worker: CalibrationWorker,
        name: str,
        margin: float,
    ) -> None:
        self.monitor, self.geometry, self.worker, self.name = monitor, geometry, worker, name
        self._margin = margin
        self.dot: Dot | None = None
        self.paused = ""
        self._sitting = sitting
        self._lock = threading.Lock()
        self._shot: Shot | None = None
        self._fed = 0
        self._was_paused = False

    def add(self, shot: Shot) -> None:
        with self._lock:
            self._shot = shot
            if not self.paused:
                self._sitting.add(shot.observation)

    @property
    def shot(self) -> Shot | None:
        """The newest shot, which has the camera."""
        return self._shot

    @property
    def validating(self) -> bool:
        """The validation dots have begun."""
        return self.dot is not None and self.dot.kind == "validation"

    @property
    def fixations(self) -> int:
        """The number of collected looks."""
        return len(self._sitting.fixations)

    def advance(self, now_s: float) -> bool:
        """Move the dot on and hand what was seen to the worker; False when all dots are done."""
        if self.paused:
            self._was_paused = True
            return True
        with self._lock:
            if self._was_paused:
                self._was_paused = False
                self._sitting.restart(now_s)
            self.dot = self._sitting.advance(now_s)
            gathered = self._sitting.fixations[self._fed :]
            self._fed = len(self._sitting.fixations)
        for fixation in gathered:
            for sample in fixation.samples:
                self.worker.feed(sample)
        return self.dot is not None

    def finish(self, camera: CameraKey) -> Fitting:
        """The dots are done: start the fit."""
        created = datetime.now(timezone.utc).isoformat(timespec="seconds")
        data = SittingData(self.geometry, camera, created, tuple(self._sitting.fixations), margin=self._margin)
        self.worker.finish(data, self._sitting.skipped)
        return Fitting(data, self.worker, self.name)


class Fitting:
    """The models are fitted and evaluated; the person waits.

    Attributes: `data`, what was gathered; `worker`; `name`, of the profile to come.
    """

    def __init__(self, data: SittingData, worker: CalibrationWorker, name: str) -> None:
        self.data, self.worker, self.name = data, worker, name

    def add(self, shot: Shot) -> None:
        """Shots are ignored."""


Phase = Checking | Looking | Fitting
