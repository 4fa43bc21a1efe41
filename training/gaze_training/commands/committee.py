"""`gaze-train committee`: bring models onto one scale and write the file that lets them answer as one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gaze_demo.errors import UserError


def add_to(commands: Any) -> None:
    parser = commands.add_parser("committee", help="make a committee of models, brought onto one scale")
    add = parser.add_argument
    add(
        "model", nargs="+", metavar="MODEL", help="two or more; names from 'gaze-demo models'; the first sets the scale"
    )
    add("--heads", type=Path, required=True, metavar="ICT_FILE", help="the head model whose renders are looked at")
    add("--count", type=int, default=200, metavar="N", help="rendered heads (default: 200)")
    add("--seed", type=int, default=1)
    add(
        "--others-weight",
        type=float,
        default=1.0,
        metavar="W",
        help="less than 1 if real people have shown that the first model is better than the others (default: 1)",
    )
    add("--title", default="", help="for people")
    add("--out", type=Path, required=True, metavar="NAME.json")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import track

    from gaze_demo.model.load import load_model
    from gaze_demo.model.registry import find_model
    from gaze_training.committee import fit_committee, write_committee
    from gaze_training.data.head_mesh import load_head_mesh
    from gaze_training.evaluate.head_scenes import head_scenes
    from gaze_training.evaluate.heads import ask

    if options.out.suffix != ".json" or not options.out.absolute().parent.is_dir():
        raise UserError(f"--out {options.out} must be NAME.json in an existing folder.")
    if not 0.01 <= options.others_weight <= 100:
        raise UserError(f"--others-weight {options.others_weight:g} is not between 0.01 and 100.")
    entries = [find_model(name) for name in options.model]
    if not 2 <= len(set(options.model)) <= 8 or any(entry.committee for entry in entries):
        raise UserError("A committee has two to eight different models as members; a committee cannot be a member.")
    models = [load_model(entry) for entry in entries]
    scenes = head_scenes(load_head_mesh(options.heads), options.count, 0, options.seed)
    answers = ask(models, track(scenes, "heads", total=options.count, console=Console(stderr=True)))
    names = [entry.name for entry in entries]
    title = options.title or " and ".join(names)
    fitted = f"{options.count} rendered heads, seed {options.seed}: gaze-train committee {' '.join(names)}"
    if options.others_weight != 1.0:
        fitted += f" --others-weight {options.others_weight:g}"
    committee = fit_committee(names, answers, title, fitted, options.others_weight)
    write_committee(committee, options.out)
    for member in committee.members:
        print(
            f"{member.model}: weight {member.weight}, gain {member.gain}, head {member.head}, "
            f"offset {member.offset_rad} (pitch, yaw)"
        )
    return 0
