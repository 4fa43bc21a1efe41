"""`gaze-demo replay`: runs a recorded session through other models, another calibration or another filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from gaze_demo.calibration.on_screen import ProfileMap, find_profile
from gaze_demo.calibration.profile import Profile
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.intrinsics import Lens
from gaze_demo.model.contract import Contract
from gaze_demo.model.crops import make_views
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import ModelEntry, contract_of, find_model, refuse_namesakes
from gaze_demo.observation import Observation
from gaze_demo.observer import Observer
from gaze_demo.pipeline import GazeSample, ModelGaze, ModelStage
from gaze_demo.session.about import ModelAbout
from gaze_demo.session.again import RecordedMap, observations_again, recorded_frames
from gaze_demo.session.folder import Session, load_session
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.sink import Run, opened

_TRIED_FRAMES = 8


@dataclass(frozen=True)
class ReplayOptions:
    """`folder`: a recorded session; `out`: a new folder for the result.

    `models`: names or paths, none for those of the recording. `profile`: a name or a file, None for the recording's
    own. `filter_strength`: None for the recording's own.
    """

    folder: Path
    out: Path
    models: tuple[str, ...] = ()
    profile: str | None = None
    filter_strength: float | None = None


def replay(options: ReplayOptions, console: Console) -> Session:
    """Make another session from a recorded one; returns it.

    With pictures kept, models are run again; the same model, calibration and filter give what was recorded, to the last
    bit. Without them, the recorded gazes are mapped and filtered again. Raises UserError.
    """
    session = load_session(options.folder)
    for problem in session.problems:
        console.print(problem, highlight=False, markup=False)
    profile = session.about.profile if options.profile is None else find_profile(options.profile)
    strength = session.about.filter_strength if options.filter_strength is None else options.filter_strength
    if session.has_pictures or session.video is not None:
        entries = _entries(session, options.models, console)
        samples = _run_again(session, entries, profile, strength)
        models = tuple(ModelAbout.of(entry) for entry in entries)
    elif options.models:
        raise UserError(
            f"{options.folder} keeps no pictures, so no model can be run on it: record with --keep crops or eyes. "
            "Without --model the recorded gazes are mapped again."
        )
    else:
        samples, models = _map_again(session, profile, strength), session.about.models
    recorder = SessionRecorder(
        Recording(
            options.out,
            live=session.about.clock.kind == "live",
            models=models,
            screen=session.about.screen if profile is None else profile.screen,
            profile=profile,
            filter_strength=strength,
            replay_of=options.folder.absolute().name,
            camera=session.about.camera,
            clock=session.about.clock,
            machine=session.about.machine,
        )
    )
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TextColumn("{task.completed} frames"))
    run = Run(source=session.about.source, models=tuple(model.name for model in models))
    with opened(recorder, run), Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(options.folder.name, total=None)
        for sample in samples:
            recorder.write(sample)
            progress.update(task, advance=1)
        for event in session.events:
            recorder.repeat(event)
    return load_session(options.out)


def _entries(session: Session, names: Sequence[str], console: Console) -> list[ModelEntry]:
    """The models asked for, or those of the recording; says if a file is not the one that was used for the
    recording."""
    if names:
        return refuse_namesakes([find_model(name) for name in names])
    if not session.about.models:
        raise UserError("No model took part in the recording: name one with --model.")
    entries = [find_model(model.name) for model in session.about.models]
    for entry, then in zip(entries, session.about.models, strict=True):
        if then.sha256 and ModelAbout.of(entry).sha256 != then.sha256:
            console.print(f"{entry.name} is not the same file as in the recording.", highlight=False, markup=False)
    return entries


def _run_again(
    session: Session, entries: Sequence[ModelEntry], profile: Profile | None, strength: float
) -> Iterator[GazeSample]:
    for entry in entries:
        if session.has_pictures:
            refuse_what_is_not_kept(session, entry)
    to_screen = None if profile is None else ProfileMap(profile)
    stages = [ModelStage(load_model(entry), to_screen=to_screen, filter_strength=strength) for entry in entries]
    for seen in observations_again(session) if session.has_pictures else _from_video(session):
        yield GazeSample.of(seen, [stage.gaze(seen) for stage in stages])


def _map_again(session: Session, profile: Profile | None, strength: float) -> Iterator[GazeSample]:
    to_screen = None if profile is None else RecordedMap(profile)
    stages: dict[str, ModelStage] = {}
    for recorded in recorded_frames(session):
        gazes: list[ModelGaze] = []
        for estimate in recorded.estimates:
            stage = stages.setdefault(estimate.model, ModelStage(_NoModel(), to_screen=to_screen))
            stage.filter_strength = strength
            gazes.append(stage.finish(recorded.seen, estimate))
        yield GazeSample.of(recorded.seen, gazes)


class _NoModel:
    """Replaces a model by its recorded estimates."""

    def estimate(self, seen: Observation) -> GazeEstimate:
        raise NotImplementedError("recorded gazes are mapped again; no model is run")


def _from_video(session: Session) -> Iterator[Observation]:
    """Frames of the kept video, observed again, with the times and numbers of the recording."""
    assert session.video is not None
    source = open_source(str(session.video), SourceOptions(real_time=False))
    source.open()
    with ExitStack() as stack:
        stack.callback(source.close)
        observer: Observer | None = None
        for recorded in recorded_frames(session):
            frame, then = source.read(), recorded.seen
            if frame is None:
                return
            if observer is None:
                lens = Lens(known=replace(then.camera, width=frame.width, height=frame.height))
                observer = stack.enter_context(Observer(video=True, lens=lens))
            yield observer.observe(replace(frame, index=then.frame.index, time_s=then.frame.time_s))


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
