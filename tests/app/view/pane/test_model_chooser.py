from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tiny_models import follows_head
from gaze_demo.live.pane_id import PaneId
from gaze_demo.model.registry import ModelEntry, read_entry
from gaze_demo.view.pane.model_chooser import ModelChooser, details


@pytest.fixture
def entries(tmp_path: Path) -> list[ModelEntry]:
    big = follows_head(tmp_path / "big.onnx", role="teacher", parameters=11_200_000)
    evil = follows_head(tmp_path / "evil.onnx", title="<script>x</script>", parameters=None)
    return [read_entry(path, "path") for path in (big, evil)]


@pytest.fixture
def chooser(dark: QApplication, qtbot: QtBot, entries: list[ModelEntry]) -> ModelChooser:
    widget = ModelChooser(PaneId.A)
    qtbot.addWidget(widget)
    widget.show_models(entries, "big")
    return widget


def test_a_model_is_named_with_role_parameters_and_size(entries: list[ModelEntry]) -> None:
    assert details(entries[0]) == f"teacher · 11.2 M parameters · {entries[0].size_bytes / 1000:.0f} kB"
    assert "parameters" not in details(entries[1])


def test_only_the_user_choosing_is_told(chooser: ModelChooser, entries: list[ModelEntry], qtbot: QtBot) -> None:
    told: list[str] = []
    chooser.chosen.connect(told.append)
    chooser.show_models(entries, "evil")
    chooser.select("big")
    assert told == []
    chooser.show()
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    assert told == ["evil"]


def test_texts_of_a_contract_are_no_markup(chooser: ModelChooser) -> None:
    chooser.select("evil")
    assert "<script>" not in chooser.toolTip()
    assert "&lt;script&gt;" in chooser.toolTip()


@pytest.mark.parametrize("width", [90, 240, 700])
def test_it_draws_at_any_width(chooser: ModelChooser, width: int) -> None:
    chooser.resize(width, 30)
    assert not chooser.grab().isNull()


def test_without_models_there_is_nothing_to_choose(chooser: ModelChooser) -> None:
    chooser.show_models([], None)
    assert not chooser.isEnabled()
    assert not chooser.grab().isNull()
