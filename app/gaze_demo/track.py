"""Gaze of a whole source without a window: every frame, every model, into files and a summary."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from gaze_demo import clock
from gaze_demo.calibration.on_screen import ProfileMap, find_profile, why_not
from gaze_demo.calibration.profile import Profile
from gaze_demo.camera.images import ImageFiles
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.camera.source import Source
from gaze_demo.camera.webcam import Webcam
from gaze_demo.ending import completed_by
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, angle_between, vector_to_pitch_yaw
from gaze_demo.intrinsics import Lens
from gaze_demo.model.load import GazeEstimator, load_model
from gaze_demo.model.registry import ModelEntry, default_pair, find_model, list_models, refuse_namesakes
from gaze_demo.pipeline import GazeSample, Pipeline
from gaze_demo.sink.annotated_video import AnnotatedVideo
from gaze_demo.sink.bus import Bus
from gaze_demo.sink.drawing import annotate, side_by_side
from gaze_demo.sink.gaze_csv import GazeCsv
from gaze_demo.sink.plugins import make_sink
from gaze_demo.sink.sink import Run, Sink
from gaze_demo.spread import Spread
from gaze_demo.whole_file import refuse_same_file

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrackOptions:
    """What to track, with which models, and where to write it.

    `lens` None: the source's own where it is known exactly, else the default field of view. `profile`: a name, or a
    file. `side_by_side`: each model in its own picture. `sinks`: NAME=TARGET each, sinks from other packages.
    `duration_s`: of the source's own time.
    """

    source: str
    models: tuple[str, ...] = ()
    lens: Lens | None = None
    csv: Path | None = None
    video: Path | None = None
    side_by_side: bool = False
    profile: str | None = None
    sinks: tuple[str, ...] = ()
    duration_s: float | None = None
    source_options: SourceOptions = field(default_factory=lambda: SourceOptions(real_time=False))


@dataclass
class ModelSummary:
    """The results of a model so far. `gaze_sum`: the sum of all its gazes."""

    gazes: int = 0
    gaze_sum: Array = field(default_factory=lambda: np.zeros(3))
    true_errors_deg: Spread = field(default_factory=Spread)
    model_ms: Spread = field(default_factory=Spread)
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class Summary:
    """What was seen so far."""

    source: str
    frames: int = 0
    faces: int = 0
    landmarks_ms: Spread = field(default_factory=Spread)
    models: dict[str, ModelSummary] = field(default_factory=dict)
    elapsed_s: float = 0.0
    skipped: list[str] = field(default_factory=list)  # files of the source that could not be read
    problems: list[str] = field(default_factory=list)  # one sentence each

    def add(self, sample: GazeSample) -> None:
        """Count one more frame in."""
        seen, estimates = sample.observation, sample.estimates
        self.frames += 1
        self.faces += seen.landmarks is not None
        self.landmarks_ms.add(seen.landmarks_ms)
        for estimate in estimates:
            model = self.models.setdefault(estimate.model, ModelSummary())
            if estimate.gaze is None:
                model.reasons[estimate.reason.value] += 1
                continue
            model.gazes += 1
            model.gaze_sum = model.gaze_sum + estimate.gaze
            model.model_ms.add(estimate.model_ms)
            if seen.frame.truth is not None:
                model.true_errors_deg.add(float(np.degrees(angle_between(estimate.gaze, seen.frame.truth.gaze))))

    @property
    def rate(self) -> float:
        """Frames a second; 0 before the clock has ticked."""
        return self.frames / self.elapsed_s if self.elapsed_s > 0 else 0.0

    def show(self, console: Console) -> None:
        """Print it."""
        landmarks = f", landmarks {self.landmarks_ms.percentile(50):.1f} ms" if self.frames else ""
        console.print(
            f"{self.source}: {self.frames} {'frame' if self.frames == 1 else 'frames'}, {self.faces} with a face, "
            f"{self.elapsed_s:.1f} s, {self.rate:.1f} frames/s{landmarks}",
            highlight=False,
            markup=False,
        )
        if self.skipped:
            names = ", ".join(self.skipped[:5]) + (", …" if len(self.skipped) > 5 else "")
            console.print(
                f"Skipped, as they cannot be read: {len(self.skipped)} ({names})", highlight=False, markup=False
            )
        for problem in self.problems:
            console.print(problem, highlight=False, markup=False)
        if self.frames:
            console.print(self._table())

    def _table(self) -> Table:
        with_truth = any(model.true_errors_deg.count for model in self.models.values())
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("model", no_wrap=True)
        for name in ("gaze", "yaw", "pitch", "model ms", "p95", *(("true error",) if with_truth else ())):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("without gaze")
        for name, model in self.models.items():
            row = [escape(name), f"{model.gazes} of {self.frames}"]
            if model.gazes and model.gaze_sum.any():
                pitch, yaw = np.degrees(vector_to_pitch_yaw(model.gaze_sum))
                row += [f"{yaw:+.1f}°", f"{pitch:+.1f}°"]
                row += [f"{model.model_ms.percentile(50):.2f}", f"{model.model_ms.percentile(95):.2f}"]
            else:
                row += [""] * 4
            if with_truth:
                row.append(f"{model.true_errors_deg.mean:.1f}°" if model.true_errors_deg.count else "")
            row.append(", ".join(f"{count} {reason}" for reason, count in model.reasons.most_common()))
            table.add_row(*row)
        return table


def track(options: TrackOptions, console: Console) -> Summary:
    """Track a source to its end, showing the progress on `console`.

    The files are created with the first frame. However the run ends (an error, Ctrl-C), they hold every frame until
    then and the summary is printed. Raises UserError.
    """
    refuse_same_file(options.csv, options.video)
    models = load_models(options.models)
    source = open_source(options.source, options.source_options)
    for path in (options.csv, options.video):
        if path is not None and path.exists() and Path(options.source).exists() and path.samefile(options.source):
            raise UserError(f"{path} is the source itself: choose another name to write to.")
    profile = None if options.profile is None else find_profile(options.profile)
    draw = side_by_side if options.side_by_side else annotate
    sinks: list[Sink] = [] if options.video is None else [AnnotatedVideo(options.video, draw)]
    sinks += [] if options.csv is None else [GazeCsv(options.csv)]
    sinks += [make_sink(spec) for spec in options.sinks]
    with ExitStack() as stack:
        source.open()
        stack.callback(source.close)
        summary = Summary(source.name)
        if isinstance(source, ImageFiles):
            summary.skipped = source.skipped
        to_screen = None if profile is None else ProfileMap(profile)
        pipeline = stack.enter_context(Pipeline.on(source, models, lens=options.lens, to_screen=to_screen))
        stack.callback(lambda: summary.show(console))
        bus = stack.enter_context(Bus(patient=not isinstance(source, Webcam)))
        stack.enter_context(completed_by(bus.close))
        stack.callback(lambda: summary.problems.extend(bus.problems))
        run = Run(
            source=source.name,
            frame_rate=source.frame_rate,
            models=tuple(model.entry.name for model in models),
            screen=None if profile is None else profile.screen,
            profile="" if profile is None else profile.name,
            still=source.independent,
        )
        for sink in sinks:
            bus.add(sink, run)
        _run(source, pipeline, profile, bus, summary, options.duration_s, console)
    return summary


def load_models(names: tuple[str, ...]) -> list[GazeEstimator]:
    """The models of those names or paths, or the two shown by default; raises UserError."""
    entries: list[ModelEntry] = [find_model(name) for name in names] or default_pair(list_models())
    if not entries:
        raise UserError("There is no model: give one with --model PATH, as 'gaze-demo models' explains.")
    return [load_model(entry) for entry in refuse_namesakes(entries)]


def _run(
    source: Source,
    pipeline: Pipeline,
    profile: Profile | None,
    bus: Bus,
    summary: Summary,
    duration_s: float | None,
    console: Console,
) -> None:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.1f}/s"),
        TimeRemainingColumn(),
    )
    started = clock.now_s()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(source.name, total=source.frame_count, rate=0.0)
        first_s: float | None = None
        while True:
            begun_s = clock.now_s()
            frame = source.read()
            if frame is None:
                break
            read_s = clock.now_s()
            first_s = frame.time_s if first_s is None else first_s
            if duration_s is not None and frame.time_s - first_s >= duration_s:
                break
            sample = pipeline.process(frame)
            if profile is not None and summary.frames == 0:
                summary.problems += _misfits(profile, source, sample)
            processed_s = clock.now_s()
            bus.write(sample)
            bus.check()
            if logger.isEnabledFor(logging.DEBUG):
                logger.debug("%s", stage_times(sample, read_s - begun_s, clock.now_s() - processed_s))
            summary.add(sample)
            summary.elapsed_s = clock.now_s() - started
            progress.update(task, advance=1, rate=summary.rate)


def stage_times(sample: GazeSample, read_s: float, written_s: float) -> str:
    """How long each stage took for a frame, in ms: reading, landmarks, each model, handing to the sinks."""
    models = "".join(
        f", {each.model} {each.normalisation_ms:.1f} + {each.model_ms:.1f}"
        for each in sample.estimates
        if each.model_ms
    )
    seen = sample.observation
    return (
        f"frame {seen.frame.index}: read {read_s * 1e3:.1f} ms, landmarks {seen.landmarks_ms:.1f}{models}, "
        f"written {written_s * 1e3:.1f}"
    )


def _misfits(profile: Profile, source: Source, sample: GazeSample) -> list[str]:
    """Why the profile may not be valid for this source; for a file, the camera is not known."""
    camera = sample.observation.camera
    name = source.name if source.live else ""
    models = [estimate.model for estimate in sample.estimates]
    return why_not(profile, camera.width, camera.height, camera.hfov_deg, models, name)
