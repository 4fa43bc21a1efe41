"""`gaze-train export`: ONNX with the app's contract, and its 8 bit version."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gaze_demo.errors import UserError

if TYPE_CHECKING:
    from gaze_demo.model.contract import Training
    from gaze_training.eyes import Eyes
    from gaze_training.networks.output import GazeNetwork


def add_to(commands: Any) -> None:
    parser = commands.add_parser("export", help="write a trained network as ONNX that the app runs")
    add = parser.add_argument
    add("network", type=Path, help="network.pt of a run; several with --member make an ensemble")
    add("--member", type=Path, action="append", default=[], metavar="FILE", help="a further network of an ensemble")
    add("--out", type=Path, required=True, metavar="ONNX")
    add("--title", help="for people (default: the file's name)")
    add("--role", choices=("teacher", "student", "other"), default="student")
    add("--licence", default="Apache-2.0")
    add("--attribution", default="", help="credits that the licences of the data require")
    add(
        "--level-pitch",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="labelled faces of people not trained on: scale the pitch by the slope of the true pitch on it",
    )
    add(
        "--centre",
        type=Path,
        metavar="DIR",
        help="portraits of people who look into the lens: subtract the mean answer",
    )
    add(
        "--temper",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="labelled faces of people not trained on: scale the covariances until they hold on them",
    )
    add("--int8", action="store_true", help="also write NAME-int8.onnx")
    add("--calibration", type=Path, metavar="DIR", help="faces for the 8 bit version's value ranges")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from gaze_training.export import INT8, Description, export_int8, export_onnx
    from gaze_training.networks.store import load_networks
    from gaze_training.provenance import training_of

    if options.int8 and not options.calibration:
        raise UserError("--int8 needs --calibration DIR: a folder of faces that gives the value ranges for the 8 bits.")
    if options.calibration and not options.int8:
        raise UserError("--calibration is only for 8 bits: add --int8.")
    if options.out.suffix != ".onnx":
        raise UserError(f"--out {options.out}: a model's name ends in .onnx.")
    stored = load_networks((options.network, *options.member))
    assert stored is not None  # the parser requires at least one
    training = training_of(stored.summary)
    if options.level_pitch:
        training = _levelled(stored.network, options.level_pitch, training)
    if options.centre:
        training = _centred(stored.network, options.centre, training)
    if options.temper:
        training = _tempered(stored.network, options.temper, training)
    title = options.title or options.out.stem
    description = Description(title, options.role, options.licence, training, options.attribution)
    contract = export_onnx(stored, options.out, description)
    print(f"{options.out}: {contract.parameters:,} parameters, {contract.macs:,} MACs for both eyes.")
    if options.int8:
        from gaze_training.data.sample import load_faces
        from gaze_training.eyes import Eyes

        eyes = Eyes.from_faces(load_faces(options.calibration))
        path = options.out.with_name(f"{options.out.stem}{INT8}.onnx")
        loss = export_int8(options.out, path, contract, eyes)
        print(
            f"{path}: {loss.difference_deg:.2f} deg from the full version; error {loss.error_int8_deg:.2f} deg "
            f"against {loss.error_deg:.2f}."
        )
    return 0


def _eyes(folders: list[Path]) -> Eyes:
    from gaze_training.data.sample import Faces, load_faces
    from gaze_training.eyes import Eyes

    return Eyes.from_faces(Faces.concatenate([load_faces(folder) for folder in folders]))


def _levelled(network: GazeNetwork, folders: list[Path], training: Training) -> Training:
    """Scale the network's pitch in place; returns its description with this step added."""
    from gaze_training.pitch_slope import level_pitch

    done = f"Pitch scaled by {level_pitch(network, _eyes(folders)):.2f} on people held out."
    return training.model_copy(update={"summary": f"{training.summary} {done}"})


def _tempered(network: GazeNetwork, folders: list[Path], training: Training) -> Training:
    """Scale the network's covariances in place; returns its description with this step added."""
    from gaze_training.temper import temper

    scale = temper(network, _eyes(folders))
    done = f"Covariances scaled by {scale:.2f} on people held out."
    return training.model_copy(update={"summary": f"{training.summary} {done}"})


def _centred(network: GazeNetwork, portraits: Path, training: Training) -> Training:
    """Centre the network in place; returns its description with this step added."""
    from gaze_training.centre import centre
    from gaze_training.evaluate.lens_faces import load_lens_faces

    pitch, yaw = np.degrees(centre(network, load_lens_faces(portraits, Path("runs/cache"))).numpy())
    done = f"Centred on people who look into the lens: pitch {-pitch:+.2f} deg, yaw {-yaw:+.2f} deg towards the nose."
    return training.model_copy(update={"summary": f"{training.summary} {done}"})
