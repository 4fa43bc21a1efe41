"""One model in a thread of its own: a slow teacher never slows the student."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from gaze_demo.filter.gaze_filter import GazeFilter, Gazes
from gaze_demo.log import logger
from gaze_demo.view.workers.first_imports import load_shared
from gaze_demo.view.workers.shot import Shot, Sight

if TYPE_CHECKING:
    from gaze_demo.model.load import GazeEstimator
    from gaze_demo.model.registry import ModelEntry

Loaded = Callable[["ModelEntry", "Exception | None"], None]


class ModelWorker:
    """Estimates the newest shot; what comes while the model is busy replaces what waits.

    `deliver` gets every sight, `loaded` every model that was loaded, or with the exception why it does not run; both
    are called from the worker's thread. Without a model, shots are delivered as they are.
    """

    def __init__(self, name: str, deliver: Callable[[Sight], None], loaded: Loaded) -> None:
        self._deliver = deliver
        self._loaded = loaded
        self._wake = threading.Condition()
        self._shot: Shot | None = None
        self._last: Shot | None = None
        self._wanted: ModelEntry | None = None
        self._changed = False
        self._closing = False
        self._strength = 0.0
        self.lag_s: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"model {name}", daemon=True)
        self._thread.start()

    def offer(self, shot: Shot) -> None:
        with self._wake:
            self._shot = shot
            self._wake.notify()

    def use(self, entry: ModelEntry | None) -> None:
        """Change to this model; the last shot is estimated again, so that a still image gets its gaze."""
        with self._wake:
            self._wanted = entry
            self._changed = True
            self._wake.notify()

    def set_filter(self, strength: float) -> None:
        """0 draws raw gazes, 1 the calmest."""
        self._strength = strength

    def close(self) -> None:
        """Ask it to end; returns at once."""
        with self._wake:
            self._closing = True
            self._wake.notify()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _run(self) -> None:
        load_shared()
        model: GazeEstimator | None = None
        gaze_filter = GazeFilter()
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closing or self._changed or self._shot is not None)
                if self._closing:
                    return
                changed, wanted = self._changed, self._wanted
                shot, self._shot, self._changed = self._shot, None, False
            if changed:
                model = self._load(wanted)
                gaze_filter = GazeFilter()
                shot = shot or self._last
            if shot is not None:
                if self._last is None or self._last.source != shot.source:
                    gaze_filter = GazeFilter()
                self._last = shot
                try:
                    self._estimate(model, gaze_filter, shot)
                except Exception as error:  # this model is out, the picture goes on
                    logger.exception("A model has failed")
                    model = None
                    assert wanted is not None
                    self._loaded(wanted, error)

    def _load(self, entry: ModelEntry | None) -> GazeEstimator | None:
        if entry is None:
            return None
        from gaze_demo.model.load import load_model

        try:
            model = load_model(entry)
        except Exception as error:
            logger.warning("Model %s was not loaded", entry.name, exc_info=True)
            self._loaded(entry, error)
            return None
        self._loaded(entry, None)
        return model

    def _estimate(self, model: GazeEstimator | None, gaze_filter: GazeFilter, shot: Shot) -> None:
        if model is None:
            self._deliver(Sight(shot, None, Gazes()))
            return
        estimate = model.estimate(shot.observation)
        raw = Gazes(estimate.gaze, estimate.left, estimate.right)
        filtered = gaze_filter.apply(raw, shot.observation.frame.time_s, self._strength)
        self.lag_s = gaze_filter.lag_s
        self._deliver(Sight(shot, estimate, filtered))
