from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.tiny_models import follows_head
from gaze_demo import cli, listing, paths
from gaze_demo.camera.devices import CameraDevice

LONG = "a-model-with-a-name-that-is-longer-than-a-terminal-of-eighty-columns-which-nobody-should-see-cut"


@pytest.fixture(autouse=True)
def _models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "models", lambda: tmp_path / "shipped")
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path)
    follows_head(tmp_path / f"{LONG}.onnx", parameters=1234567, macs=2500000)
    (tmp_path / "bad.onnx").write_bytes(b"nothing")


def test_names_are_never_cut_where_the_output_is_piped(capsys: pytest.CaptureFixture[str]) -> None:
    listing.show_models()
    assert LONG in capsys.readouterr().out


def test_models_as_json_hold_all_that_is_known(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["models", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["models"] == [
        {
            "name": LONG,
            "title": "",
            "role": "student",
            "parameters": 1234567,
            "macs": 2500000,
            "bytes": (tmp_path / f"{LONG}.onnx").stat().st_size,
            "from": "yours",
            "path": str(tmp_path / f"{LONG}.onnx"),
            "licence": "Apache-2.0",
            "members": [],
        }
    ]
    assert "bad.onnx" in told["problems"][0]


def test_cameras_as_json_have_number_name_and_path(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "list_cameras", lambda: [CameraDevice(2, "Other", "/dev/video2")])
    assert cli.main(["cameras", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"cameras": [{"number": 2, "name": "Other", "path": "/dev/video2"}]}
