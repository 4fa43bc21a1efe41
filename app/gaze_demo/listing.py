"""`gaze-demo models` and `gaze-demo cameras`: what is available, for people and for programs."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gaze_demo import paths
from gaze_demo.camera.devices import CameraDevice, list_cameras
from gaze_demo.model.registry import ModelEntry, scan_models

_COLUMNS = ("name", "role", "parameters", "MMACs", "MB", "from", "licence")
_FIGURES = ("parameters", "MMACs", "MB")
_PIPED_WIDTH = 1000


class _PipeConsole(Console):
    """Gives the command the same exit code as all others if nobody reads its output."""

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


def wide_console(*, stderr: bool = False) -> Console:
    """A console that does not cut names if its output is piped; a terminal keeps its own width."""
    console = _PipeConsole(stderr=stderr)
    return console if console.is_terminal else _PipeConsole(stderr=stderr, width=_PIPED_WIDTH)


def show_models(*, names: bool = False, as_json: bool = False) -> None:
    """Print the available models; problems with others go to stderr, one sentence each."""
    models = scan_models()
    if names:
        for entry in models.entries:
            print(entry.name)
        return
    if as_json:
        _print_json({"models": [_model_values(entry) for entry in models.entries], "problems": list(models.problems)})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in _COLUMNS:
        table.add_column(name, justify="right" if name in _FIGURES else "left", no_wrap=True, overflow="fold")
    for entry in models.entries:
        contract = entry.contract
        table.add_row(
            escape(entry.name),
            contract.role,
            "" if contract.parameters is None else f"{contract.parameters:,}",
            "" if contract.macs is None else f"{contract.macs / 1e6:.2f}",
            f"{entry.size_bytes / 1e6:.2f}",
            entry.origin,
            escape(contract.licence),
        )
    if models.entries:
        wide_console().print(table)
    print(f"Put your own models into {paths.user_models()}, or give --model PATH.")
    for problem in models.problems:
        print(f"gaze-demo: {problem}", file=sys.stderr)


def show_cameras(*, as_json: bool = False) -> None:
    """Print the available cameras with their numbers."""
    cameras = list_cameras()
    if as_json:
        _print_json({"cameras": [_camera_values(camera) for camera in cameras]})
        return
    for camera in cameras:
        print(f"{camera.index}  {camera.name}")
    if not cameras:
        print("No camera found; 'gaze-demo --source virtual' needs none.")


def _model_values(entry: ModelEntry) -> dict[str, Any]:
    contract = entry.contract
    return {
        "name": entry.name,
        "title": contract.title,
        "role": contract.role,
        "parameters": contract.parameters,
        "macs": contract.macs,
        "bytes": entry.size_bytes,
        "from": entry.origin,
        "path": str(entry.path),
        "licence": contract.licence,
        "members": [member.name for member in entry.members],
    }


def _camera_values(camera: CameraDevice) -> dict[str, Any]:
    return {"number": camera.index, "name": camera.name, "path": camera.path}


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, indent=2))
