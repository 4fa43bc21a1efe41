from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import CameraItem, LensShown, SourceKind, VirtualChoice, WindowState
from gaze_demo.filter.kinds import FilterChoice
from gaze_demo.view.header.calibrate_button import CalibrateButton
from gaze_demo.view.header.filter_control import FilterControl
from gaze_demo.view.header.lens_control import LensControl
from gaze_demo.view.header.resolution_control import ResolutionControl
from gaze_demo.view.header.source_chooser import SourceChooser
from gaze_demo.view.header.toggles import Toggles
from gaze_demo.view.header.virtual_participant import VirtualParticipant
from gaze_demo.view.shared.segments import Segments

CAMERAS = [CameraItem("HD Webcam", "HD Webcam", "/dev/video0", 0), CameraItem("USB Cam", "USB Cam", "/dev/video2", 2)]


@pytest.fixture
def state() -> WindowState:
    return WindowState()


@pytest.fixture
def commands() -> CommandBook:
    return CommandBook(COMMANDS)


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


def test_entries_that_open_something_run_a_command_and_do_not_stay_chosen(
    sources: SourceChooser, qtbot: QtBot, commands: CommandBook
) -> None:
    sources.show_current("virtual")
    for text in ("Open video or image…", "Open folder of images…", "Look for cameras again"):
        row = rows(sources).index(text)
        sources.setCurrentIndex(row)
        with qtbot.waitSignal(sources.command_wanted) as wanted:
            sources.activated.emit(row)
        assert wanted.args[0] in commands.by_id
        assert sources.currentText() == "Virtual participant"


def test_an_unusual_resolution_joins_the_usual_ones(
    dark: QApplication, qtbot: QtBot, state: WindowState, commands: CommandBook
) -> None:
    state.size = 800, 600
    control = ResolutionControl(state, commands)
    qtbot.addWidget(control)
    assert control.box.currentText() == "800 × 600"
    assert control.box.count() == 4
    control.box.activated.emit(0)
    assert state.size == (640, 480)


def test_a_filter_states_its_lag(dark: QApplication, qtbot: QtBot, state: WindowState, commands: CommandBook) -> None:
    control = FilterControl(state, commands)
    qtbot.addWidget(control)
    state.lag_s = 0.0724
    assert control.lag_text == "lag 72 ms"
    state.filter = FilterChoice()
    assert control.lag_text == ""
    assert control.box.currentText() == "No filter"
    assert not control.settings.isEnabled()


def test_the_parameters_of_a_filter_are_its_own(
    dark: QApplication, qtbot: QtBot, state: WindowState, commands: CommandBook
) -> None:
    control = FilterControl(state, commands)
    qtbot.addWidget(control)
    control.show()
    control.settings.click()
    assert set(control.sliders) == {"cutoff_hz", "beta"}
    slider = control.sliders["cutoff_hz"]
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert state.filter.values["cutoff_hz"] == pytest.approx(0.3)
    control.box.setCurrentIndex(0)
    control.box.activated.emit(0)
    assert not state.filtered


def test_a_known_lens_is_shown_and_not_to_be_changed(
    dark: QApplication, qtbot: QtBot, state: WindowState, commands: CommandBook
) -> None:
    control = LensControl(state, commands)
    qtbot.addWidget(control)
    state.lens = LensShown(48.5, "The lens of this source is known exactly.")
    assert control.box.value() == 48.5
    assert not control.box.isEnabled()
    assert "known" in control.toolTip()
    assert state.hfov_deg == 60.0  # what the user set stays
    state.lens = LensShown(60.0)
    control.box.setValue(72.5)
    assert state.hfov_deg == 72.5


def test_the_virtual_participant_is_told_what_to_do(
    dark: QApplication, qtbot: QtBot, state: WindowState, commands: CommandBook
) -> None:
    control = VirtualParticipant(state, commands)
    qtbot.addWidget(control)
    control.head.buttons["moving"].click()
    control.person.activated.emit(2)
    assert state.virtual == VirtualChoice("pointer", 2, "moving")
    state.virtual = VirtualChoice("path")
    assert (control.gaze.value, control.person.currentIndex(), control.head.value) == ("path", 0, "still")


def test_a_button_with_an_icon_switches_what_its_menu_entry_does(
    dark: QApplication, qtbot: QtBot, state: WindowState, commands: CommandBook
) -> None:
    control = Toggles(state, commands)
    qtbot.addWidget(control)
    control.buttons["axes"].click()
    assert state.axes
    state.axes = False
    assert not control.buttons["axes"].isChecked()


def test_files_cannot_be_calibrated(
    dark: QApplication, qtbot: QtBot, state: WindowState, commands: CommandBook
) -> None:
    control = CalibrateButton(state, commands)
    qtbot.addWidget(control)
    ran: list[bool] = []
    commands.bind("calibrate", lambda: ran.append(True))
    assert not control.button.isEnabled()
    state.source_kind, state.source_live = SourceKind.CAMERA, True
    control.button.click()
    assert ran == [True]


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
