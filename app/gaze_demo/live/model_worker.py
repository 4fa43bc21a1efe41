"""One model in its own thread, so that a slow teacher never slows the student."""

from __future__ import annotations

import threading
from collections.abc import Callable

from gaze_demo.blink import BlinkWatch
from gaze_demo.filter.gaze_filter import GazeFilter, Gazes
from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.garbage import networks_apart
from gaze_demo.live.shot import Shot, Sight
from gaze_demo.log import logger
from gaze_demo.model.load import GazeEstimator
from gaze_demo.model.registry import ModelEntry
from gaze_demo.sink.mailbox import Mailbox

Loaded = Callable[[ModelEntry, "Exception | None", str], None]


class ModelWorker:
    """Estimates the newest shot; shots that arrive while the model is busy replace the waiting one.

    `deliver` gets every sight, `loaded` every model that was loaded, with the exception if it does not run, and a
    sentence if it does not run on the chosen provider, even if that is noticed later; both are called from the worker's
    thread. Without a model, shots are delivered as they are.

    Attributes: `filter`, which may be replaced at any time.
    """

    def __init__(
        self,
        name: str,
        load_model: Callable[[ModelEntry], GazeEstimator],
        deliver: Callable[[Sight], None],
        loaded: Loaded,
    ) -> None:
        self.filter = FilterChoice()
        self._load_model, self._deliver, self._loaded = load_model, deliver, loaded
        self._shots: Mailbox[Shot] = Mailbox()
        self._last: Shot | None = None
        self._wanted: ModelEntry | None = None
        self._asked = self._answered = 0
        self._notice = ""
        self._thread = threading.Thread(target=self._run, name=f"model {name}", daemon=True)
        self._thread.start()

    def offer(self, shot: Shot) -> None:
        self._shots.put(shot)

    def use(self, entry: ModelEntry | None) -> None:
        """Change to this model; the last shot is estimated again, so that a still image gets its gaze."""
        self._wanted = entry
        self._asked += 1
        self._shots.wake()

    def close(self) -> None:
        """Ask it to end; returns at once."""
        self._shots.close()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _run(self) -> None:
        model: GazeEstimator | None = None
        smoothed, blinks = GazeFilter(self.filter), BlinkWatch()
        while True:
            shot = self._shots.take(None)
            if self._shots.closed:
                return
            if self._asked != self._answered:
                self._answered, wanted = self._asked, self._wanted
                model, smoothed, blinks = self._load(wanted), GazeFilter(self.filter), BlinkWatch()
                shot = shot or self._last
            if shot is None:
                continue
            last = self._last
            if last is None or (last.source, last.cuts) != (shot.source, shot.cuts):
                smoothed, blinks = GazeFilter(self.filter), BlinkWatch()
            elif smoothed.choice != self.filter:
                smoothed = GazeFilter(self.filter)
            self._last = shot
            try:
                self._estimate(model, blinks, smoothed, shot)
            except Exception as error:  # the picture is shown without this model from now on
                logger.exception("A model has failed")
                if model is not None:
                    self._loaded(model.entry, error, "")
                model = None

    def _load(self, entry: ModelEntry | None) -> GazeEstimator | None:
        if entry is None:
            return None
        try:
            with networks_apart():
                model = self._load_model(entry)
        except Exception as error:
            logger.warning("Model %s was not loaded", entry.name, exc_info=True)
            self._loaded(entry, error, "")
            return None
        self._notice = model.notice
        self._loaded(entry, None, self._notice)
        return model

    def _estimate(self, model: GazeEstimator | None, blinks: BlinkWatch, smoothed: GazeFilter, shot: Shot) -> None:
        if model is None:
            self._deliver(Sight(shot, None, Gazes()))
            return
        estimate = blinks.judged(shot.observation, model.estimate(shot.observation))
        if model.notice != self._notice:
            self._notice = model.notice
            self._loaded(model.entry, None, self._notice)
        raw = Gazes(estimate.gaze, estimate.left, estimate.right)
        filtered = smoothed.apply(raw, shot.observation.frame.time_s, estimate)
        self._deliver(Sight(shot, estimate, filtered, smoothed.lag_s))
