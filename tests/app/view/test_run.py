from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.tiny_models import follows_head
from gaze_demo import paths


def run_app(*arguments: str | Path | int) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "gaze_demo", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return follows_head(tmp_path / "tiny.onnx")


@pytest.mark.parametrize(
    ("source", "duration_s", "frames"),
    [("portrait", 8, 1), ("virtual", 16, 6)],  # a still is looked at seldom; the virtual one starts a second process
    ids=["portrait", "virtual"],
)
def test_a_timed_run_writes_what_it_delivered(
    tmp_path: Path, model: Path, source: str, duration_s: int, frames: int
) -> None:
    spec = paths.assets() / "portrait.jpg" if source == "portrait" else "virtual:path"
    stats = tmp_path / "stats.json"
    run = run_app("--source", spec, "--model", model, "--model", model, "--duration", duration_s, "--stats", stats)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    written = json.loads(stats.read_text())
    assert [pane["model"] for pane in written["panes"]] == ["tiny", "tiny"]
    for pane in written["panes"]:
        assert pane["frames"] >= frames
        assert pane["fps"] > frames / duration_s
        assert pane["dropped"] >= 0
        for stage in ("capture_to_paint_ms", "landmarks_ms", "model_ms"):
            assert 0 < pane[stage]["median"] <= pane[stage]["p95"]
    assert 0 < written["first_vector_s"] < 30
    assert written["gui_block_max_ms"] >= 0
    assert not list(Path(os.environ["XDG_CONFIG_HOME"]).rglob("*.conf"))  # a measurement leaves the settings alone


def test_a_timed_run_does_not_measure_other_models_than_those_asked_for(tmp_path: Path) -> None:
    stats = tmp_path / "stats.json"
    run = run_app("--source", "virtual", "--model", tmp_path / "none.onnx", "--duration", "20", "--stats", stats)
    assert run.returncode == 2
    assert "none.onnx" in run.stderr
    assert "Traceback" not in run.stderr
    assert not stats.exists()


@pytest.mark.fault("the statistics cannot be written", "one sentence at the end")
def test_statistics_that_cannot_be_written_end_in_a_sentence(tmp_path: Path, model: Path) -> None:
    run = run_app("--source", "virtual", "--model", model, "--duration", "1", "--stats", tmp_path / "no" / "stats.json")
    assert run.returncode == 2
    assert "cannot be written" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_timed_run_without_a_picture_ends_in_the_sources_own_sentence(model: Path) -> None:
    run = run_app("--source", "nope.mp4", "--model", model, "--duration", "2")
    assert run.returncode == 2
    assert "There is no file nope.mp4" in run.stderr
    assert "Traceback" not in run.stderr
