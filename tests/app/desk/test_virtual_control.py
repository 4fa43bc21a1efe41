from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.live.fakes import FakeSource
from gaze_demo.desk.state import VirtualChoice, WindowState, is_virtual
from gaze_demo.desk.virtual_control import VirtualControl

HERE = np.array([1.0, 2.0, 0.0])


@pytest.fixture
def state() -> WindowState:
    return WindowState()


@pytest.mark.parametrize(
    ("spec", "virtual"), [("virtual", True), ("virtual:path", True), ("virtually.mp4", False), ("0", False)]
)
def test_the_virtual_participant_is_known_by_its_spec(spec: str, virtual: bool) -> None:
    assert is_virtual(spec) is virtual


def test_settings_of_a_spec_are_shown_and_kept(state: WindowState) -> None:
    control = VirtualControl(state)
    control.adopt("virtual:path,person=2,head=moving,seed=7")
    assert control.spec == "virtual:path,person=2,head=moving,seed=7"
    assert state.virtual == VirtualChoice("path", 2, "moving")


def test_settings_that_cannot_be_are_not_kept(state: WindowState) -> None:
    control = VirtualControl(state)
    control.adopt("virtual:person=70,head=shaking")
    assert "person=70" in control.spec  # so that opening it says what is wrong
    control.adopt("virtual")
    assert control.spec.endswith(":person=0,head=still")


def test_a_choice_opens_the_participant_again(state: WindowState) -> None:
    control, told = VirtualControl(state), []
    control.respec.connect(told.append)
    state.virtual = replace(state.virtual, head="moving")
    assert told == []  # it is not in use
    control.use(FakeSource())
    state.virtual = replace(state.virtual, gaze="path")
    assert told == [None]
    assert control.spec == "virtual:path,person=0,head=moving"


def test_the_eyes_follow_the_pointer_only_when_asked(state: WindowState) -> None:
    control, participant = VirtualControl(state), FakeSource()
    control.point_at(HERE)
    assert not participant.targets
    control.use(participant)
    control.point_at(HERE)
    assert len(participant.targets) == 1
    control.look_at(HERE * 2)  # a dot of a calibration
    control.point_at(HERE)
    assert len(participant.targets) == 1
    control.look_at(None)
    control.point_at(HERE)
    assert len(participant.targets) == 2
    assert [dot is None for dot in participant.dots] == [False, True]
    control.use(None)
    control.point_at(HERE)
    assert len(participant.targets) == 2


def test_pointer_is_a_choice_like_path(state: WindowState) -> None:
    control = VirtualControl(state)
    control.adopt("virtual:path")
    control.adopt("virtual:pointer,person=1")
    assert control.spec == "virtual:person=1,head=still"
