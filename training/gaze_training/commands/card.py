"""`gaze-train card`: measure an exported model and write its card."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gaze_demo.errors import UserError


def add_to(commands: Any) -> None:
    parser = commands.add_parser("card", help="measure an exported model and write its card, JSON and Markdown")
    add = parser.add_argument
    add("model", type=Path, nargs="+", metavar="ONNX", help="a model that gaze-train exported")
    add("--faces", type=Path, metavar="DIR", help="portraits of people who look into the lens: the zero test")
    add("--points", type=Path, metavar="NPZ", help="webcam eyes with known screen points: the point test")
    add(
        "--response",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="labelled faces that were not trained on: the response test",
    )
    add("--beside", type=Path, action="append", default=[], metavar="ONNX", help="time this one in turns with them")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from gaze_training.card_files import card_path, write_card
    from gaze_training.card_measure import measure_card
    from gaze_training.onnx_run import latencies_ms

    tests = {"portraits": options.faces, "points": options.points, "response": options.response}
    timed = [*options.model, *options.beside]
    missing = [str(path) for path in timed if not path.is_file()]
    if missing:
        raise UserError(f"There is no file {missing[0]}: name ONNX files by their paths.")
    times_ms = dict(zip(timed, latencies_ms(timed), strict=True))
    for model in options.model:
        write_card(measure_card(model, times_ms, **tests), model)
        print(card_path(model))
    return 0
