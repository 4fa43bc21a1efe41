"""Models as networks that a run starts from or learns from: a run's network.pt, a shipped model, an ONNX file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from gaze_demo.errors import UserError
from gaze_demo.model.registry import find_model
from gaze_training.data.data_config import DataConfig
from gaze_training.data.generate import generate
from gaze_training.data.sample import Faces, load_faces
from gaze_training.eyes import Eyes
from gaze_training.from_onnx import import_network
from gaze_training.networks.spec import NetworkSpec
from gaze_training.networks.store import load_network, save_network
from gaze_training.onnx_run import own

_FACES, _SEED = 100, 1
_FACES_OF_A_FOLDER = 200


def network_file(given: str, folder: Path, data: Sequence[Path] = ()) -> Path:
    """The network.pt of a model: the path itself if it is one, else the ONNX file of that path or name, imported
    to `folder`/NAME/network.pt. `data`: folders of faces like those to be trained on, empty for procedural ones.

    Raises UserError if there is no such model, or it was not written by `gaze-train export` in full precision.
    """
    if given.endswith(".pt"):
        return Path(given)
    entry = find_model(given)
    if not own(entry):
        raise UserError(
            f"{given} cannot be continued: only a single network that `gaze-train export` wrote can, no committee and "
            "no model of somebody else."
        )
    stored = import_network(entry.path, some_eyes(data))
    path = folder / entry.path.stem / "network.pt"
    save_network(path, stored.network, stored.spec, stored.summary)
    return path


def spec_to_continue(path: Path, given: str, wanted: NetworkSpec | None) -> NetworkSpec:
    """The description of the network of a run that goes on from `path`: `wanted`, a configuration's, where the network
    can grow into it; else the network's own, which has to be of the same kind and width.

    Raises UserError for an ensemble and for a network of another size.
    """
    spec = load_network(path).spec
    if spec.kind == "ensemble":
        raise UserError(
            f"{given} is an ensemble of {len(spec.members)} networks, and a run trains one: take one of them by "
            f"`gaze-train import {given} --member 1 --out runs/member-1/network.pt`, and give that file with --from."
        )
    if wanted is None or spec.grows_into(wanted):
        return wanted or spec
    if (spec.kind, spec.width) != (wanted.kind, wanted.width):
        raise UserError(
            f"{given} is a {spec.kind} of width {spec.width:g}, and the configuration's network is a {wanted.kind} of "
            f"width {wanted.width:g}: take a configuration of the same network, or one without [network] such as own."
        )
    return spec


def some_eyes(folders: Sequence[Path]) -> Eyes:
    """Eyes of each folder, or of procedural faces, from which batch norms get their statistics."""
    if folders:
        parts = [load_faces(folder) for folder in folders]
        few = [part.select(slice(0, None, max(1, len(part) // _FACES_OF_A_FOLDER))) for part in parts]
        return Eyes.from_faces(Faces.concatenate(few))
    with tempfile.TemporaryDirectory() as made:
        for _ in generate(DataConfig(faces=_FACES, shard=_FACES, seed=_SEED), Path(made), 1):
            pass
        return Eyes.from_faces(load_faces(Path(made)))
