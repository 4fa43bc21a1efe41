from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.view.workers.fakes import FakeSource
from gaze_demo.view.settings import Settings
from gaze_demo.view.virtual_control import VirtualControl, is_virtual, pointer_mm
from gaze_demo.view.window import Window


@pytest.fixture
def window(dark: QApplication, qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    return window


@pytest.mark.parametrize(
    ("spec", "virtual"), [("virtual", True), ("virtual:path", True), ("virtually.mp4", False), ("0", False)]
)
def test_the_virtual_participant_is_known_by_its_spec(spec: str, virtual: bool) -> None:
    assert is_virtual(spec) is virtual


def test_settings_of_a_spec_are_shown_and_kept(window: Window, store: Callable[[], Settings]) -> None:
    control = VirtualControl(window, store())
    control.adopt("virtual:path,person=2,head=moving,seed=7")
    assert control.spec == "virtual:path,person=2,head=moving,seed=7"
    shown = window.header.virtual
    assert (shown.gaze.value, shown.person.currentIndex(), shown.head.value) == ("path", 2, "moving")


def test_settings_that_cannot_be_are_not_kept(window: Window, store: Callable[[], Settings]) -> None:
    control = VirtualControl(window, store())
    control.adopt("virtual:person=7,head=shaking")
    assert "person=7" in control.spec  # so that opening it says what is wrong
    control.adopt("virtual")
    assert control.spec.endswith(":person=0,head=still")


def test_choices_open_the_participant_anew_and_are_remembered(
    window: Window, store: Callable[[], Settings], qtbot: QtBot
) -> None:
    control = VirtualControl(window, store())
    control.use(FakeSource())  # type: ignore[arg-type]
    with qtbot.waitSignal(control.respec):
        window.header.virtual.head.buttons["moving"].click()
    with qtbot.waitSignal(control.respec):
        window.menus.actions["pointer"].trigger()
    assert control.spec == "virtual:path,person=0,head=moving"
    assert VirtualControl(window, store()).spec == control.spec


def test_the_eyes_follow_the_pointer_only_when_asked(
    window: Window, store: Callable[[], Settings], qtbot: QtBot
) -> None:
    control, participant = VirtualControl(window, store()), FakeSource()
    control.adopt("virtual")
    control.use(participant)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bool(participant.targets))
    control.use(None)
    count = len(participant.targets)
    qtbot.wait(80)
    assert len(participant.targets) == count


def test_the_pointer_s_place_on_the_glass_is_mirrored_for_the_camera(qapp: QApplication) -> None:
    area = QGuiApplication.primaryScreen().geometry()
    QCursor.setPos(area.left() + 5, area.top() + area.height() // 2)
    left = pointer_mm()
    QCursor.setPos(area.right() - 5, area.top() + area.height() // 2)
    right = pointer_mm()
    assert left[0] > 50 > -50 > right[0]  # the screen's left is the image's right: the camera looks back
    assert left[1] == pytest.approx(right[1], abs=1)
    assert left[1] > 50  # below the lens


def test_pointer_is_a_choice_like_path(window: Window, store: Callable[[], Settings]) -> None:
    control = VirtualControl(window, store())
    control.adopt("virtual:path")
    control.adopt("virtual:pointer,seed=3")
    assert control.spec == "virtual:person=0,head=still,seed=3"
