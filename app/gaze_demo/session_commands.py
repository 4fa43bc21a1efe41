"""The commands of recorded sessions: record, stream, repair, replay, recalibrate, export and report."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from gaze_demo.arguments import SOURCE_HELP, add_camera, add_landmarks, add_models, positive
from gaze_demo.command_line import add_verbose

_RECORD_EXAMPLES = """\
examples:
  gaze-demo record 0 --out sitting --profile Ada         the first camera, until Ctrl-C
  gaze-demo record virtual --duration 60 --keep eyes --out trial
  my-experiment | gaze-demo record 0 --stdin-markers --out sitting
"""
_STREAM_EXAMPLES = """\
examples:
  gaze-demo stream 0 --websocket --profile Ada           then open the page that it names
  gaze-demo stream virtual --lsl --out session           to Lab Streaming Layer, and into a folder
"""


def add_session_commands(commands: Any) -> None:
    """Add the commands to the parsers of `gaze-demo`."""
    _add_record(commands)
    _add_stream(commands)
    _add_repair(commands)
    _add_replay(commands)
    _add_recalibrate(commands)
    _add_export(commands)
    _add_report(commands)


def _add_record(commands: Any) -> None:
    record = commands.add_parser(
        "record",
        help="record a session to a folder: gaze, markers, and pictures if asked for",
        description="Records the gaze in a source to a new folder. No picture is kept without --keep.",
        epilog=_RECORD_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    record.set_defaults(run="record")
    record.add_argument("source", metavar="SOURCE", help=SOURCE_HELP)
    record.add_argument("--out", type=Path, metavar="FOLDER", required=True, help="a new folder for the session")
    add_models(record, argparse.SUPPRESS)
    record.add_argument(
        "--duration", type=positive, default=argparse.SUPPRESS, metavar="S", help="stop after S seconds"
    )
    record.add_argument("--profile", metavar="NAME", help="a calibration profile: adds the point of gaze on its screen")
    record.add_argument(
        "--keep",
        choices=["nothing", "crops", "eyes", "face", "video"],
        default="nothing",
        help="pictures to keep, lossless except video; later models can be run on them: crops for models that use the "
        "usual grey eye crops, eyes for all models that use eyes, face for nearly all (default: nothing)",
    )
    record.add_argument(
        "--filter",
        type=_share,
        default=0.0,
        metavar="0..1",
        help="filter strength for the shown point; everything else stays unfiltered",
    )
    record.add_argument(
        "--stdin-markers",
        action="store_true",
        help="read markers from standard input, one per line, after the line 'Recording to FOLDER.' on standard "
        "error; the line 'stop' ends the recording",
    )
    add_camera(record, argparse.SUPPRESS)
    add_landmarks(record, argparse.SUPPRESS)
    add_verbose(record)


def _add_stream(commands: Any) -> None:
    stream = commands.add_parser(
        "stream",
        help="send live gaze to other programs on this computer",
        description="Streams gaze over WebSocket (only on 127.0.0.1, with a token) or Lab Streaming Layer. "
        "Both need pip install 'gaze-demo[live]'.",
        epilog=_STREAM_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    stream.set_defaults(run="stream")
    stream.add_argument("source", metavar="SOURCE", help=SOURCE_HELP)
    stream.add_argument(
        "--websocket", action="store_true", help="serve WebSocket clients and a page that draws the gaze"
    )
    stream.add_argument(
        "--port", type=_port, metavar="N", help="port of the WebSocket server; 0 picks a free one (default: 8765)"
    )
    stream.add_argument("--lsl", action="store_true", help="stream over Lab Streaming Layer, one stream per model")
    stream.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="also record a session, with the clients' markers; the line 'Recording to FOLDER.' on standard error says "
        "when it has begun",
    )
    add_models(stream, argparse.SUPPRESS)
    stream.add_argument(
        "--duration", type=positive, default=argparse.SUPPRESS, metavar="S", help="stop after S seconds"
    )
    stream.add_argument("--profile", metavar="NAME", help="a calibration profile: adds the point of gaze on its screen")
    stream.add_argument(
        "--filter",
        type=_share,
        default=0.5,
        metavar="0..1",
        help="filter strength for the filtered point (default: 0.5)",
    )
    add_camera(stream, argparse.SUPPRESS)
    add_landmarks(stream, argparse.SUPPRESS)
    add_verbose(stream)


def _add_repair(commands: Any) -> None:
    repair = commands.add_parser(
        "repair",
        help="repair a session whose recording was interrupted",
        description="Saves everything that was written before the program was killed or the disk was full.",
    )
    repair.set_defaults(run="repair")
    repair.add_argument("folder", type=Path, metavar="FOLDER", help="a session folder")


def _add_replay(commands: Any) -> None:
    replay = commands.add_parser(
        "replay",
        help="run a session through other models, another calibration or another filter",
        description="Makes a new session from a recorded one. Models are run again if pictures of the eyes or face "
        "were "
        "kept.",
    )
    replay.set_defaults(run="replay")
    replay.add_argument("folder", type=Path, metavar="FOLDER", help="a session folder")
    replay.add_argument("--out", type=Path, metavar="FOLDER2", required=True, help="a new folder for the result")
    add_models(replay, argparse.SUPPRESS)
    replay.add_argument("--profile", metavar="NAME", help="a calibration profile (default: the recording's own)")
    replay.add_argument(
        "--filter",
        type=_share,
        metavar="0..1",
        help="filter strength for the shown point (default: the recording's own)",
    )


def _add_recalibrate(commands: Any) -> None:
    again = commands.add_parser(
        "recalibrate",
        help="fit a calibration to the targets marked in a session",
        description="Fits a calibration to the markers 'target X Y' (screen px), which say where the person looked. "
        "Markers "
        "'validation X Y' measure its accuracy. 'gaze-demo replay --profile NAME' then maps the whole session.",
    )
    again.set_defaults(run="recalibrate")
    again.add_argument("folder", type=Path, metavar="FOLDER", help="a session folder")
    add_models(again, argparse.SUPPRESS)
    again.add_argument(
        "--correction",
        choices=["offset", "affine", "affine and head", "ridge"],
        help="default: the one with the smallest error on targets that are left out",
    )
    again.add_argument("--screen", type=_screen, metavar="WxH@WxH", help="screen in px and mm, if the session has none")
    again.add_argument("--save", metavar="NAME", help="save it as a profile with this name")


def _add_export(commands: Any) -> None:
    export = commands.add_parser(
        "export",
        help="write a session in formats that other programs read",
        description="Writes a session as CSV, Parquet, BIDS eye tracking, XDF or EyeLink's .asc. Writes one file per "
        "model "
        "for formats "
        "whose readers would mix up two models.",
    )
    export.set_defaults(run="export")
    export.add_argument("folder", type=Path, metavar="FOLDER", help="a session folder")
    export.add_argument("--to", choices=["csv", "parquet", "bids", "xdf", "asc"], required=True, help="the format")
    export.add_argument("--out", type=Path, metavar="FOLDER2", required=True, help="a folder for the files")


def _add_report(commands: Any) -> None:
    report = commands.add_parser(
        "report",
        help="write an HTML report of a session: quality, events, areas, maps",
        description="Writes one self-contained HTML file: quality, trace, events, heat map and scan path, areas of "
        "interest, blinks, drift, and what was lost and why.",
    )
    report.set_defaults(run="report")
    report.add_argument("folder", type=Path, metavar="FOLDER", help="a session folder")
    report.add_argument("--out", type=Path, metavar="FILE.html", required=True, help="the report")
    report.add_argument("--plots", type=Path, metavar="FOLDER2", help="also write the plots as SVG and PNG files")
    report.add_argument("--of", metavar="MODEL", help="the model whose trace and maps are drawn (default: the first)")
    report.add_argument(
        "--areas",
        type=Path,
        metavar="FILE.json",
        help="areas of interest on the screen (default: the session's own areas.json)",
    )
    report.add_argument(
        "--image",
        type=Path,
        metavar="FILE",
        help="image of what was on the whole screen, drawn under the maps (default: the session's screen.png)",
    )
    report.add_argument(
        "--fixations", choices=["cut", "i2mc"], default="cut", help="i2mc needs pip install 'gaze-demo[analysis]'"
    )


def _screen(text: str) -> tuple[int, int, float, float]:
    """Width and height in px, then in mm."""
    found = re.fullmatch(r"(\d{2,5})x(\d{2,5})@(\d{2,5}(?:\.\d+)?)x(\d{2,5}(?:\.\d+)?)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a screen such as 1920x1080@527x296 (px, then mm)")
    return int(found[1]), int(found[2]), float(found[3]), float(found[4])


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 65535")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value
