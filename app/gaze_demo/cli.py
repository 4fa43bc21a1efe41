"""The command line: the window, and everything that works without one."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from gaze_demo import __version__
from gaze_demo.arguments import SOURCE_HELP, add_camera, add_models, lens_of, millimetres, positive, seed
from gaze_demo.errors import UserError
from gaze_demo.native_logs import silence_native_logs
from gaze_demo.session_commands import add_session_commands

if TYPE_CHECKING:
    from rich.console import Console


EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130

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
  gaze-demo calibrate study --out study.json             people, heads, points, wrong lenses
"""


class _Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USER_ERROR, f"{self.prog}: {message}; '{self.prog} --help' tells more.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when all went well, 2 for what a user can mend, which is said in one sentence on stderr."""
    # Before NumPy is loaded: its matrices here are small, and threads that wait for each other cost ten times the work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except UserError as error:
        print(f"gaze-demo: {error}", file=sys.stderr)
        return EXIT_USER_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="gaze-demo",
        description="Shows where the person in front of the camera looks, by two gaze models side by side.",
        epilog=_EXAMPLES,
        formatter_class=style,
    )
    parser.add_argument("--version", action="version", version=f"gaze-demo {__version__}")
    parser.set_defaults(run=_window, calibrate=False)
    parser.add_argument("--source", help=SOURCE_HELP + " (default: the first camera, else virtual)")
    add_models(parser)
    add_camera(parser)
    parser.add_argument("--fullscreen", action="store_true", help="start with the window filling the screen")
    parser.add_argument("--duration", type=positive, metavar="S", help="close the window after so many seconds")
    parser.add_argument("--stats", type=Path, metavar="FILE", help="write what was delivered as JSON at the end")

    commands = parser.add_subparsers(title="without a window", metavar="COMMAND")
    track = commands.add_parser(
        "track",
        help="gaze of a whole video, folder or camera into a CSV file or an annotated video",
        description="Estimates the gaze in every frame of a source, with one model or several.",
        epilog=_TRACK_EXAMPLES,
        formatter_class=style,
    )
    track.set_defaults(run=_track)
    track.add_argument("source", metavar="SOURCE", help=SOURCE_HELP)
    add_models(track, argparse.SUPPRESS)
    track.add_argument(
        "--out", type=Path, metavar="FILE.csv", help="one row for each frame and model; - is the standard output"
    )
    track.add_argument("--video", type=Path, metavar="FILE.mp4", help="the frames with the gazes drawn into them")
    track.add_argument(
        "--profile", metavar="NAME", help="a calibration profile: adds the point of gaze on its screen, in px and mm"
    )
    track.add_argument(
        "--sink",
        action="append",
        default=[],
        metavar="NAME=TARGET",
        help="a sink that another package adds, as EXTENDING.md says; may be given again",
    )
    track.add_argument(
        "--duration",
        type=positive,
        default=argparse.SUPPRESS,
        metavar="S",
        help="stop after so many seconds of the source",
    )
    add_camera(track, argparse.SUPPRESS)

    calibrate = commands.add_parser(
        "calibrate",
        help="calibrate to the screen and tell how accurate each model is",
        description="Calibrates all models at once and tells how accurate each is on other targets.",
        epilog=_CALIBRATE_EXAMPLES,
        formatter_class=style,
    )
    calibrate.set_defaults(run=_calibrate, calibrate=True)
    calibrate.add_argument(
        "what", nargs="?", choices=["study"], help="'study': the virtual people through everything that can vary"
    )
    calibrate.add_argument(
        "--source",
        default=argparse.SUPPRESS,
        metavar="SOURCE",
        help="a camera, 'virtual', or a recorded sitting (.npz)",
    )
    add_models(calibrate, argparse.SUPPRESS)
    calibrate.add_argument("--headless", action="store_true", help="without a window: virtual, or a recorded sitting")
    calibrate.add_argument("--out", type=Path, metavar="FILE.json", help="the report")
    calibrate.add_argument("--html", type=Path, metavar="FILE.html", help="the report for people")
    calibrate.add_argument("--markdown", type=Path, metavar="FILE.md", help="put the study's tables between its marks")
    calibrate.add_argument("--record", type=Path, metavar="FILE.npz", help="keep the sitting for models to come")
    calibrate.add_argument("--points", type=int, choices=[1, 2, 3, 5, 9, 13, 16], default=9, help="default: 9")
    calibrate.add_argument("--pursuit", action="store_true", help="a dot to follow instead of points")
    calibrate.add_argument("--person", type=int, choices=[0, 1, 2], default=0, help="which virtual person")
    calibrate.add_argument("--head", choices=["still", "moving"], default="still", help="the virtual person's head")
    calibrate.add_argument("--seed", type=seed, default=0, help="of the virtual person and the order of targets")
    calibrate.add_argument(
        "--lens-x",
        type=millimetres,
        default=0.0,
        metavar="MM",
        help="put the virtual camera off the screen's middle, unsaid",
    )
    add_camera(calibrate, argparse.SUPPRESS)

    add_session_commands(commands)

    models = commands.add_parser("models", help="the models at hand", description="Lists the models at hand.")
    models.set_defaults(run=_models)
    models.add_argument("--names", action="store_true", help="one name a line and nothing else")
    cameras = commands.add_parser("cameras", help="the cameras at hand", description="Lists the cameras at hand.")
    cameras.set_defaults(run=_cameras)
    return parser


def _window(options: argparse.Namespace) -> int:
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
            duration_s=options.duration,
            stats=options.stats,
            fullscreen=options.fullscreen,
            calibrate=options.calibrate,
        )
    )


def _track(options: argparse.Namespace) -> int:
    silence_native_logs()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a file that is stopped is completed like by Ctrl-C
    from rich.console import Console

    from gaze_demo.camera.open import SourceOptions
    from gaze_demo.track import TrackOptions, track

    width, height = options.size or (None, None)
    source = SourceOptions(width=width, height=height, rate=options.rate, hfov_deg=options.hfov, real_time=False)
    track(
        TrackOptions(
            source=options.source,
            models=tuple(options.model),
            lens=lens_of(options),
            csv=options.out,
            video=options.video,
            profile=options.profile,
            sinks=tuple(options.sink),
            duration_s=options.duration,
            source_options=source,
        ),
        Console(stderr=str(options.out) == "-"),
    )
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    if options.what != "study" and not options.headless:
        return _window(options)
    silence_native_logs()
    from rich.console import Console

    if options.what == "study":
        return _study(options, Console())
    from gaze_demo.calibration.headless import HeadlessOptions, run_headless
    from gaze_demo.calibration.virtual_sitting import VirtualSitting

    width, height = options.size or (640, 480)
    sitting = VirtualSitting(
        points=options.points,
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
        Console(),
    )
    return 0


def _study(options: argparse.Namespace, console: Console) -> int:
    from gaze_demo.calibration.headless import require_folders
    from gaze_demo.calibration.study import run_study, write_lines
    from gaze_demo.calibration.study_table import as_markdown, require_marks, write_markdown

    require_folders(options.out, options.markdown)
    if options.markdown is not None:
        require_marks(options.markdown)
    study = run_study(options.model, options.seed, console)
    if options.out is not None:
        write_lines(study, options.out)
    if options.markdown is not None:
        write_markdown(study, options.markdown)
    console.print(as_markdown(study.lines), markup=False, highlight=False, soft_wrap=True)
    return 0


def _models(options: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from gaze_demo import paths
    from gaze_demo.model.registry import scan_models

    models = scan_models()
    if options.names:
        for entry in models.entries:
            print(entry.name)
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, right in (
        ("name", 0),
        ("role", 0),
        ("parameters", 1),
        ("MMACs", 1),
        ("MB", 1),
        ("from", 0),
        ("licence", 0),
    ):
        table.add_column(name, justify="right" if right else "left")
    for entry in models.entries:
        contract = entry.contract
        table.add_row(
            escape(entry.name),
            contract.role,
            "" if contract.parameters is None else f"{contract.parameters:,}",
            "" if contract.macs is None else f"{contract.macs / 1e6:.2f}",
            f"{entry.size_bytes / 1e6:.2f}",
            entry.origin,
            escape(contract.licence),
        )
    if models.entries:
        Console().print(table)
    print(f"Your own models go into {paths.user_models()}, or give --model PATH.")
    for problem in models.problems:
        print(f"gaze-demo: {problem}", file=sys.stderr)
    return 0


def _cameras(options: argparse.Namespace) -> int:
    del options
    from gaze_demo.camera.devices import list_cameras

    cameras = list_cameras()
    for camera in cameras:
        print(f"{camera.index}  {camera.name}")
    if not cameras:
        print("No camera found; 'gaze-demo --source virtual' needs none.")
    return 0
