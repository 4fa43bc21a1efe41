"""The examples of EXTENDING.md for models, sinks and sources run as they are printed."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from rich.console import Console

from examples import TEXT, code
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.camera.source import SourceError
from gaze_demo.errors import UserError
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import find_model
from gaze_demo.plugins import plugin_names
from gaze_demo.sink.plugins import make_sink
from gaze_demo.track import TrackOptions, track


def install(folder: Path, module: str, entry: str, group: str) -> Path:
    """A folder in which the example lies as pip would install it; the path of its module."""
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / f"{module}.py").write_text(code(f"# {module}.py"), "utf8")
    line = re.search(rf'^{entry} = "(.*)"$', code(group, "toml"), re.MULTILINE)
    assert line is not None
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{entry} = {line[1]}\n")
    return folder / f"{module}.py"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path, for packages."""
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    importlib.invalidate_caches()
    yield tmp_path / "site"
    for name in ("my_sinks", "my_sources"):
        sys.modules.pop(name, None)


@pytest.fixture
def sink(site: Path) -> Path:
    return install(site, "my_sinks", "jsonl", "gaze_demo.sinks")


@pytest.fixture
def array(site: Path, tmp_path: Path, repository: Path) -> Path:
    """The portrait three times, as the example's source reads it."""
    install(site, "my_sources", "array", "gaze_demo.sources")
    portrait = cv2.imread(str(repository / "assets" / "portrait.jpg"))
    np.save(tmp_path / "frames.npy", np.stack([portrait] * 3))
    return tmp_path / "frames.npy"


def test_the_sink_gets_every_frame(sink: Path, tmp_path: Path, repository: Path) -> None:
    assert "jsonl" in plugin_names("gaze_demo.sinks")
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


def test_what_is_no_sink_is_refused(sink: Path) -> None:
    sink.write_text("def JsonLines(target):\n    return object()\n")
    with pytest.raises(UserError, match="has no policy, needs_picture, open, write, close"):
        make_sink("jsonl=x")


def test_the_source_is_tracked_like_a_video(array: Path, tmp_path: Path) -> None:
    out = tmp_path / "gaze.csv"
    track(TrackOptions(f"array:{array}", ("mobilenet12",), csv=out), Console(quiet=True))
    header, *rows = out.read_text("utf8").splitlines()
    times = [float(row.split(",")[header.split(",").index("time_s")]) for row in rows]
    assert times == pytest.approx([0, 1 / 30, 2 / 30], abs=1e-4)


def test_the_source_gets_the_options_and_reports_a_missing_file(array: Path) -> None:
    source = open_source(f"array:{array}", SourceOptions(rate=10.0))
    source.open()
    source.read()
    second = source.read()
    assert second is not None
    assert second.time_s == pytest.approx(0.1)
    source.close()
    with pytest.raises(SourceError, match="cannot be read"):
        open_source("array:missing.npy").open()


def test_the_model_runs_with_its_contract(tmp_path: Path, repository: Path) -> None:
    pytest.importorskip("torch", reason="the example is a network of torch")
    (tmp_path / "export_model.py").write_text(code("# export_model.py"), "utf8")
    subprocess.run([sys.executable, "-W", "ignore", "export_model.py"], cwd=tmp_path, check=True, timeout=300)
    entry = find_model(str(tmp_path / "my_gaze.onnx"))
    assert load_model(entry).entry.contract.licence == "Apache-2.0"
    out = tmp_path / "gaze.csv"
    portrait = str(repository / "assets" / "portrait.jpg")
    track(TrackOptions(portrait, (str(entry.path),), csv=out), Console(quiet=True))
    header, row = out.read_text("utf8").splitlines()
    assert float(row.split(",")[header.split(",").index("yaw_deg")]) == pytest.approx(0, abs=45)


FILES = {
    "a sink": ("my_sinks.py",),
    "a source": ("my_sources.py",),
    "a filter": ("app/gaze_demo/filter/average.py",),
    "a panel": ("app/gaze_demo/view/panels/blinks.py",),
    "a control of the header": ("app/gaze_demo/view/header/swap_button.py",),
    "a dataset reader": ("training/gaze_training/readers/points.py", "training/gaze_training/readers/__init__.py"),
    "a renderer of training faces": (
        "training/gaze_training/data/doll.py",
        "training/gaze_training/data/renderers.py",
    ),
    "a distillation scheme": (
        "training/gaze_training/schemes/agreeing.py",
        "training/gaze_training/schemes/registry.py",
    ),
}


@pytest.mark.parametrize("what", FILES)
def test_the_table_counts_the_files_of_each_example(what: str, repository: Path) -> None:
    (section,) = re.findall(rf"\n## {what.capitalize()}\n(.*?)(?=\n## |\Z)", TEXT, re.DOTALL)
    assert tuple(re.findall(r"```python\n# (\S+)\n", section)) == FILES[what]
    (written, changed) = re.findall(rf"^\| {what} \| (\d)\S*.* \| (\d|none)\S*.* \|$", TEXT, re.MULTILINE)[0]
    existing = [name for name in FILES[what] if (repository / name).exists()]
    assert int(written) == len(FILES[what]) - len(existing)
    assert changed == (str(len(existing)) if existing else "none")
