"""Networks as files: weights and description, read without running any code from the file."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError

from gaze_demo.errors import UserError
from gaze_training.networks.ensemble import Ensemble
from gaze_training.networks.output import GazeNetwork
from gaze_training.networks.spec import NetworkSpec, build_network

FORMAT = 1


@dataclass(frozen=True, eq=False)
class StoredNetwork:
    """A trained network in evaluation mode, its description, and the summary of its run (plain JSON values)."""

    network: GazeNetwork
    spec: NetworkSpec
    summary: dict[str, Any]


def save_network(path: Path, network: GazeNetwork, spec: NetworkSpec, summary: dict[str, Any]) -> None:
    """Write the file whole or not at all."""
    weights = {name: value.detach().cpu() for name, value in network.state_dict().items()}
    write_whole(
        path, {"format": FORMAT, "spec": spec.model_dump_json(), "summary": json.dumps(summary), "weights": weights}
    )


def load_network(path: Path) -> StoredNetwork:
    """Raises UserError if the file is not a network of this project."""
    content = read_safely(path)
    try:
        spec = NetworkSpec.model_validate_json(content["spec"])
        network = build_network(spec)
        network.load_state_dict(content["weights"])
        summary = json.loads(content["summary"])
    except (KeyError, TypeError, AttributeError, ValueError, RuntimeError, ValidationError) as error:
        raise UserError(f"{path} is not a network of gaze-train ({str(error).splitlines()[0]}).") from error
    return StoredNetwork(network.eval(), spec, summary)


def load_networks(paths: tuple[Path, ...]) -> StoredNetwork | None:
    """One network, or several as one ensemble; None for no path. Raises UserError as `load_network`."""
    members = [load_network(path) for path in paths]
    if len(members) < 2:
        return members[0] if members else None
    spec = NetworkSpec(kind="ensemble", members=tuple(member.spec for member in members))
    network = Ensemble([member.network for member in members]).eval()
    return StoredNetwork(network, spec, {"members": [member.summary for member in members]})


def write_whole(path: Path, content: dict[str, Any]) -> None:
    """`torch.save` that never leaves half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    torch.save(content, part)
    part.replace(path)


def read_safely(path: Path) -> dict[str, Any]:
    """Only tensors and plain values of a file, nothing executable. Raises UserError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged file is reported in one sentence below
            content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise UserError(f"There is no file {path}.") from error
    except Exception as error:  # a damaged file raises whatever torch's reader stumbles over
        raise UserError(f"{path} is not a file of gaze-train, or is damaged.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UserError(f"{path} is not a file of gaze-train of format {FORMAT}.")
    return content
