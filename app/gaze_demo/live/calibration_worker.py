"""Runs every model on the kept samples in a separate thread, while the person still looks at targets."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

from gaze_demo.calibration.calibrate import Calibration, Estimates, calibrate
from gaze_demo.calibration.sample import Sample, SittingData
from gaze_demo.calibration.sitting import Skipped
from gaze_demo.log import logger
from gaze_demo.model.load import GazeEstimator
from gaze_demo.model.registry import ModelEntry


class CalibrationWorker:
    """Pass it samples, then call `finish`; a model that cannot be loaded, or fails, is left out. `done` is called once
    from the thread, with the calibration or the error.
    """

    def __init__(
        self,
        entries: Sequence[ModelEntry],
        load_model: Callable[[ModelEntry], GazeEstimator],
        done: Callable[[Calibration | Exception], None],
    ) -> None:
        self._entries, self._load_model, self._done = list(entries), load_model, done
        self._jobs: queue.SimpleQueue[Sample | tuple[SittingData, list[Skipped]] | None] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="calibration", daemon=True)
        self._thread.start()

    def feed(self, sample: Sample) -> None:
        self._jobs.put(sample)

    def finish(self, sitting: SittingData, skipped: list[Skipped]) -> None:
        self._jobs.put((sitting, skipped))

    def cancel(self) -> None:
        """Cancel it; `done` is not called."""
        self._cancelled.set()
        self._jobs.put(None)

    def _run(self) -> None:
        try:
            models = self._load()
            while not self._cancelled.is_set():
                job = self._jobs.get()
                if isinstance(job, tuple):
                    self._tell(calibrate(job[0], models, job[1]))
                    return
                if job is not None:
                    for model in models:
                        model.prepare(job)
        except Exception as error:
            logger.exception("The calibration has failed")
            self._tell(error)

    def _load(self) -> list[Estimates]:
        models = []
        for entry in self._entries:
            try:
                models.append(Estimates(self._load_model(entry)))
            except Exception:
                logger.warning("Model %s is left out of the calibration", entry.name, exc_info=True)
        return models

    def _tell(self, result: Calibration | Exception) -> None:
        if not self._cancelled.is_set():
            self._done(result)
