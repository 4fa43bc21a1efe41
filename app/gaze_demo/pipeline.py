"""From a frame to a gaze sample: observer, models, filter and the profile's mapping, put together in one place.

The command line, the headless calibration and the Python interface run a whole `Pipeline` in one thread. A program with
one thread per model combines the same parts itself: one observer, and one `ModelStage` in each model's thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Protocol

import numpy as np

from gaze_demo.blink import BlinkWatch
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.source import Source
from gaze_demo.estimate import GazeEstimate
from gaze_demo.filter.gaze_filter import GazeFilter, Gazes
from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.filter.one_euro import of_strength
from gaze_demo.geometry import Array
from gaze_demo.intrinsics import Lens
from gaze_demo.observation import Observation, Reason
from gaze_demo.observer import Observer


class Observes(Protocol):
    """Finds face, head pose and eyes in a frame, as `gaze_demo.observer.Observer` does."""

    def observe(self, frame: Frame) -> Observation: ...
    def close(self) -> None: ...


class Estimator(Protocol):
    """Estimates a gaze from an observation, as the models of `gaze_demo.model.load` do."""

    def estimate(self, seen: Observation) -> GazeEstimate: ...


@dataclass(frozen=True, eq=False)
class ScreenPoint:
    """A point of gaze on the screen: `px` (2,) in pixels and `mm` (2,) on the glass, both of the screen frame.

    It may lie beside the screen. `outside`: how far the head has left the place of the calibration, 0 inside it; 1 is
    one more of its size. `covariance`: (2, 2) of `px` in px^2; None if no calibration has measured it.
    """

    px: Array
    mm: Array
    outside: float = 0.0
    covariance: Array | None = None


class ToScreen(Protocol):
    """Maps a gaze to the screen, as `gaze_demo.calibration.on_screen.ProfileMap` does."""

    def point(self, seen: Observation, estimate: GazeEstimate) -> ScreenPoint | None:
        """Where the gaze of `estimate` meets the screen; None if there is no gaze, or none towards the screen."""


@dataclass(frozen=True, eq=False)
class ModelGaze:
    """What one model makes of a frame.

    `estimate` and `point` are unfiltered; `filtered` and `filtered_point` are what a person is shown. The points are
    None if no profile is loaded or there is no gaze.
    """

    estimate: GazeEstimate
    filtered: Gazes = field(default_factory=Gazes)
    point: ScreenPoint | None = None
    filtered_point: ScreenPoint | None = None


@dataclass(frozen=True, eq=False)
class GazeSample:
    """Everything that is known of one frame, immutable: this is what sinks receive.

    `index` rises strictly within a source. `time_s`: the capture time, of `gaze_demo.clock` for a live source and of
    the medium's own clock for a file. `gazes`: one entry per model that answered, in the order of the models. `reason`:
    why no eye can be read; a model's own reason is in its estimate.
    """

    index: int
    time_s: float
    observation: Observation
    gazes: tuple[ModelGaze, ...]
    reason: Reason

    @classmethod
    def of(cls, seen: Observation, gazes: Sequence[ModelGaze] = ()) -> GazeSample:
        """The sample of an observation and what models made of it."""
        return cls(seen.frame.index, seen.frame.time_s, seen, tuple(gazes), seen.reason)

    @property
    def estimates(self) -> list[GazeEstimate]:
        return [gaze.estimate for gaze in self.gazes]

    def of_model(self, name: str) -> ModelGaze | None:
        return next((gaze for gaze in self.gazes if gaze.estimate.model == name), None)

    def without_picture(self) -> GazeSample:
        """The same sample with an empty image (0, 0, 3), which is light enough to wait in a queue."""
        frame = replace(self.observation.frame, image=np.zeros((0, 0, 3), np.uint8))
        return replace(self, observation=replace(self.observation, frame=frame))


class ModelStage:
    """One model with its watch for blinks, its filter and its mapping to the screen; for one thread.

    Attributes: `model`, `to_screen` and `choice`, the filter (None passes gazes as they are), may be replaced between
    two calls.
    """

    def __init__(
        self, model: Estimator, *, to_screen: ToScreen | None = None, choice: FilterChoice | None = None
    ) -> None:
        self.model = model
        self.to_screen = to_screen
        self.choice = choice or FilterChoice()
        self._filter = GazeFilter(self.choice)
        self._blinks = BlinkWatch()

    @property
    def lag_s(self) -> float:
        """The current lag of the filtered gaze behind a steadily moving eye."""
        return self._filter.lag_s

    def reset(self) -> None:
        """Forget earlier frames, because the next one comes from another source."""
        self._filter = GazeFilter(self.choice)
        self._blinks = BlinkWatch()

    def gaze(self, seen: Observation) -> ModelGaze:
        """What the model makes of an observation; none if it lies in or around a blink."""
        if seen.frame.cut:
            self.reset()
        return self.finish(seen, self._blinks.judged(seen, self.model.estimate(seen)))

    def finish(self, seen: Observation, estimate: GazeEstimate) -> ModelGaze:
        """The estimate filtered and mapped to the screen; for an estimate that is there already."""
        raw = Gazes(estimate.gaze, estimate.left, estimate.right)
        if seen.frame.cut or self._filter.choice != self.choice:
            self._filter = GazeFilter(self.choice)
        filtered = self._filter.apply(raw, seen.frame.time_s, estimate)
        if self.to_screen is None:
            return ModelGaze(estimate, filtered)
        point = self.to_screen.point(seen, estimate)
        smooth = point
        if filtered.mean is not None and filtered.mean is not estimate.gaze:
            smooth = self.to_screen.point(seen, replace(estimate, gaze=filtered.mean))
        return ModelGaze(estimate, filtered, point, smooth)


class Pipeline:
    """Observer and models in one thread; a context manager that closes the observer.

    Example:
        source = open_source("virtual", SourceOptions(real_time=False))
        source.open()
        with Pipeline.on(source, load_models(())) as pipeline:
            while (frame := source.read()) is not None:
                print(pipeline.process(frame).gazes[0].estimate.gaze)
    """

    def __init__(
        self,
        observer: Observes,
        models: Sequence[Estimator] = (),
        *,
        to_screen: ToScreen | None = None,
        filter_strength: float = 0.0,
    ) -> None:
        self.observer = observer
        choice = of_strength(filter_strength)
        self.stages = tuple(ModelStage(model, to_screen=to_screen, choice=choice) for model in models)

    @classmethod
    def on(
        cls,
        source: Source,
        models: Sequence[Estimator] = (),
        *,
        lens: Lens | None = None,
        to_screen: ToScreen | None = None,
        filter_strength: float = 0.0,
    ) -> Pipeline:
        """The pipeline for a source that is open; `lens` None: the source's own where it is exactly known."""
        observer = Observer(video=not source.independent, lens=lens_for(source, lens))
        return cls(observer, models, to_screen=to_screen, filter_strength=filter_strength)

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def process(self, frame: Frame) -> GazeSample:
        """The sample of the next frame. Raises UserError if the lens does not fit the frame."""
        seen = self.observer.observe(frame)
        return GazeSample.of(seen, [stage.gaze(seen) for stage in self.stages])

    def close(self) -> None:
        self.observer.close()


def lens_for(source: Source, wanted: Lens | None = None) -> Lens:
    """The lens that was asked for, else the source's own where it is exactly known, else the default field of view."""
    if wanted is not None:
        return wanted
    return Lens(known=source.intrinsics) if source.intrinsics is not None else Lens()
