"""The command line: the window, and everything that works without one."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import NoReturn

from gaze_demo import __version__, paths
from gaze_demo.arguments import (
    SOURCE_HELP,
    add_camera,
    add_landmarks,
    add_models,
    frames,
    millimetres,
    positive,
    seed,
    size,
)
from gaze_demo.command_line import Commands, Given, Parser, add_verbose, parse
from gaze_demo.ending import Interrupts, leave, leaving_when_asked, run_guarded
from gaze_demo.garbage import pause_collection, resume_collection
from gaze_demo.log import start_log
from gaze_demo.native_logs import silence_native_logs
from gaze_demo.participant.names import NAMES, STUDIED, find_person
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
    """Run a command; 0 when all went well, 2 for an error that the user can fix, which one sentence on stderr
    explains."""
    # Before NumPy is loaded: its matrices here are small, and several threads would spend ten times as long waiting for
    # each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    given = sys.argv[1:] if arguments is None else arguments

    def command(interrupts: Interrupts) -> int:
        options, said = parse(_parser, given)
        name: str = options.run
        if name == "calibrate":
            name = _calibration(options, said)
        elif "source" in said.positionals:
            _refuse_camera_options(options, said)
        if name in ("window", "replay_window", "areas") and not options.version:
            with leaving_when_asked():
                return _load_command(name, options)(options)  # which start the log themselves
        start_log(paths.log_file(), verbose=options.verbose)
        with interrupts:
            if options.version:
                return _version(options)
            silence_native_logs()
            return _load_command(name, options)(options)

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
    parser.set_defaults(run="window", calibrate=False)
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
    track.set_defaults(run="track")
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
    calibrate.set_defaults(run="calibrate", calibrate=True)
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
    for name in ("--fullscreen", "--duration", "--stats"):  # the window's options, given before or after the command
        _add_window(calibrate, name, argparse.SUPPRESS)
    add_camera(calibrate, argparse.SUPPRESS)
    add_landmarks(calibrate, argparse.SUPPRESS)
    add_verbose(calibrate)

    add_session_commands(commands)
    watch = commands.add_parser(
        "replay-window",
        help="look at a recorded session or a film: gaze, markers and events over time, by any two models",
        description="Opens a recorded session or a film in a separate window. Each pane shows what was recorded, or "
        "any model, calibration and filter. In the main window, press Ctrl+Shift+R.",
    )
    watch.set_defaults(run="replay_window")
    watch.add_argument("folder", type=Path, metavar="FOLDER", help="a session folder, or a video file")
    watch.add_argument(
        "--against",
        type=Path,
        metavar="FOLDER2",
        help="compare it with what 'gaze-demo replay' made from it by another model, calibration or filter",
    )
    add_verbose(watch)

    areas = commands.add_parser(
        "areas",
        help="draw areas of interest over a picture of the screen",
        description="Opens a window to draw rectangles and polygons, for 'gaze-demo report --areas FILE.json'.",
    )
    areas.set_defaults(run="areas")
    areas.add_argument("file", type=Path, metavar="FILE.json", help="the file of the areas; created if missing")
    areas.add_argument("--image", type=Path, metavar="FILE", help="an image of the whole screen, shown below the areas")
    areas.add_argument("--screen", type=size, metavar="WxH", help="size of the screen in px (default: the image's)")
    add_verbose(areas)

    models = commands.add_parser("models", help="list the available models", description="Lists the available models.")
    models.set_defaults(run="models")
    form = models.add_mutually_exclusive_group()
    form.add_argument("--names", action="store_true", help="print only the names, one per line")
    form.add_argument("--json", action="store_true", help="print everything known about each model, as JSON")
    cameras = commands.add_parser(
        "cameras", help="list the available cameras", description="Lists the available cameras."
    )
    cameras.set_defaults(run="cameras")
    cameras.add_argument("--json", action="store_true", help="print the number, name and path of each camera, as JSON")
    bench = commands.add_parser(
        "bench",
        help="measure how long each stage and each model takes on this machine",
        description="Measures every stage, both landmark engines and the models in one run, taking turns.",
    )
    bench.set_defaults(run="bench")
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
    doctor.set_defaults(run="doctor")
    doctor.add_argument("--json", action="store_true", help="print it as JSON")
    return parser


def _add_window(parser: argparse.ArgumentParser, name: str, default: str | None = None) -> None:
    if name == "--fullscreen":
        text = "start with the window filling the screen"
        parser.add_argument(name, action="store_true", default=default or False, help=text)
    elif name == "--duration":
        text = "close the window after this many seconds"
        parser.add_argument(name, type=positive, default=default, metavar="S", help=text)
    else:
        text = "write frame rates and latencies as JSON at the end"
        parser.add_argument(name, type=Path, default=default, metavar="FILE", help=text)


def _refuse_camera_options(options: argparse.Namespace, said: Given) -> None:
    """A file has its own size and rate."""
    named = paths.given(options.source)
    if named.exists():
        kind = "folder" if named.is_dir() else "file"
        said.refuse_all_but(said.names - {"size", "rate"}, f"cannot be set for a {kind}, only for a camera")


_EVERY_CALIBRATION = {"model", "verbose", "landmarks"}
_IN_THE_WINDOW = {"source", "hfov", "intrinsics", "size", "rate", "rotate", "fullscreen", "duration", "stats"}
_OF_A_SITTING = {"headless", "source", "out", "html", "record"}
_OF_THE_PARTICIPANT = {*"points validation pursuit person head seed lens_x hfov intrinsics size rate".split()}


def _calibration(options: argparse.Namespace, said: Given) -> str:
    """The command that calibrates: "window" or "calibrate". Ends with one sentence if it cannot use an option."""
    if not options.headless:
        said.refuse_all_but(_IN_THE_WINDOW | _EVERY_CALIBRATION, "needs --headless: the window asks for it itself")
        return "window"
    honoured = _OF_A_SITTING | _EVERY_CALIBRATION
    if (options.source or "").startswith("virtual:"):
        options.person = _named_person(options.source, said)
        options.source = "virtual"
    if options.source in (None, "virtual"):
        honoured = honoured | _OF_THE_PARTICIPANT
        if options.pursuit:
            said.refuse_all_but(honoured - {"points"}, "cannot be combined with --pursuit")
        said.refuse_all_but(honoured, "cannot be used without a window")
    said.refuse_all_but(honoured, "cannot be changed for a recorded sitting")
    return "calibrate"


def _named_person(source: str, said: Given) -> int:
    """The number of the person in `virtual:NAME`. Ends with one sentence for anything else after the colon."""
    person = find_person(source.partition(":")[2])
    if person is None:
        names = ", ".join(name.lower() for name in NAMES[STUDIED:])
        said.parser.error(f"{source}: a calibration without a window takes virtual:NAME with one of the names {names}")
    if "person" in said.names:
        said.parser.error(f"{source} names the person already: leave --person out")
    return person


def _version(options: argparse.Namespace) -> int:
    print(f"gaze-demo {__version__}")
    if not options.verbose:
        return 0
    options.json = False
    silence_native_logs()
    return _load_command("doctor", options)(options)


def _load_command(name: str, options: argparse.Namespace) -> Callable[[argparse.Namespace], int]:
    """What runs a command.

    This is the only place where the command line loads the other modules. OpenCV, onnxruntime and Qt take seconds to
    load: neither the help nor a command that does not use them should wait for them.
    """
    pause_collection()
    try:
        if getattr(options, "landmarks", "auto") != "auto":
            resolve_name("gaze_demo.landmarks.engine:prefer")(options.landmarks)
        run: Callable[[argparse.Namespace], int] = resolve_name(f"gaze_demo.commands.{name}:run")
    finally:
        resume_collection()
    return run
