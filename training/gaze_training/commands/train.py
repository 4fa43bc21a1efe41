"""`gaze-train teacher` and `gaze-train distill`: one run of one configuration."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaze_demo.errors import UserError
from gaze_training.commands.options import add_device, overrides_of

if TYPE_CHECKING:
    from gaze_training.config import RunConfig
    from gaze_training.history import Trained


def add_to(commands: Any) -> None:
    teacher = commands.add_parser("teacher", help="train a network on labels")
    distill = commands.add_parser(
        "distill", help="train a student with a teacher, using the scheme in its configuration"
    )
    for parser in (teacher, distill):
        add = parser.add_argument
        add("config", type=Path, help="a TOML file, or the name of one that comes with the package")
        add("--data", type=Path, action="append", metavar="DIR", help="shards of faces, instead of those named there")
        add("--validation", type=Path, metavar="DIR", help="faces of other people to measure on")
        add("--unlabelled", type=Path, action="append", metavar="DIR", help="faces without labels")
        add("--teacher", type=Path, action="append", metavar="FILE", help="a trained network; several: an ensemble")
        add("--seed", type=int, help="instead of the configuration's")
        add("--out", type=Path, metavar="DIR", help="the run's folder, where a stopped run goes on; runs/NAME-SEED")
        add("--set", action="append", default=[], metavar="KEY=VALUE", help="any value, for example train.epochs=3")
        add_device(parser)
        parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from gaze_training.config import read_config
    from gaze_training.shipped_configs import find

    overrides = overrides_of(options.set)
    named = {
        "data.folders": options.data,
        "data.validation": options.validation,
        "data.unlabelled": options.unlabelled,
        "scheme.teachers": options.teacher,
        "seed": options.seed,
    }
    overrides.update({key: value for key, value in named.items() if value is not None})
    config = read_config(find(options.config), overrides)
    folder = options.out or Path("runs") / f"{config.name}-{config.seed}"
    trained = train(config, folder, options.device)
    if trained.diverged:
        raise UserError(f"{config.name} diverged in epoch {len(trained.epochs)}; lower train.rate and start again.")
    quality = trained.epochs[-1].quality
    if quality:
        print(
            f"{folder / 'network.pt'}: {quality.error_deg:.2f} deg on people held out, gain "
            f"{quality.pitch_gain:.2f} pitch, {quality.yaw_gain:.2f} yaw."
        )
    return 0


def train(config: RunConfig, folder: Path, device: str = "auto") -> Trained:
    """One run; under torchrun all its processes share it."""
    from gaze_training.dataset import load_dataset
    from gaze_training.device import fabric_of_launcher
    from gaze_training.networks.store import load_teacher
    from gaze_training.trainer import Trainer

    with fabric_of_launcher(device, config.train.precision) as fabric:
        teacher = load_teacher(config.scheme.teachers)
        data = load_dataset(config.data)
        trainer = Trainer(config, teacher.network if teacher else None, fabric)
        return trainer.fit(data.train, data.validation, folder)
