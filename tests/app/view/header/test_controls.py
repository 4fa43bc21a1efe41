from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.view.header.filter_control import FilterControl
from gaze_demo.view.header.lens_control import LensControl
from gaze_demo.view.header.resolution_chooser import ResolutionChooser
from gaze_demo.view.header.segments import Segments
from gaze_demo.view.header.source_chooser import SourceChooser, SourceItem

CAMERAS = [SourceItem("HD Webcam", "HD Webcam", "/dev/video0", 0), SourceItem("USB Cam", "USB Cam", "/dev/video2", 2)]


@pytest.fixture
def sources(dark: QApplication, qtbot: QtBot) -> SourceChooser:
    chooser = SourceChooser()
    qtbot.addWidget(chooser)
    chooser.show_cameras(CAMERAS)
    return chooser


def rows(chooser: SourceChooser) -> list[str]:
    return [chooser.itemText(row) for row in range(chooser.count())]


def test_cameras_are_listed_by_name(sources: SourceChooser) -> None:
    assert rows(sources)[:3] == ["Virtual participant", "HD Webcam", "USB Cam"]


@pytest.mark.parametrize(
    ("spec", "name"),
    [("virtual", "Virtual participant"), ("USB Cam", "USB Cam"), ("2", "USB Cam"), ("7", "Camera 7")]
    + [("/a/b/clip.mp4", "clip.mp4")],
)
def test_the_source_in_use_is_shown_by_its_name(sources: SourceChooser, spec: str, name: str) -> None:
    sources.show_current(spec)
    assert sources.currentText() == name
    assert rows(sources).count(name) == 1


def test_choosing_a_camera_tells_its_name(sources: SourceChooser) -> None:
    told: list[str] = []
    sources.chosen.connect(told.append)
    sources.show_current("virtual")
    sources.activated.emit(2)
    assert told == ["USB Cam"]


def test_entries_that_open_something_do_not_stay_chosen(sources: SourceChooser, qtbot: QtBot) -> None:
    sources.show_current("virtual")
    row = rows(sources).index("Open video or image…")
    sources.setCurrentIndex(row)
    with qtbot.waitSignal(sources.file_wanted):
        sources.activated.emit(row)
    assert sources.currentText() == "Virtual participant"


def test_an_unusual_resolution_joins_the_usual_ones(dark: QApplication, qtbot: QtBot) -> None:
    chooser = ResolutionChooser()
    qtbot.addWidget(chooser)
    told: list[tuple[int, int]] = []
    chooser.chosen.connect(lambda width, height: told.append((width, height)))
    chooser.show_size(800, 600)
    assert chooser.currentText() == "800 × 600"
    assert chooser.count() == 4
    chooser.activated.emit(0)
    assert told == [(640, 480)]


def test_a_filter_states_its_lag(dark: QApplication, qtbot: QtBot) -> None:
    control = FilterControl()
    qtbot.addWidget(control)
    told: list[float] = []
    control.chosen.connect(told.append)
    control.show_strength(0.5)
    control.show_lag(0.0724)
    assert (told, control.lag_text) == ([], "lag 72 ms")
    control.slider.setFocus()
    qtbot.keyClick(control.slider, Qt.Key.Key_Home)
    assert (told, control.lag_text) == ([0.0], "off")


def test_a_known_lens_is_shown_and_not_to_be_changed(dark: QApplication, qtbot: QtBot) -> None:
    control = LensControl()
    qtbot.addWidget(control)
    told: list[float] = []
    control.chosen.connect(told.append)
    control.show_value(48.5, "The lens of this source is known exactly.")
    assert not control.box.isEnabled()
    assert "known" in control.toolTip()
    control.show_value(60.0, "")
    control.box.setValue(72.5)
    assert told == [72.5]


def test_of_buttons_side_by_side_one_is_down(dark: QApplication, qtbot: QtBot) -> None:
    segments = Segments("Head", (("still", "Still", "Keeps still"), ("moving", "Moving", "Moves")))
    qtbot.addWidget(segments)
    told: list[str] = []
    segments.chosen.connect(told.append)
    segments.select("still")
    assert (segments.value, told) == ("still", [])
    segments.buttons["moving"].click()
    assert (segments.value, told) == ("moving", ["moving"])
    assert not segments.buttons["still"].isChecked()
