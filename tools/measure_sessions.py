"""What recorded sessions cost: processor time in the window, space on the disk, memory, and the time to read an hour.

    xvfb-run -a python tools/measure_sessions.py cost         recording in the window, on and off in turns
    python tools/measure_sessions.py space                    an hour of each kind of pictures, from 20 s
    python tools/measure_sessions.py codecs                   ways to keep eye crops without loss, on the same crops
    python tools/measure_sessions.py hour                     writes an hour, then reads and reports it
    xvfb-run -a python tools/measure_sessions.py window       opens the replay window on an hour
    xvfb-run -a python tools/measure_sessions.py live --source 0 --seconds 600      which frames a long recording has

Times depend on the load of the machine. Those of `cost` are therefore taken in turn.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import av
import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from gaze_demo.camera.frame import Frame
from gaze_demo.camera.open import SourceOptions
from gaze_demo.observation import Observation
from gaze_demo.record import RecordOptions, record
from gaze_demo.session.folder import load_session
from gaze_demo.session.lossless_grey import GreyEncoder
from gaze_demo.session.names import ABOUT, EVENTS, TABLE
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.sink import Run

if TYPE_CHECKING:
    from gaze_demo.view.app import App

RATE, HOUR_S = 30, 3600
QUIET = Console(quiet=True)


def space(place: Path, options: argparse.Namespace) -> None:
    """Bytes of each file for an hour, from a part of it."""
    for width, height in ((640, 480), (1280, 720)):
        for keep in ("nothing", "crops", "eyes", "face"):
            folder = place / f"{keep}{height}"
            source = SourceOptions(width=width, height=height, real_time=False)
            wanted = RecordOptions("virtual:path", folder, keep=keep, source_options=source)
            record(replace(wanted, duration_s=options.seconds), QUIET)
            frames = load_session(folder).about.ended.frames  # type: ignore[union-attr]
            files = {path.name: path.stat().st_size / frames * RATE * HOUR_S / 1e6 for path in folder.iterdir()}
            told = ", ".join(f"{name} {megabytes:.1f} MB" for name, megabytes in files.items() if megabytes > 0.5)
            print(f"{width}x{height}, --keep {keep}: {sum(files.values()):.0f} MB an hour ({told})", flush=True)


def codecs(place: Path, options: argparse.Namespace) -> None:
    """Processor time per frame and bytes per hour of eye crops in different lossless formats."""
    source = SourceOptions(width=1280, height=720, real_time=False)
    wanted = RecordOptions("virtual:path", place / "kept", keep="crops", source_options=source)
    record(replace(wanted, duration_s=options.seconds), QUIET)
    kept = [seen.eye_crops for seen in load_session(place / "kept").observations()]
    pictures = [np.concatenate(pair, 1) for pair in kept if pair is not None]
    fast = {"qp": "0", "preset": "superfast", "tune": "zerolatency", "g": "300"}
    height, width = pictures[0].shape
    ways: dict[str, Callable[[], Callable[[np.ndarray], bytes]]] = {
        "as recorded": lambda: GreyEncoder(width, height).encode,
        **{
            f"x264 {told}": partial(_coder, "libx264", {**fast, "x264-params": told})
            for told in (
                "subme=0:partitions=none:ref=1",
                "subme=1:partitions=i4x4:ref=2",
                "subme=6:partitions=i4x4:ref=2",
                "subme=3:partitions=i4x4:ref=3:cabac=0",
            )
        },
        "x264 preset ultrafast": partial(_coder, "libx264", {**fast, "preset": "ultrafast"}),
        "x264 preset medium": partial(_coder, "libx264", {**fast, "preset": "medium"}),
        "FFV1, Golomb-Rice": partial(_coder, "ffv1", {"coder": "0", "context": "0", "g": "300"}),
        "FFV1, range coder": partial(_coder, "ffv1", {"coder": "1", "context": "1", "g": "300"}),
        "FFVHuff": partial(_coder, "ffvhuff", {"pred": "median", "context": "1"}, "yuv420p"),
        "UT Video": partial(_coder, "utvideo", {"pred": "median"}, "yuv420p"),
        "PNG": partial(_coder, "png", {"pred": "paeth", "compression_level": "1"}),
        "JPEG-LS": partial(_coder, "jpegls", {}),
        "zstd of differences": _differences,
    }
    for name, made in ways.items():
        best, size = float("inf"), 0
        for _ in range(2):
            encode, started = made(), time.process_time()
            size = sum(len(encode(picture)) for picture in pictures)
            best = min(best, time.process_time() - started)
        count = len(pictures)
        print(f"{name}: {best / count * 1000:.2f} ms, {size / count * RATE * HOUR_S / 1e6:.0f} MB an hour", flush=True)


def _coder(codec: str, told: dict[str, str], form: str = "gray") -> Callable[[np.ndarray], bytes]:
    context = av.CodecContext.create(codec, "w")
    context.thread_count, context.options, context.pix_fmt = 1, told, form
    context.time_base, context.framerate = Fraction(1, RATE), Fraction(RATE)
    count = 0

    def encode(picture: np.ndarray) -> bytes:
        nonlocal count
        if count == 0:
            context.height, context.width = picture.shape
        frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format=form)
        frame.pts, count = count, count + 1
        return b"".join(bytes(packet) for packet in context.encode(frame))

    return encode


def _differences() -> Callable[[np.ndarray], bytes]:
    """Each picture minus the one before, modulo 256."""
    codec, before = pa.Codec("zstd", 3), np.uint8(0)

    def encode(picture: np.ndarray) -> bytes:
        nonlocal before
        told, before = picture - before, picture
        return bytes(codec.compress(told.tobytes(), asbytes=True))

    return encode


def an_hour(place: Path, seconds: float = 60.0) -> Path:
    """A session of an hour: a recorded part of it, repeated."""
    short, folder = place / "short", place / "hour"
    record(RecordOptions("virtual:path", short, duration_s=seconds), QUIET)
    folder.mkdir()
    shutil.copy(short / ABOUT, folder)
    table = pq.read_table(short / TABLE)
    frame, time_s = table.column("frame").to_numpy(), table.column("time_s").to_numpy()
    length_s, frames = float(np.ptp(time_s)) + 1 / RATE, int(np.ptp(frame)) + 1
    parts = []
    for i in range(round(HOUR_S / length_s)):
        moved = {"frame": pa.array((frame + i * frames).astype(np.int32)), "time_s": pa.array(time_s + i * length_s)}
        columns = [moved.get(name, table.column(name)) for name in table.schema.names]
        parts.append(pa.table(columns, schema=table.schema))
    pq.write_table(pa.concat_tables(parts), folder / TABLE, compression="zstd", use_dictionary=False)
    marks = [
        {"time_s": float(time_s[0] + 18 * i), "kind": "marker", "text": f"trial {i}", "data": {}} for i in range(200)
    ]
    (folder / EVENTS).write_text("".join(json.dumps(mark) + "\n" for mark in marks))
    return folder


def hour(place: Path, options: argparse.Namespace) -> None:
    """Memory while an hour is recorded, then the time to read it and to report it."""
    from gaze_demo.pipeline import GazeSample, ModelGaze
    from gaze_demo.report.page import ReportOptions, write_report
    from gaze_demo.session.again import recorded_frames

    folder = an_hour(place)
    short = [
        GazeSample.of(one.seen, [ModelGaze(estimate) for estimate in one.estimates])
        for one in recorded_frames(load_session(place / "short"))
    ]
    process = psutil.Process()
    recorder = SessionRecorder(Recording(place / "written", live=False))
    recorder.open(Run(source="measured", frame_rate=RATE, models=tuple(load_session(folder).models)))
    memory, started = [], time.process_time()
    for i in range(RATE * HOUR_S):
        sample = short[i % len(short)]
        recorder.write(GazeSample(i, i / RATE, sample.observation, sample.gazes, sample.reason))
        if i % (RATE * 300) == 0:
            memory.append(process.memory_info().rss / 1e6)
    recorder.close()
    told = ", ".join(f"{value:.0f}" for value in memory)
    print(f"recorded: {(time.process_time() - started) / RATE / HOUR_S * 1e6:.0f} us of the processor per frame")
    print(f"memory in MB, every five minutes: {told}")
    for name, call in {
        "open": lambda: load_session(folder),
        "report": lambda: write_report(ReportOptions(folder, place / "report.html")),
    }.items():
        wall, processor = timed(call)
        print(f"{name}: {wall:.2f} s, {processor:.2f} s of the processor")


def window(place: Path, options: argparse.Namespace) -> None:
    """From the command to the first picture of the replay window, and to its events."""
    from gaze_demo.view.replay.replay_window import ReplayWindow
    from gaze_demo.view.shared.qt import application

    folder, qt = an_hour(place), application()
    shown: list[ReplayWindow] = []

    def show() -> None:
        shown.append(ReplayWindow(load_session(folder)))
        shown[0].show()
        qt.processEvents()
        shown[0].grab()

    wall, processor = timed(show)
    print(f"replay window shown: {wall:.2f} s, {processor:.2f} s of the processor")
    started = time.perf_counter()
    while shown[0].events is None:
        qt.processEvents()
        time.sleep(0.01)
    print(f"its events: {time.perf_counter() - started:.1f} s later")
    shown[0].close()


def cost(place: Path, options: argparse.Namespace) -> None:
    """Processor time per observed frame of the window with two models, with and without a recording, in turns."""
    from gaze_demo.observer import Observer

    observed = 0
    observe = Observer.observe

    def counted(self: Observer, frame: Frame) -> Observation:
        nonlocal observed
        observed += 1
        return observe(self, frame)

    Observer.observe = counted  # type: ignore[method-assign]
    app = started_app(options.source)
    costs: dict[str, list[float]] = {"off": [], options.keep: []}
    own: list[float] = []
    lost = 0
    for turn in range(2 * options.turns):
        on = turn % 2 == 1
        if on:
            app.desk.record.begin(place / f"s{turn}", options.keep)
            wait(lambda: app.state.recording is not None)
        before, started, recorder_s = observed, time.process_time(), recorder_time_s()
        pause(options.seconds)
        spent, frames = time.process_time() - started, observed - before
        own.append((recorder_time_s() - recorder_s) / frames * 1000)
        costs[options.keep if on else "off"].append(spent / frames * 1000)
        if on:
            app.desk.record.stop()
            wait(lambda: "Recorded" in app.notices.text)
            session = load_session(place / f"s{turn}")
            index = np.unique(session.table.column("frame").to_numpy())
            assert session.about.ended is not None
            lost += session.about.ended.lost
            print(f"{len(index)} frames recorded, {frames} observed", flush=True)
    app.window.close()
    for name, values in costs.items():
        print(f"{name}: {', '.join(f'{value:.2f}' for value in values)} ms of the processor per frame")
    pairs = [with_ / without - 1 for without, with_ in zip(costs["off"], costs[options.keep], strict=True)]
    print(f"recording costs {100 * median(pairs):.1f} % more (median of {len(pairs)} pairs); {lost} frames lost")
    share = median(own[1::2]) / median(costs["off"])
    print(f"the recorder's own threads take {median(own[1::2]):.2f} ms per frame, {100 * share:.1f} %")


def live(place: Path, options: argparse.Namespace) -> None:
    """Which frames of a source the window with two models observes and records, and when it left some out."""
    app = started_app(options.source)
    app.desk.record.begin(place / "session", options.keep)
    wait(lambda: app.state.recording is not None)
    started = time.process_time()
    pause(options.seconds)
    spent = time.process_time() - started
    app.desk.record.stop()
    wait(lambda: "Recorded" in app.notices.text)
    app.window.close()
    session = load_session(place / "session")
    assert session.about.ended is not None
    table = session.table
    index, first = np.unique(table.column("frame").to_numpy(), return_index=True)
    time_s = table.column("time_s").to_numpy()[first]
    came = int(index[-1] - index[0]) + 1
    length_s = float(time_s[-1] - time_s[0])
    print(f"{came} frames came in {length_s:.1f} s ({(came - 1) / length_s:.2f} a second); {len(index)} were recorded")
    print(f"{came - len(index)} came while the one before was still observed; the disk lost {session.about.ended.lost}")
    for name in session.models:
        print(f"{name} answered {table.column('model').to_pylist().count(name)}")
    skipped, step_s = np.diff(index) - 1, np.diff(time_s)
    for i in np.flatnonzero(skipped)[:20]:
        print(f"  {skipped[i]} left out at {time_s[i] - time_s[0]:.1f} s, within {1000 * step_s[i]:.0f} ms")
    print(f"longest step between frames: {1000 * step_s.max():.0f} ms; processor: {100 * spent / length_s:.0f} %")


def started_app(source: str) -> App:
    """The app with its window, as the command starts it, five seconds after both models have answered."""
    from gaze_demo.garbage import resume_collection
    from gaze_demo.options import WindowOptions
    from gaze_demo.view.app import App
    from gaze_demo.view.shared.qt import application
    from gaze_demo.view.shared.settings import Settings
    from gaze_demo.view.shell import Shell
    from gaze_demo.view.window.trouble import TroubleRelay

    qt, settings = application(), Settings(frozen=True)
    app = App(Shell(qt, settings, TroubleRelay(), full_screen=False), WindowOptions(source=source), settings)
    app.window.show()
    app.start()
    wait(lambda: len(app.state.seen) == 2)
    pause(5.0)
    resume_collection()
    return app


def recorder_time_s() -> float:
    """Processor time of the recorder's threads so far; they exist while it records, and Linux counts it."""
    ours = [one for one in threading.enumerate() if one.name in ("sink SessionRecorder", "session flusher")]
    paths = (Path(f"/proc/self/task/{one.native_id}/schedstat") for one in ours)
    return sum(int(path.read_text().split()[0]) / 1e9 for path in paths if path.exists())


def timed(call: Callable[[], object]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - processor


def wait(done: Callable[[], bool]) -> None:
    while not done():
        pause(0.05)


def pause(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    jobs = {"cost": cost, "space": space, "codecs": codecs, "hour": hour, "window": window, "live": live}
    parser.add_argument("job", choices=list(jobs))
    parser.add_argument("--seconds", type=float, default=20.0, help="length of a turn, or of a recording")
    parser.add_argument("--source", default="virtual:path", help="of cost and live")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--keep", choices=["nothing", "crops", "eyes", "face", "video"], default="nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        jobs[options.job](Path(folder), options)


if __name__ == "__main__":
    main()
