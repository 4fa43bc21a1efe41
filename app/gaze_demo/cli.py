"""The command line: the window, and everything that works without one."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from gaze_demo import __version__, paths
from gaze_demo.arguments import (
    SOURCE_HELP,
    add_camera,
    add_landmarks,
    add_models,
    frames,
    lens_of,
    millimetres,
    positive,
    seed,
    size,
)
from gaze_demo.command_line import Commands, Given, Parser, add_verbose, parse
from gaze_demo.ending import Interrupts, leave, leaving_when_asked, run_guarded
from gaze_demo.log import start_log
from gaze_demo.native_logs import silence_native_logs
from gaze_demo.participant.names import NAMES
from gaze_demo.session_commands import add_session_commands

_EXAMPLES = """\
examples:
  gaze-demo                                              the window, with the first camera or the virtual participant
  gaze-demo --source virtual --model teacher --model mobilenet25
  gaze-demo --source 1 --size 1280x720 --rate 30         the second camera
  gaze-demo track video.mp4 --out gaze.csv --video annotated.mp4
  gaze-demo track photographs/ --model my-model.onnx --hfov 45 --out gaze.csv
  gaze-demo models                                       what --model takes
"""
_TRACK_EXAMPLES = """\
examples:
  gaze-demo track video.mp4 --out gaze.csv
  gaze-demo track photographs/ --model teacher --model my-model.onnx --hfov 45 --out gaze.csv
  gaze-demo track 0 --duration 60 --intrinsics camera.yaml --video annotated.mp4
"""
_CALIBRATE_EXAMPLES = """\
examples:
  gaze-demo calibrate                                    the window, which begins with a calibration
  gaze-demo calibrate --source virtual --headless --seed 1 --out report.json
  gaze-demo calibrate --source virtual --headless --head moving --person 2 --points 16 --html report.html
  gaze-demo calibrate --source sitting.npz --headless --model my-model.onnx
"""


def entry() -> NoReturn:
    """What the installed `gaze-demo` runs."""
    leave(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when all went well, 2 for what a user can mend, which is said in one sentence on stderr."""
    # Before NumPy is loaded: its matrices here are small, and threads that wait for each other cost ten times the work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    given = sys.argv[1:] if arguments is None else arguments

    def command(interrupts: Interrupts) -> int:
        options, said = parse(_parser, given)
        run: Callable[[argparse.Namespace], int] = options.run
        if options.version:
            run = _version
        elif run is _calibrate:
            run = _calibration(options, said)
        elif "source" in said.positionals:
            _refuse_camera_options(options, said)
        if getattr(options, "landmarks", "auto") != "auto":
            from gaze_demo.landmarks.engine import prefer

            prefer(options.landmarks)
        if run in (_window, _replay_window):
            return run(options)  # which have their own ways to end and to log
        start_log(paths.log_file(), verbose=options.verbose)
        with interrupts:
            return run(options)

    return run_guarded("gaze-demo", command)


def _parser() -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = Parser(
        prog="gaze-demo",
        description="Shows where the person in front of the camera looks, by two gaze models side by side.",
        epilog=_EXAMPLES,
        formatter_class=style,
    )
    parser.add_argument(
        "--version", action="store_true", help="print the version; with --verbose, everything that 'doctor' prints"
    )
    add_verbose(parser, default=False)
    parser.set_defaults(run=_window, calibrate=False)
    parser.add_argument("--source", help=SOURCE_HELP + " (default: the first camera, else virtual)")
    add_models(parser)
    add_camera(parser)
    add_landmarks(parser)
    for name in ("--fullscreen", "--duration", "--stats"):
        _add_window(parser, name)

    commands = parser.add_subparsers(title="without a window", metavar="COMMAND", action=Commands)
    track = commands.add_parser(
        "track",
        help="write the gaze in a video, folder or camera stream to a CSV file or an annotated video",
        description="Estimates the gaze in every frame of a source, with one or more models.",
        epilog=_TRACK_EXAMPLES,
        formatter_class=style,
    )
    track.set_defaults(run=_track)
    track.add_argument("source", metavar="SOURCE", help=SOURCE_HELP)
    add_models(track, argparse.SUPPRESS)
    track.add_argument(
        "--out", type=Path, metavar="FILE.csv", help="one row for each frame and model; - means standard output"
    )
    track.add_argument("--video", type=Path, metavar="FILE.mp4", help="the frames with the gaze vectors drawn on them")
    track.add_argument("--side-by-side", action="store_true", help="in the video, one picture for each model")
    track.add_argument(
        "--profile", metavar="NAME", help="a calibration profile: adds the point of gaze on its screen, in px and mm"
    )
    track.add_argument(
        "--sink",
        action="append",
        default=[],
        metavar="NAME=TARGET",
        help="a sink from another package (see EXTENDING.md); can be repeated",
    )
    track.add_argument(
        "--duration",
        type=positive,
        default=argparse.SUPPRESS,
        metavar="S",
        help="stop after this many seconds of the source",
    )
    add_camera(track, argparse.SUPPRESS)
    add_landmarks(track, argparse.SUPPRESS)
    add_verbose(track)

    calibrate = commands.add_parser(
        "calibrate",
        help="calibrate to the screen and report how accurate each model is",
        description="Calibrates all models at once and reports how accurate each one is on other targets.",
        epilog=_CALIBRATE_EXAMPLES,
        formatter_class=style,
    )
    calibrate.set_defaults(run=_calibrate, calibrate=True)
    calibrate.add_argument(
        "--source",
        default=argparse.SUPPRESS,
        metavar="SOURCE",
        help="a camera, 'virtual', or a recorded sitting (.npz)",
    )
    add_models(calibrate, argparse.SUPPRESS)
    calibrate.add_argument(
        "--headless", action="store_true", help="run without a window; the source is 'virtual' or a recorded sitting"
    )
    calibrate.add_argument("--out", type=Path, metavar="FILE.json", help="write the report as JSON")
    calibrate.add_argument("--html", type=Path, metavar="FILE.html", help="write the report as a web page")
    calibrate.add_argument(
        "--record", type=Path, metavar="FILE.npz", help="save the sitting, to calibrate other models later"
    )
    calibrate.add_argument(
        "--points", type=int, choices=[1, 2, 3, 5, 9, 13, 16], default=9, help="number of points (default: 9)"
    )
    calibrate.add_argument(
        "--validation",
        type=int,
        choices=range(5, 21),
        default=5,
        metavar="N",
        help="number of validation points, 5 to 20 (default: 5); more points separate models of similar accuracy",
    )
    calibrate.add_argument("--pursuit", action="store_true", help="show a moving dot to follow instead of points")
    calibrate.add_argument("--person", type=int, choices=range(len(NAMES)), default=0, help="which virtual person")
    calibrate.add_argument("--head", choices=["still", "moving"], default="still", help="the virtual person's head")
    calibrate.add_argument(
        "--seed", type=seed, default=0, help="random seed of the virtual person and the order of targets"
    )
    calibrate.add_argument(
        "--lens-x",
        type=millimetres,
        default=0.0,
        metavar="MM",
        help="move the virtual camera this far from the screen's middle, without telling the calibration",
    )
    for name in ("--fullscreen", "--duration", "--stats"):  # the window's, said before or after the command
        _add_window(calibrate, name, argparse.SUPPRESS)
    add_camera(calibrate, argparse.SUPPRESS)
    add_landmarks(calibrate, argparse.SUPPRESS)
    add_verbose(calibrate)

    add_session_commands(commands)
    watch = commands.add_parser(
        "replay-window",
        help="look at a recorded session: gaze, markers and events over time",
        description="Opens a recorded session in a window of its own. The main window does so too, by Ctrl+Shift+R.",
    )
    watch.set_defaults(run=_replay_window)
    watch.add_argument("folder", type=Path, metavar="FOLDER", help="a session folder")
    add_verbose(watch)

    models = commands.add_parser("models", help="list the available models", description="Lists the available models.")
    models.set_defaults(run=_models)
    form = models.add_mutually_exclusive_group()
    form.add_argument("--names", action="store_true", help="print only the names, one per line")
    form.add_argument("--json", action="store_true", help="print everything known about each model, as JSON")
    cameras = commands.add_parser(
        "cameras", help="list the available cameras", description="Lists the available cameras."
    )
    cameras.set_defaults(run=_cameras)
    cameras.add_argument("--json", action="store_true", help="print the number, name and path of each camera, as JSON")
    bench = commands.add_parser(
        "bench",
        help="measure how long each stage and each model takes on this machine",
        description="Measures every stage, both landmark engines and the models in one run, taking turns.",
    )
    bench.set_defaults(run=_bench)
    add_models(bench, argparse.SUPPRESS)
    bench.add_argument(
        "--size", type=size, default=argparse.SUPPRESS, metavar="WxH", help="size of the pictures (default: 640x480)"
    )
    bench.add_argument("--frames", type=frames, default=200, metavar="N", help="number of pictures (default: 200)")
    bench.add_argument("--out", type=Path, metavar="FILE.json", help="save the figures")
    add_landmarks(bench, argparse.SUPPRESS)
    doctor = commands.add_parser(
        "doctor",
        help="print versions, folders, cameras, display, landmarks and models, for bug reports",
        description="Lists the parts of this installation and checks that they work; for bug reports.",
    )
    doctor.set_defaults(run=_doctor)
    doctor.add_argument("--json", action="store_true", help="print it as JSON")
    return parser


def _add_window(parser: argparse.ArgumentParser, name: str, default: str | None = None) -> None:
    if name == "--fullscreen":
        text = "start with the window filling the screen"
        parser.add_argument(name, action="store_true", default=default or False, help=text)
    elif name == "--duration":
        text = "close the window after so many seconds"
        parser.add_argument(name, type=positive, default=default, metavar="S", help=text)
    else:
        text = "write what was delivered as JSON at the end"
        parser.add_argument(name, type=Path, default=default, metavar="FILE", help=text)


def _window(options: argparse.Namespace) -> int:
    with leaving_when_asked():
        from gaze_demo.options import WindowOptions
        from gaze_demo.view.run import run_window

        width, height = options.size or (None, None)
        return run_window(
            WindowOptions(
                source=options.source,
                models=tuple(options.model),
                lens=lens_of(options),
                width=width,
                height=height,
                rate=options.rate,
                rotate=options.rotate or 0,
                duration_s=options.duration,
                stats=options.stats,
                fullscreen=options.fullscreen,
                calibrate=options.calibrate,
                verbose=options.verbose,
            )
        )


def _replay_window(options: argparse.Namespace) -> int:
    from gaze_demo.view.run import replay_window

    return replay_window(options.folder)


def _track(options: argparse.Namespace) -> int:
    silence_native_logs()
    from gaze_demo.camera.open import SourceOptions
    from gaze_demo.listing import wide_console
    from gaze_demo.track import TrackOptions, track

    width, height = options.size or (None, None)
    source = SourceOptions(
        width=width,
        height=height,
        rate=options.rate,
        hfov_deg=options.hfov,
        real_time=False,
        rotate=options.rotate or 0,
    )
    track(
        TrackOptions(
            source=options.source,
            models=tuple(options.model),
            lens=lens_of(options),
            csv=options.out,
            video=options.video,
            side_by_side=options.side_by_side,
            profile=options.profile,
            sinks=tuple(options.sink),
            duration_s=options.duration,
            source_options=source,
        ),
        wide_console(stderr=str(options.out) == "-"),
    )
    return 0


def _refuse_camera_options(options: argparse.Namespace, said: Given) -> None:
    """A file has its own size and rate."""
    named = paths.given(options.source)
    if named.exists():
        kind = "folder" if named.is_dir() else "file"
        said.refuse_all_but(said.names - {"size", "rate"}, f"cannot be asked of a {kind}, only of a camera")


_EVERY_CALIBRATION = {"model", "verbose", "landmarks"}
_IN_THE_WINDOW = {"source", "hfov", "intrinsics", "size", "rate", "rotate", "fullscreen", "duration", "stats"}
_OF_A_SITTING = {"headless", "source", "out", "html", "record"}
_OF_THE_PARTICIPANT = {*"points validation pursuit person head seed lens_x hfov intrinsics size rate".split()}


def _calibration(options: argparse.Namespace, said: Given) -> Callable[[argparse.Namespace], int]:
    """Which of the ways to calibrate is asked for; ends with one sentence where an option has no meaning for it."""
    if not options.headless:
        said.refuse_all_but(_IN_THE_WINDOW | _EVERY_CALIBRATION, "needs --headless: the window asks for it itself")
        return _window
    honoured = _OF_A_SITTING | _EVERY_CALIBRATION
    if options.source in (None, "virtual"):
        honoured = honoured | _OF_THE_PARTICIPANT
        if options.pursuit:
            said.refuse_all_but(honoured - {"points"}, "cannot be combined with --pursuit")
        said.refuse_all_but(honoured, "means nothing without a window")
    said.refuse_all_but(honoured, "cannot be changed for a sitting that is recorded already")
    return _calibrate


def _calibrate(options: argparse.Namespace) -> int:
    silence_native_logs()
    from gaze_demo.calibration.headless import HeadlessOptions, run_headless
    from gaze_demo.calibration.virtual_sitting import VirtualSitting
    from gaze_demo.listing import wide_console

    width, height = options.size or (640, 480)
    sitting = VirtualSitting(
        points=options.points,
        validation=options.validation,
        pursuit=options.pursuit,
        person=options.person,
        head=options.head,
        seed=options.seed,
        width=width,
        height=height,
        rate=options.rate or 30.0,
        lens=lens_of(options),
        lens_x_mm=options.lens_x,
    )
    run_headless(
        HeadlessOptions(
            source=options.source or "virtual",
            models=tuple(options.model),
            out=options.out,
            html=options.html,
            record=options.record,
            sitting=sitting,
        ),
        wide_console(),
    )
    return 0


def _models(options: argparse.Namespace) -> int:
    from gaze_demo.listing import show_models

    show_models(names=options.names, as_json=options.json)
    return 0


def _cameras(options: argparse.Namespace) -> int:
    from gaze_demo.listing import show_cameras

    show_cameras(as_json=options.json)
    return 0


def _bench(options: argparse.Namespace) -> int:
    silence_native_logs()
    from rich.table import Table

    from gaze_demo.bench import bench
    from gaze_demo.listing import wide_console
    from gaze_demo.track import load_models

    width, height = options.size or (640, 480)
    result = bench(load_models(tuple(options.model)), width, height, options.frames)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("ms a frame")
    for name in ("median", "p95", "processor"):
        table.add_column(name, justify="right")
    for cost in result.costs:
        table.add_row(cost.name, f"{cost.median_ms:.2f}", f"{cost.p95_ms:.2f}", f"{cost.processor_ms:.2f}")
    console = wide_console()
    console.print(f"{result.machine}, {result.width}x{result.height}, engine {result.engine}", markup=False)
    console.print(table)
    if math.isfinite(result.ratio):
        console.print(f"landmarks, direct by mediapipe (processor): {result.ratio:.2f}", markup=False)
    if options.out is not None:
        result.write(options.out)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    silence_native_logs()
    from gaze_demo.doctor import as_json, as_text, examine

    parts = examine()
    print(as_json(parts) if options.json else as_text(parts))
    return 0


def _version(options: argparse.Namespace) -> int:
    print(f"gaze-demo {__version__}")
    if options.verbose:
        options.json = False
        return _doctor(options)
    return 0
