"""Runs recorded frames, or those of a film, through any model, calibration and filter, from any frame on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gaze_demo.calibration.on_screen import ProfileMap
from gaze_demo.calibration.profile import Profile
from gaze_demo.camera.film import film_times
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.camera.source import Player
from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.intrinsics import Lens
from gaze_demo.model.contract import Contract
from gaze_demo.model.crops import make_views
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import ModelEntry, contract_of
from gaze_demo.observation import Observation
from gaze_demo.observer import Observer
from gaze_demo.pipeline import Estimator, ModelGaze, ModelStage
from gaze_demo.session.again import RecordedFrame, RecordedMap, frames_again, recorded_frames
from gaze_demo.session.arrow import numpy_of
from gaze_demo.session.folder import Session

_TRIED_FRAMES = 8
Models = dict[str, Estimator]


@dataclass(frozen=True, eq=False)
class Choice:
    """What frames are run through.

    `model`: its name. `entry`: the model, to run it on the pictures; None for its recorded gazes. `profile`: of the
    points of gaze, None for no points.
    """

    model: str
    entry: ModelEntry | None = None
    profile: Profile | None = None
    filter: FilterChoice = field(default_factory=FilterChoice)


def rerun(
    session: Session,
    choices: Sequence[Choice],
    first: int = 0,
    models: Models | None = None,
    failed: Callable[[int, Exception], None] | None = None,
) -> Iterator[tuple[Observation, list[ModelGaze | None]]]:
    """Every frame from the one of index `first` on, with what each choice makes of it; None if it makes nothing.

    `models`: those that are loaded, by name; more may be added. `failed` is called with the position of a choice that
    fails at a frame, which makes nothing from then on; without it the error is raised.

    The same model, calibration and filter as in the recording give the same from the first frame on, to the last bit.
    Raises UserError at once if a model cannot be run on what was kept.
    """
    loaded = {} if models is None else models
    return _rerun(session, choices, first, [_stage(session, choice, loaded) for choice in choices], failed)


def _rerun(
    session: Session,
    choices: Sequence[Choice],
    first: int,
    stages: Sequence[ModelStage],
    failed: Callable[[int, Exception], None] | None,
) -> Iterator[tuple[Observation, list[ModelGaze | None]]]:
    run_again = any(choice.entry is not None for choice in choices)
    broken: set[int] = set()
    for seen, recorded in _frames(session, first, pictures=run_again):
        gazes: list[ModelGaze | None] = []
        for i, (choice, stage) in enumerate(zip(choices, stages, strict=True)):
            gaze = None
            try:
                if i not in broken:
                    gaze = _gaze(choice, stage, seen, recorded)
            except Exception as error:
                if failed is None:
                    raise
                broken.add(i)
                failed(i, error)
            gazes.append(gaze)
        yield seen, gazes


def _gaze(choice: Choice, stage: ModelStage, seen: Observation, recorded: RecordedFrame) -> ModelGaze | None:
    if choice.entry is not None:
        return stage.gaze(seen)
    estimate = next((one for one in recorded.estimates if one.model == choice.model), None)
    return None if estimate is None else stage.finish(recorded.seen, estimate)


class _Shared:
    """A model whose answer to a frame is asked for once, although several stages need it."""

    def __init__(self, model: Estimator) -> None:
        self._model = model
        self._last: tuple[Observation, GazeEstimate] | None = None

    def estimate(self, seen: Observation) -> GazeEstimate:
        if self._last is None or self._last[0] is not seen:
            self._last = seen, self._model.estimate(seen)
        return self._last[1]


class _NoModel:
    """Replaces a model by its recorded estimates."""

    def estimate(self, seen: Observation) -> GazeEstimate:
        raise NotImplementedError("recorded gazes are mapped again; no model is run")


def _stage(session: Session, choice: Choice, loaded: Models) -> ModelStage:
    profile, entry = choice.profile, choice.entry
    if entry is None:
        return ModelStage(_NoModel(), to_screen=None if profile is None else RecordedMap(profile), choice=choice.filter)
    if entry.name not in loaded:
        if not session.can_run_models:
            raise UserError(
                f"{session.folder} keeps no pictures, so no model can be run on it: record with --keep crops or eyes."
            )
        if session.has_pictures:
            refuse_what_is_not_kept(session, entry)
        loaded[entry.name] = _Shared(load_model(entry))
    return ModelStage(
        loaded[entry.name], to_screen=None if profile is None else ProfileMap(profile), choice=choice.filter
    )


def _frames(session: Session, first: int, *, pictures: bool) -> Iterator[tuple[Observation, RecordedFrame]]:
    if not pictures:
        return ((recorded.seen, recorded) for recorded in recorded_frames(session, first))
    return frames_again(session, first) if session.has_pictures else _from_video(session, first)


def _from_video(session: Session, first: int) -> Iterator[tuple[Observation, RecordedFrame]]:
    """Frames of the video, observed again, with the times and numbers of the recording."""
    assert session.video is not None
    source = open_source(str(session.video), SourceOptions(real_time=False))
    frames = recorded_frames(session, first)
    source.open()
    with ExitStack() as stack:
        stack.callback(source.close)
        observer: Observer | None = None
        if first and isinstance(source, Player):
            earlier = int(np.count_nonzero(np.unique(numpy_of(session.table.column("frame"))) < first))
            times = _film_times(session.video, session.video.stat().st_mtime_ns)
            if earlier >= len(times):
                return
            source.seek(float(times[earlier]))
        for recorded in frames:
            frame, then = source.read(), recorded.seen
            if frame is None:
                return
            if observer is None:
                lens = Lens(known=replace(then.camera, width=frame.width, height=frame.height))
                observer = stack.enter_context(Observer(video=True, lens=lens))
            yield observer.observe(replace(frame, index=then.frame.index, time_s=then.frame.time_s)), recorded


@lru_cache(maxsize=2)
def _film_times(path: Path, changed_ns: int) -> NDArray[np.float64]:
    """As `film_times`, read once for each version of the file: all of it is read."""
    return film_times(path)


def refuse_what_is_not_kept(session: Session, entry: ModelEntry) -> None:
    """Raise UserError if a model reads pixels of the frames that were not kept. Its crops are cut twice: from frames
    that are black where nothing was kept, and from frames that are white there. They have to be the same.
    """
    contracts = [contract_of(one) for one in entry.members or (entry,)]
    for tried, (dark, light) in enumerate(zip(session.observations(0), session.observations(255), strict=True)):
        if tried >= _TRIED_FRAMES:
            return
        try:
            same = all(_same_crops(contract, dark, light) for contract in contracts)
        except (ValueError, OverflowError):  # it asks for landmarks that were not kept
            same = False
        if not same:
            wider = "--keep eyes or face" if session.about.keep == "crops" else "--keep face or video"
            raise UserError(
                f"{entry.name} needs a larger part of the picture than was kept ({session.about.keep}): "
                f"record with {wider}."
            )


def _same_crops(contract: Contract, one: Observation, other: Observation) -> bool:
    views = zip(make_views(contract, one), make_views(contract, other), strict=True)
    return all(np.array_equal(a, b) for v, w in views for a, b in zip(v.crops, w.crops, strict=True))
