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
        add(
            "--teacher",
            action="append",
            metavar="MODEL",
            help="network.pt of a run, a model's name or its ONNX file; several: an ensemble",
        )
        add(
            "--from",
            dest="start",
            metavar="MODEL",
            help="start from the weights of a model: its name, its ONNX file, or the network.pt of a run",
        )
        add("--seed", type=int, help="instead of the configuration's")
        add("--out", type=Path, metavar="DIR", help="the run's folder, where a stopped run goes on; runs/NAME-SEED")
        add("--set", action="append", default=[], metavar="KEY=VALUE", help="any value, for example train.epochs=3")
        add_device(parser)
        parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    config = _config(options)
    folder = options.out or Path("runs") / f"{config.name}-{config.seed}"
    trained = train(config, folder, options.device)
    if trained.diverged:
        raise UserError(f"{config.name} diverged in epoch {len(trained.epochs)}; lower train.rate and start again.")
    quality = trained.epochs[-1].quality
    if quality:
        of = f"the faces of {config.data.validation}" if config.data.validation else "people held out"
        print(
            f"{folder / 'network.pt'}: {quality.error_deg:.2f} deg on {of}, gain "
            f"{quality.pitch_gain:.2f} pitch, {quality.yaw_gain:.2f} yaw."
        )
    return 0


def _config(options: argparse.Namespace) -> RunConfig:
    """The run's configuration with what the command line says. Models that it names are imported to the run's folder,
    and a run that starts from one gets its network."""
    from gaze_training.config import parse_config, read_toml
    from gaze_training.continued import network_file, spec_to_continue
    from gaze_training.shipped_configs import find

    path = find(options.config)
    overrides = overrides_of(options.set)
    named = {
        "data.folders": options.data,
        "data.validation": options.validation,
        "data.unlabelled": options.unlabelled,
        "scheme.teachers": options.teacher,
        "seed": options.seed,
    }
    overrides.update({key: value for key, value in named.items() if value is not None})
    config = parse_config(read_toml(path), str(path), overrides)
    folder = options.out or Path("runs") / f"{config.name}-{config.seed}"
    data = (*config.data.folders, *config.data.unlabelled)
    if options.teacher:
        overrides["scheme.teachers"] = tuple(network_file(name, folder, data) for name in options.teacher)
    if options.start:
        overrides["train.start"] = start = network_file(options.start, folder, data)
        wanted = config.network if "network" in config.model_fields_set else None
        overrides = {key: value for key, value in overrides.items() if key.split(".")[0] != "network"}
        overrides["network"] = spec_to_continue(start, options.start, wanted).model_dump()
    return parse_config(read_toml(path), str(path), overrides)


def train(config: RunConfig, folder: Path, device: str = "auto") -> Trained:
    """One run; under torchrun all its processes share it."""
    from gaze_training.dataset import load_dataset
    from gaze_training.device import fabric_of_launcher
    from gaze_training.networks.store import load_networks
    from gaze_training.trainer import Trainer

    with fabric_of_launcher(device, config.train.precision) as fabric:
        teacher = load_networks(config.scheme.teachers)
        data = load_dataset(config.data)
        trainer = Trainer(config, teacher.network if teacher else None, fabric)
        return trainer.fit(data.train, data.validation, folder)
