"""Every parser of a file that a user may give, with whole files to damage.

Only what the project's own code has to hold is fuzzed: where a library of others reads a file (a picture, an ONNX
graph), the guard before it gets the inputs, and the library whole files or sizes that the guard refuses.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from fuzz.inputs import Make, damaged, damaged_arrays, damaged_json, png_of_any_size

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Parser:
    """`read` gets the path of a file called `name`. `inputs` makes the maker of such files: it may take a second."""

    title: str
    name: str
    read: Callable[[Path], object]
    inputs: Callable[[], Make]


def _contracts() -> Make:
    from gaze_demo.model.onnx_file import read_embedded_contract

    shipped = [path.read_bytes() for path in (ROOT / "models" / "contracts").glob("*.json")]
    embedded = [read_embedded_contract(ROOT / "models" / f"{name}.onnx") for name in ("teacher", "mobilenet12")]
    return damaged_json(shipped + [each for each in embedded if each])


def _read_contract(path: Path) -> object:
    from gaze_demo.model.contract import parse_contract

    return parse_contract(path.read_bytes(), str(path))


def _committees() -> Make:
    return damaged_json([path.read_bytes() for path in (ROOT / "models").glob("*-adas.json")])


def _read_committee(path: Path) -> object:
    from gaze_demo.model.committee_file import read_committee

    return read_committee(path)


def _networks() -> Make:
    from app.tiny_models import follows_head

    with tempfile.TemporaryDirectory() as folder:
        tiny = follows_head(Path(folder) / "tiny.onnx").read_bytes()
    return damaged([tiny, (ROOT / "models" / "mobilenet12.onnx").read_bytes()])


def _read_network(path: Path) -> object:
    from gaze_demo.model.onnx_file import read_embedded_contract

    return read_embedded_contract(path)


@cache
def _sitting() -> tuple[Any, Any]:
    """A sitting, and the profile that it gives."""
    from app.calibration.fakes import FakeModel, Person
    from app.profiles import profile
    from gaze_demo.calibration.calibrate import Estimates, calibrate

    session = Person().sitting(5)
    result = calibrate(session, [Estimates(FakeModel(gain=(0.7, 0.7)))])
    made = profile("Ada", result.mappings)
    return session, made


def _profiles() -> Make:
    return damaged_json([_sitting()[1].model_dump_json().encode()])


def _read_profile(path: Path) -> object:
    from gaze_demo.calibration.profile import load_profile

    return load_profile(path)


def _sittings() -> Make:
    from gaze_demo.calibration.sitting_file import save_sitting

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sitting.npz"
        save_sitting(_sitting()[0], path)
        with np.load(io.BytesIO(path.read_bytes())) as file:
            return damaged_arrays([dict(file)])


def _read_sitting(path: Path) -> object:
    from gaze_demo.calibration.sitting_file import load_sitting

    return load_sitting(path)


_ROS = b"""%YAML:1.0
---
image_width: 640
image_height: 480
distortion_model: plumb_bob
camera_matrix: !!opencv-matrix
   rows: 3
   cols: 3
   dt: d
   data: [ 600.0, 0.0, 310.0, 0.0, 601.0, 245.0, 0.0, 0.0, 1.0 ]
distortion_coefficients:
   rows: 1
   cols: 5
   data:
   - 0.1
   - -0.2
   - 0.001
   - 0.002
   - 0.05
"""
_XML = b"""<?xml version="1.0"?>
<opencv_storage>
<image_width>640</image_width>
<image_height>480</image_height>
<camera_matrix type_id="opencv-matrix"><rows>3</rows><cols>3</cols><dt>d</dt>
<data>600. 0. 310. 0. 601. 245. 0. 0. 1.</data></camera_matrix>
<distortion_coefficients type_id="opencv-matrix"><rows>1</rows><cols>5</cols><dt>d</dt>
<data>0.1 -0.2 0.001 0.002 0.05</data></distortion_coefficients>
</opencv_storage>
"""
_JSON = b"""{"image_width": 640, "image_height": 480, "fisheye_model": 1,
"camera_matrix": {"rows": 3, "cols": 3, "data": [600.0, 0, 310.0, 0, 601.0, 245.0, 0, 0, 1]},
"distortion_coefficients": {"rows": 4, "cols": 1, "data": [0.1, -0.02, 0.001, 0.0]}}
"""


def _read_lens(path: Path) -> object:
    from gaze_demo.intrinsics import load_intrinsics

    return load_intrinsics(path)


def _abouts() -> Make:
    from app.session.samples import recorded
    from gaze_demo.session.folder import ABOUT

    with tempfile.TemporaryDirectory() as folder:
        recorded(Path(folder) / "session", 20, profile=_sitting()[1])
        return damaged_json([(Path(folder) / "session" / ABOUT).read_bytes()])


def _read_about(path: Path) -> object:
    from gaze_demo.session.folder import load_about

    return load_about(path.parent)


_EVENTS = b"""{"time_s": 1.5, "kind": "marker", "text": "stimulus 1", "data": {"trial": 3}}
{"time_s": 2.25, "kind": "note", "text": "moved", "data": {}}
"""


def _read_events(path: Path) -> object:
    from gaze_demo.session.events_file import read_events

    return read_events(path)


def _read_picture(path: Path) -> object:
    from gaze_demo.camera.picture import PictureError, read_picture

    try:
        return read_picture(path)
    except PictureError:
        return None  # which its callers tell


def _configurations() -> Make:
    return damaged([path.read_bytes() for path in (ROOT / "training" / "configs").glob("*.toml")])


def _read_configuration(path: Path) -> object:
    from gaze_demo.errors import UserError
    from gaze_training.config import read_config
    from gaze_training.study_config import read_study

    try:
        return read_config(path)
    except UserError:
        return read_study(path)


def _cards() -> Make:
    return damaged_json([path.read_bytes() for path in (ROOT / "models").glob("*.card.json")])


def _read_cards(path: Path) -> object:
    from gaze_training.card_files import load_cards

    return load_cards(path.parent)


_TABLE = b"file,x,y,series,hfov\na.jpg,100,200,s1,60\nb.jpg,1.5,-3,s1,60\n"


def _read_table(path: Path) -> object:
    from gaze_training.readers.frame_table import read_frame_table

    return read_frame_table(path)


_MANIFEST = b"""{"version": 2, "renderer": "procedural", "seed": 1, "shard": 2, "source": "", "outside": "",
"own_eyes": 0.12, "people": "train", "build_spread": 0.0, "turned_eyes": 0.0}"""


def _read_manifest(path: Path) -> object:
    from gaze_training.data.data_config import DataConfig
    from gaze_training.data.generate import _write_manifest

    return _write_manifest(DataConfig(shard=2), path.parent)


def _shards() -> Make:
    from training.drawn_eyes import drawn_faces

    with tempfile.TemporaryDirectory() as folder:
        drawn_faces(12).save(Path(folder) / "shard-00000.npz")
        with np.load(io.BytesIO((Path(folder) / "shard-00000.npz").read_bytes())) as file:
            return damaged_arrays([dict(file)])


def _read_shard(path: Path) -> object:
    from gaze_training.data.sample import load_faces

    return load_faces(path.parent)


def _weights() -> Make:
    from gaze_training.networks.spec import NetworkSpec, build_network
    from gaze_training.networks.store import save_network

    spec = NetworkSpec(kind="mobilenet", width=0.125, depth=0.5)
    with tempfile.TemporaryDirectory() as folder:
        save_network(Path(folder) / "network.pt", build_network(spec), spec, {"run": {}})
        return damaged([(Path(folder) / "network.pt").read_bytes()])


def _read_weights(path: Path) -> object:
    from gaze_training.networks.store import load_network

    return load_network(path)


PARSERS = (
    Parser("contract", "contract.json", _read_contract, _contracts),
    Parser("committee", "committee.json", _read_committee, _committees),
    Parser("network", "network.onnx", _read_network, _networks),
    Parser("profile", "profile.json", _read_profile, _profiles),
    Parser("sitting", "sitting.npz", _read_sitting, _sittings),
    Parser("lens", "camera.yaml", _read_lens, lambda: damaged([_ROS, _XML, _JSON])),
    Parser("session", "session.json", _read_about, _abouts),
    Parser("events", "events.jsonl", _read_events, lambda: damaged([_EVENTS])),
    Parser("picture", "picture.png", _read_picture, lambda: png_of_any_size),
    Parser("configuration", "run.toml", _read_configuration, _configurations),
    Parser("card", "model.card.json", _read_cards, _cards),
    Parser("manifest", "manifest.json", _read_manifest, lambda: damaged_json([_MANIFEST])),
    Parser("shard", "shard-00000.npz", _read_shard, _shards),
    Parser("weights", "network.pt", _read_weights, _weights),
    Parser("table", "frames.csv", _read_table, lambda: damaged([_TABLE])),
)
