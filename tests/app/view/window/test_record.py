from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gaze_demo import paths
from gaze_demo.areas.maps import load_background
from gaze_demo.session.folder import load_session
from gaze_demo.view.app import App
from gaze_demo.view.header.record_button import RecordButton
from gaze_demo.view.window.record_dialog import RecordDialog

Start = Callable[..., App]


@pytest.fixture
def app(start: Start, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    monkeypatch.setattr(paths, "recordings", lambda: tmp_path / "recordings")
    app = start()
    qtbot.waitUntil(lambda: len(app.state.seen) == 2)
    return app


def test_from_the_button_to_the_session_with_notes_and_markers(app: App, qtbot: QtBot) -> None:
    button = app.window.header.controls[RecordButton].button  # type: ignore[attr-defined]
    bar = app.window.record_bar
    assert bar.isHidden()
    button.click()
    assert app.record.dialog is not None
    app.record.dialog.accept()
    qtbot.waitUntil(lambda: app.state.recording is not None)
    assert bar.isVisible()
    assert button.text() == "Stop"
    bar.note.setText("The light went out")
    qtbot.keyClick(bar.note, Qt.Key.Key_Return)
    assert bar.note.text() == ""
    bar.marker.click()
    qtbot.waitUntil(lambda: bar.figures.text() > "0:00.5")
    folder = app.record.dialog.folder
    bar.stop.click()
    assert bar.isHidden()
    qtbot.waitUntil(lambda: "Recorded" in app.notices.text)
    session = load_session(folder)
    assert session.problems == ()
    assert sorted(event.text for event in session.events) == ["The light went out", "marker 1"]
    assert session.about.keep == "nothing"


def test_the_dialog_keeps_no_pictures_unless_it_is_told_to(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = RecordDialog(tmp_path / "new")
    qtbot.addWidget(dialog)
    assert dialog.keep == "nothing"
    dialog.choices["eyes"].click()
    assert dialog.keep == "eyes"


def test_a_picture_of_the_screen_is_kept_if_it_is_wished_for(app: App, qtbot: QtBot) -> None:
    app.record._shooting.setInterval(50)
    app.window.header.controls[RecordButton].button.click()  # type: ignore[attr-defined]
    assert app.record.dialog is not None
    assert not app.record.dialog.screen_shot.isChecked()
    app.record.dialog.screen_shot.click()
    app.record.dialog.accept()
    picture = app.record.dialog.folder / "screen.png"
    qtbot.waitUntil(picture.exists)
    app.window.record_bar.stop.click()
    qtbot.waitUntil(lambda: "Recorded" in app.notices.text)
    size = app.window.screen().size() * app.window.screen().devicePixelRatio()
    assert load_background(picture).shape[:2] == (size.height(), size.width())
    session = load_session(app.record.dialog.folder)
    assert [(event.kind, event.text) for event in session.events] == [("state", "screen")]


@pytest.mark.parametrize("name", ["", "  ", "a/b", "..", "taken"])
def test_a_name_that_is_none_or_is_taken_cannot_be_started(qtbot: QtBot, tmp_path: Path, name: str) -> None:
    (tmp_path / "taken").mkdir()
    dialog = RecordDialog(tmp_path / "new")
    qtbot.addWidget(dialog)
    assert dialog.start.isEnabled()
    dialog.name.setText(name)
    assert not dialog.start.isEnabled()


def test_a_film_is_not_recorded_and_the_button_says_what_does_it(app: App) -> None:
    button = app.window.header.controls[RecordButton].button  # type: ignore[attr-defined]
    app.state.source_live = False
    assert not button.isEnabled()
    assert "gaze-demo record" in button.toolTip()
