"""The examples of EXTENDING.md run as they stand there."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path

import pytest
from rich.console import Console

from gaze_demo.errors import UserError
from gaze_demo.sink.plugins import make_sink, sink_names
from gaze_demo.track import TrackOptions, track

TEXT = (Path(__file__).resolve().parents[1] / "EXTENDING.md").read_text("utf8")


def code(language: str, containing: str) -> str:
    """The block of that language that has these words in it."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    (found,) = [block for block in blocks if containing in block]
    return found


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path, in which the example lies as pip would install it."""
    place = tmp_path / "site"
    info = place / "my_sinks-1.0.dist-info"
    info.mkdir(parents=True)
    (place / "my_sinks.py").write_text(code("python", "class JsonLines"), "utf8")
    entry = re.search(r'^jsonl = "(.*)"$', code("toml", "gaze_demo.sinks"), re.MULTILINE)
    assert entry is not None
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-sinks\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[gaze_demo.sinks]\njsonl = {entry[1]}\n")
    monkeypatch.syspath_prepend(str(place))
    importlib.invalidate_caches()
    yield place
    sys.modules.pop("my_sinks", None)


def test_the_sink_of_the_example_gets_every_frame(installed: Path, tmp_path: Path, repository: Path) -> None:
    assert "jsonl" in sink_names()
    out = tmp_path / "gaze.jsonl"
    options = TrackOptions(
        str(repository / "assets" / "portrait.jpg"), ("mobilenet12", "mobilenet25"), sinks=(f"jsonl={out}",)
    )
    track(options, Console(quiet=True))
    rows = [json.loads(line) for line in out.read_text("utf8").splitlines()]
    assert [row["model"] for row in rows] == ["mobilenet12", "mobilenet25"]
    assert all(len(row["gaze"]) == 3 for row in rows)


def test_a_sink_that_is_not_installed_is_named() -> None:
    with pytest.raises(UserError, match="no sink 'paper'"):
        make_sink("paper=x")


def test_what_is_no_sink_is_refused(installed: Path) -> None:
    (installed / "my_sinks.py").write_text("def JsonLines(target):\n    return object()\n")
    with pytest.raises(UserError, match="has no policy, needs_picture, open, write, close"):
        make_sink("jsonl=x")
