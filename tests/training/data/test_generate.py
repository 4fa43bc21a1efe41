"""Runs of training data: the same faces in any order, continued where they stopped, never mixed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_training.data.data_config import DataConfig
from gaze_training.data.generate import generate, shard_path
from gaze_training.data.sample import Faces, load_faces


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> DataConfig:
    folder = tmp_path_factory.mktemp("photographs")
    (folder / "one.jpg").write_bytes((paths.assets() / "portrait.jpg").read_bytes())
    return DataConfig(renderer="photo", faces=6, seed=3, shard=2, source=str(folder), people="all")


def test_a_run_is_sharded_resumed_and_deterministic(config: DataConfig, tmp_path: Path) -> None:
    steps = list(generate(config, tmp_path / "a", workers=2))
    assert steps[-1] == (3, 3)
    whole = load_faces(tmp_path / "a")
    assert len(whole) == 6
    shard_path(tmp_path / "a", 1).unlink()
    assert list(generate(config, tmp_path / "a", workers=1)) == [(2, 3), (3, 3)]
    again = load_faces(tmp_path / "a")
    np.testing.assert_array_equal(whole.crops, again.crops)
    np.testing.assert_array_equal(whole.gaze, again.gaze)
    assert isinstance(Faces.load(shard_path(tmp_path / "a", 0)), Faces)
    assert json.loads((tmp_path / "a" / "manifest.json").read_text())["seed"] == 3
    with pytest.raises(UserError, match="another configuration"):
        list(generate(replace(config, seed=4), tmp_path / "a", workers=1))


def test_a_run_that_goes_on_to_more_faces_fills_its_last_shard(config: DataConfig, tmp_path: Path) -> None:
    list(generate(replace(config, faces=3), tmp_path / "a", workers=1))
    assert len(load_faces(tmp_path / "a")) == 3
    assert list(generate(replace(config, faces=4), tmp_path / "a", workers=1))[-1] == (2, 2)
    assert len(load_faces(tmp_path / "a")) == 4


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"renderer": "oil"}, "choose one of"),
        ({"faces": 0}, "at least 1"),
        ({"renderer": "head", "source": "nowhere.npz"}, "needs its files"),
    ],
)
def test_a_wrong_configuration_is_refused_in_one_sentence(
    config: DataConfig, change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        replace(config, **change)  # type: ignore[arg-type]


def test_files_that_no_worker_can_use_end_the_run_in_one_sentence(config: DataConfig, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no photograph with a face"):
        list(generate(replace(config, source=str(tmp_path / "empty")), tmp_path / "out", workers=1))
