from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.tiny_models import follows_head
from gaze_demo.model.registry import read_entry
from gaze_demo.view.window.about import _LIBRARIES, about_html


def test_every_library_the_app_needs_is_named_with_version_and_licence(qapp: QApplication, repository: Path) -> None:
    text = about_html([])
    needed = re.search(r"^dependencies = \[(.*?)^\]", (repository / "pyproject.toml").read_text(), re.S | re.M)
    assert needed is not None
    names = re.findall(r'"([A-Za-z0-9-]+)', needed.group(1))
    assert {name.lower() for name in names} == {package.lower() for package, _, _ in _LIBRARIES}
    assert metadata.version("numpy") in text


def test_models_are_named_with_their_licence_and_never_as_markup(qapp: QApplication, tmp_path: Path) -> None:
    entry = read_entry(follows_head(tmp_path / "tiny.onnx", attribution="<b>Me</b>", licence="MIT"), "path")
    text = about_html([entry])
    assert "tiny" in text
    assert "&lt;b&gt;Me" in text
