"""The examples of EXTENDING.md for training run as they are printed: each is one file and one entry in a registry."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from examples import added, code
from gaze_training import data, readers, schemes
from gaze_training.cli import main
from gaze_training.config import parse_config
from gaze_training.data import renderers
from gaze_training.data.data_config import DataConfig
from gaze_training.data.generate import draw_face, make_renderer
from gaze_training.data.sample import load_faces
from gaze_training.eyes import Eyes
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.schemes import registry
from gaze_training.trainer import Trainer
from training.drawn_eyes import drawn_faces


def register(module: ModuleType, table: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the line of the document that adds `name` to a registry, until the end of the test."""
    monkeypatch.setattr(module, table, dict(getattr(module, table)))
    exec(code(f'{table}["{name}"]'), vars(module))


def test_the_reader_reads_its_folders_to_shards(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = tmp_path / "set" / "p01"
    person.mkdir(parents=True)
    shutil.copy(repository / "assets" / "portrait.jpg", person / "0_0_0.jpg")
    shutil.copy(repository / "assets" / "portrait.jpg", person / "unnamed.jpg")
    with added(readers, "points", tmp_path):
        register(readers, "READERS", "points", monkeypatch)
        monkeypatch.setattr("gaze_training.readers.shards.READERS", readers.READERS)
        command = ["data", "--read", "points", "--source", str(tmp_path / "set"), "--out", str(tmp_path / "out")]
        assert main(command) == 0
    faces = load_faces(tmp_path / "out")
    assert len(faces) == 1
    assert np.abs(np.degrees(faces.gaze[0])).max() < 5  # the virtual camera looks at the eye, the eye at the lens
    assert "damaged or have another name" in capsys.readouterr().out


def test_the_renderer_draws_faces_with_their_gaze(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with added(data, "doll", tmp_path):
        register(renderers, "RENDERERS", "doll", monkeypatch)
        for module in ("data_config", "generate"):
            monkeypatch.setattr(f"gaze_training.data.{module}.RENDERERS", renderers.RENDERERS)
        config = DataConfig(renderer="doll")
        render = make_renderer(config)
        drawn = [draw_face(config, render, None, index)[0] for index in range(24)]
        again = draw_face(config, render, None, 3)[0]
    np.testing.assert_array_equal(drawn[3].crops, again.crops)
    gaze = np.concatenate([face.gaze[0] for face in drawn])
    iris = np.concatenate([face.iris_px[0] for face in drawn])
    assert np.corrcoef(gaze[:, 1], iris[:, 0])[0, 1] < -0.9  # looking towards the image's left moves the iris there
    assert renderers.renderer_name(4) == "doll"


def test_the_scheme_trains_a_student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree: dict[str, Any] = {
        "network": {"kind": "mobilenet", "width": 0.125, "depth": 0.5},
        "scheme": {"name": "agreeing", "options": {"limit_deg": 2.0}},
        "train": {"epochs": 2, "batch": 16, "warmup_epochs": 0},
    }
    teacher = build_network(NetworkSpec(kind="residual", width=0.25)).eval()
    eyes = Eyes.from_faces(drawn_faces(20))
    with added(schemes, "agreeing", tmp_path):
        register(registry, "SCHEMES", "agreeing", monkeypatch)
        trained = Trainer(parse_config(tree, "test"), teacher).fit(eyes, eyes, show=False)
    assert not trained.diverged
