"""`gaze-demo record` and `gaze-demo stream`: records a source to a session folder, streams it, or both."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from gaze_demo import clock
from gaze_demo.calibration.on_screen import ProfileMap, find_profile, why_not
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.camera.source import Source
from gaze_demo.camera.webcam import Webcam
from gaze_demo.ending import completed_by
from gaze_demo.errors import UserError
from gaze_demo.intrinsics import Lens
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import default_pair, find_model, list_models, refuse_namesakes
from gaze_demo.pipeline import Pipeline
from gaze_demo.session.about import Keep, ModelAbout
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.bus import Bus
from gaze_demo.sink.sink import Run, Sink
from gaze_demo.stream.lsl import LslStream
from gaze_demo.stream.websocket import WebSocketStream


@dataclass(frozen=True)
class RecordOptions:
    """What to record, with which models, and where.

    `out`: a new folder, None to record nothing. `keep`: which pictures. `profile`: a name or a file. `markers`: a text
    stream; each line marks the moment when it arrives; the marker "stop" ends the recording. `websocket_port`, `lsl`:
    what to stream by. `duration_s`: of the source's own time.
    """

    source: str
    out: Path | None = None
    models: tuple[str, ...] = ()
    lens: Lens | None = None
    keep: Keep = "nothing"
    profile: str | None = None
    filter_strength: float = 0.0
    duration_s: float | None = None
    markers: TextIO | None = None
    websocket_port: int | None = None
    lsl: bool = False
    source_options: SourceOptions = field(default_factory=lambda: SourceOptions(real_time=False))


def record(options: RecordOptions, console: Console) -> SessionRecorder | None:
    """Record and stream a source. The session is completed however the recording ends. Raises UserError."""
    entries = [find_model(name) for name in options.models] or default_pair(list_models())
    models = [load_model(entry) for entry in refuse_namesakes(entries)]
    profile = None if options.profile is None else find_profile(options.profile)
    source = open_source(options.source, options.source_options)
    camera = isinstance(source, Webcam)
    recorder = None
    if options.out is not None:
        recorder = SessionRecorder(
            Recording(
                options.out,
                keep=options.keep,
                live=_by_the_clock(source, options),
                models=tuple(ModelAbout.of(entry) for entry in entries),
                profile=profile,
                filter_strength=options.filter_strength,
            )
        )
    websocket = None
    if options.websocket_port is not None:
        marker = None if recorder is None else recorder.marker
        websocket = WebSocketStream(options.websocket_port, on_marker=marker, live=_by_the_clock(source, options))
    lsl = LslStream(live=_by_the_clock(source, options)) if options.lsl else None
    sinks: list[Sink] = [sink for sink in (recorder, websocket, lsl) if sink is not None]
    with ExitStack() as stack:
        source.open()
        stack.callback(source.close)
        to_screen = None if profile is None else ProfileMap(profile)
        strength = options.filter_strength
        pipeline = stack.enter_context(
            Pipeline.on(source, models, lens=options.lens, to_screen=to_screen, filter_strength=strength)
        )
        bus = Bus(patient=not camera and not options.source_options.real_time)
        stack.callback(lambda: _summary(recorder, websocket, bus, console))
        stack.enter_context(bus)
        stack.enter_context(completed_by(bus.close))
        run = Run(
            source=source.name,
            frame_rate=source.frame_rate,
            models=tuple(entry.name for entry in entries),
            screen=None if profile is None else profile.screen,
            profile="" if profile is None else profile.name,
            still=source.independent,
        )
        for sink in sinks:
            bus.add(sink, run)
        if websocket is not None:
            for told in (f"Gaze, drawn live: {websocket.url}", f"Programs connect to {websocket.stream_url}"):
                console.print(told, highlight=False, markup=False, soft_wrap=True)
        stop = threading.Event()
        if options.markers is not None and recorder is not None:
            reading = (options.markers, recorder, stop)
            threading.Thread(target=_read_markers, args=reading, name="markers", daemon=True).start()
        stderr = sys.stderr  # the progress below may replace it
        begun = False
        with _progress(console) as progress:
            task = progress.add_task(source.name, told="")
            first_s: float | None = None
            shown_s = 0.0
            done = 0
            while not stop.is_set() and (frame := source.read()) is not None:
                first_s = frame.time_s if first_s is None else first_s
                if options.duration_s is not None and frame.time_s - first_s >= options.duration_s:
                    break
                sample = pipeline.process(frame)
                if profile is not None and frame.time_s == first_s:
                    seen = sample.observation.camera
                    name = source.name if camera else ""
                    for sentence in why_not(profile, seen.width, seen.height, seen.hfov_deg, run.models, name):
                        console.print(sentence, highlight=False, markup=False)
                bus.write(sample)
                bus.check()
                done += 1
                if not begun and recorder is not None and recorder.frames:
                    begun = True
                    told = f"Recording to {recorder.folder}."
                    print(told, file=sys.stderr if stderr.isatty() else stderr, flush=True)
                if clock.now_s() - shown_s > 0.2:
                    shown_s = clock.now_s()
                    size = "" if recorder is None else f", {recorder.size_bytes / 1e6:.1f} MB"
                    progress.update(task, told=f"{frame.time_s - first_s:.0f} s, {done} frames{size}")
    return recorder


def _by_the_clock(source: Source, options: RecordOptions) -> bool:
    """Whether its times are on `gaze_demo.clock`, as those of a camera or of the virtual participant in real time."""
    return isinstance(source, Webcam) or (source.live and options.source_options.real_time)


def _summary(recorder: SessionRecorder | None, websocket: WebSocketStream | None, bus: Bus, console: Console) -> None:
    lines = bus.problems
    if websocket is not None and websocket.lost:
        lines.append(f"WebSocket clients were too slow for {websocket.lost} frames.")
    if recorder is not None:
        size = sum(path.stat().st_size for path in recorder.folder.iterdir()) if recorder.folder.is_dir() else 0
        told = f"{recorder.frames} frames, {recorder.duration_s:.1f} s, {size / 1e6:.1f} MB"
        lines.append(f"{recorder.folder}: {told}")
        if recorder.early_markers:
            lines.append(_early(recorder))
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _early(recorder: SessionRecorder) -> str:
    count = recorder.early_markers
    who = "1 marker" if count == 1 else f"{count} markers"
    time = "Each has the time when it came" if recorder.recording.live else "The time of that frame was recorded"
    return f'{who} came before the first frame. {time}; wait for the line "Recording to ..." to avoid this.'


def _read_markers(lines: TextIO, recorder: SessionRecorder, stop: threading.Event) -> None:
    try:
        for line in lines:
            text = line.strip()
            if text == "stop":
                stop.set()
                return
            if text:
                recorder.marker(text)
    except (UserError, ValueError, OSError) as error:  # the recording has ended, or the stream is no text
        print(f"gaze-demo: no more markers are read: {error}", file=sys.stderr)


def _progress(console: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TextColumn("{task.fields[told]}"))
    return Progress(*columns, console=console, transient=True)
