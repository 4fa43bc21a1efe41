"""`gaze-train average`: a network between the one that a run started from and the one it ended with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gaze_demo.errors import UserError


def add_to(commands: Any) -> None:
    parser = commands.add_parser("average", help="average the weights of a network and of the one it was trained from")
    add = parser.add_argument
    add("before", type=Path, help="the network.pt that the run started from")
    add("after", type=Path, help="the run's own network.pt")
    add("--share", type=float, default=0.5, metavar="S", help="of the second one's weights, 0 to 1 (default: 0.5)")
    add("--data", type=Path, required=True, metavar="DIR", help="faces that give batch norms their statistics")
    add("--out", type=Path, required=True, metavar="FILE", help="the network.pt to write")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from gaze_training.average import between
    from gaze_training.data.sample import load_faces
    from gaze_training.eyes import Eyes
    from gaze_training.networks.store import load_network, save_network

    if not 0 <= options.share <= 1:
        raise UserError(f"--share {options.share:g}: it is from 0 (the first network) to 1 (the second).")
    if options.out.suffix != ".pt":
        raise UserError(f"--out {options.out}: a network's file name ends in .pt.")
    eyes = Eyes.from_faces(load_faces(options.data))
    made = between(load_network(options.before), load_network(options.after), options.share, eyes)
    save_network(options.out, made.network, made.spec, made.summary)
    print(f"{options.out}: {options.share:.0%} of {options.after}, the rest of {options.before}.")
    return 0
