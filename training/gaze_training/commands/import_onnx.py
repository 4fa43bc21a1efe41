"""`gaze-train import`: an exported model as a network that a run can start from."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gaze_demo.errors import UserError


def add_to(commands: Any) -> None:
    parser = commands.add_parser("import", help="convert an exported model back to a network, to continue its training")
    add = parser.add_argument
    add("model", metavar="MODEL", help="an ONNX file that gaze-train exported, or the name of a shipped model")
    add("--out", type=Path, required=True, metavar="FILE", help="the network.pt to write")
    add("--member", type=int, metavar="N", help="of an ensemble, this member alone, from 1")
    add("--data", type=Path, metavar="DIR", help="faces like those to be trained on (default: 100 procedural ones)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from gaze_demo.model.registry import find_model
    from gaze_training.continued import some_eyes
    from gaze_training.export import worst_difference_rad
    from gaze_training.from_onnx import import_network, member_of
    from gaze_training.networks.store import save_network

    if options.out.suffix != ".pt":
        raise UserError(f"--out {options.out}: a network's file name ends in .pt.")
    path = find_model(options.model).path
    stored = import_network(path, some_eyes([options.data] if options.data else []))
    apart = worst_difference_rad(stored.network, path)
    if options.member is not None:
        stored = member_of(stored, options.member)
    save_network(options.out, stored.network, stored.spec, stored.summary)
    print(f"{options.out}: {stored.spec.kind} that answers as {path.name} does, within {apart:.0e} rad.")
    return 0
