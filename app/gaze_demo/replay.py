"""`gaze-demo replay`: runs a recorded session through other models, another calibration or another filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from gaze_demo.calibration.on_screen import find_profile
from gaze_demo.errors import UserError
from gaze_demo.filter.one_euro import of_strength
from gaze_demo.model.registry import ModelEntry, find_model, refuse_namesakes
from gaze_demo.pipeline import GazeSample
from gaze_demo.rerun import Choice, rerun
from gaze_demo.session.about import ModelAbout
from gaze_demo.session.folder import Session, load_session
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.sink import Run, opened


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
    smoothing = of_strength(strength)
    if session.can_run_models:
        entries = _entries(session, options.models, console)
        choices = [Choice(entry.name, entry, profile, smoothing) for entry in entries]
        models = tuple(ModelAbout.of(entry) for entry in entries)
    elif options.models:
        raise UserError(
            f"{options.folder} keeps no pictures, so no model can be run on it: record with --keep crops or eyes. "
            "Without --model the recorded gazes are mapped again."
        )
    else:
        choices = [Choice(name, None, profile, smoothing) for name in session.models]
        models = session.about.models
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
    frames = rerun(session, choices)  # a model that cannot be run is told before the folder is made
    with opened(recorder, run), Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(options.folder.name, total=None)
        for seen, gazes in frames:
            recorder.write(GazeSample.of(seen, [gaze for gaze in gazes if gaze is not None]))
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
