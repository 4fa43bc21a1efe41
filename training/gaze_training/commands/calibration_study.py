"""`gaze-train calibration-study`: how well calibration works, against virtual people."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gaze_demo.participant.names import NAMES, STUDIED


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "calibration-study",
        help="test the app's calibration with virtual people: heads, numbers of points, wrong lenses",
    )
    add = parser.add_argument
    add("--model", action="append", default=[], metavar="MODEL", help="a name or an ONNX file (default: all at hand)")
    add(
        "--people",
        type=int,
        choices=range(1, len(NAMES) + 1),
        default=STUDIED,
        metavar="N",
        help=f"the first so many virtual people of {len(NAMES)} (default: {STUDIED})",
    )
    add("--seed", type=int, default=0, help="of the virtual people and the order of targets")
    add("--out", type=Path, metavar="FILE.json", help="every line of the study")
    add("--markdown", type=Path, metavar="FILE.md", help="put the tables between the file's marks")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from rich.console import Console

    from gaze_demo.calibration.headless import require_folders
    from gaze_training.calibration_study.sittings import run_study, write_lines
    from gaze_training.calibration_study.table import MARKS, as_markdown, write_markdown

    console = Console()
    require_folders(options.out, options.markdown)
    if options.markdown is not None:
        MARKS.require(options.markdown)
    study = run_study(options.model, options.seed, console, options.people)
    if options.out is not None:
        write_lines(study, options.out)
    if options.markdown is not None:
        write_markdown(study, options.markdown)
    console.print(as_markdown(study.lines), markup=False, highlight=False, soft_wrap=True)
    return 0
