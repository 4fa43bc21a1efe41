from pathlib import Path

import pytest

import gaze_training
from gaze_demo.model.registry import find_model
from gaze_training.cli import main

CONFIGS = Path(gaze_training.__file__).parents[1] / "configs"


def test_from_the_generator_to_an_onnx_that_the_app_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, run, model = tmp_path / "data", tmp_path / "run", tmp_path / "smoke.onnx"
    config = str(CONFIGS / "smoke.toml")
    commands = [
        ["data", "--faces", "300", "--shard", "150", "--workers", "2", "--out", str(data)],
        ["teacher", config, "--data", str(data), "--out", str(run), "--device", "cpu"],
        ["export", str(run / "network.pt"), "--out", str(model), "--int8", "--calibration", str(data)],
    ]
    for command in commands:
        assert main(command) == 0, capsys.readouterr().err
    assert find_model(str(model)).contract.parameters
    assert find_model(str(tmp_path / "smoke-int8.onnx")).contract.role == "student"
