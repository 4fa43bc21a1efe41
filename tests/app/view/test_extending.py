"""The examples of EXTENDING.md for the window run as they are printed: each is one file, and no other file changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.live.sights import seen_frame, shot, sight
from examples import added
from gaze_demo import filter as filters
from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import WindowState
from gaze_demo.filter.kinds import FilterChoice, filter_kinds
from gaze_demo.geometry import FORWARD, angle_between, pitch_yaw_to_vector
from gaze_demo.live.pane_id import PaneId
from gaze_demo.observation import Reason
from gaze_demo.view import header as controls
from gaze_demo.view import panels
from gaze_demo.view.header.control import control_kinds
from gaze_demo.view.header.header import Header
from gaze_demo.view.panels.panel import panel_commands, panel_kinds

Add = Callable[[ModuleType, str], None]


@pytest.fixture
def add(tmp_path: Path) -> Iterator[Add]:
    """Puts an example of the document beside the files of a package."""

    def forget() -> None:
        for kinds in (filter_kinds, panel_kinds, control_kinds):
            kinds.cache_clear()

    with ExitStack() as stack:
        yield lambda package, name: stack.enter_context(added(package, name, tmp_path, forget))


def test_the_filter_of_the_example_is_offered_with_its_parameter(add: Add) -> None:
    add(filters, "average")
    kind = filter_kinds()["average"]
    assert [parameter.name for parameter in kind.parameters] == ["span_s"]
    smoother = FilterChoice("average", {"span_s": 1.0}).make()
    noisy = pitch_yaw_to_vector(np.random.default_rng(0).normal(0, 0.05, (30, 2)))
    for i, gaze in enumerate(noisy):
        smooth = smoother.apply(gaze, i / 30)
    assert smooth is not None
    assert angle_between(smooth, FORWARD) < 0.02
    assert smoother.lag_s == 0.5


def test_the_panel_of_the_example_has_a_menu_entry_and_counts(add: Add, dark: QApplication, qtbot: QtBot) -> None:
    add(panels, "blinks")
    (kind,) = [kind for kind in panel_kinds() if kind.name == "blinks"]
    assert "panel-blinks" in [command.id for command in panel_commands()]
    panel = kind(WindowState(), CommandBook(COMMANDS))
    qtbot.addWidget(panel)
    for index, reason in enumerate((Reason.NONE, Reason.EYE_CLOSED, Reason.EYE_CLOSED, Reason.NONE, Reason.EYE_CLOSED)):
        seen = seen_frame(index)
        object.__setattr__(seen, "reason", reason)
        panel.add(PaneId.A, sight(of=shot(seen)))
    panel.refresh()
    assert panel.text.text() == "2 blinks in the last minute"  # type: ignore[attr-defined]


def test_the_control_of_the_example_is_in_the_header(add: Add, dark: QApplication, qtbot: QtBot) -> None:
    add(controls, "swap_button")
    swapped: list[bool] = []
    state, commands = WindowState(), CommandBook(COMMANDS)
    commands.bind("swap", lambda: swapped.append(True))
    header = Header(state, commands)
    qtbot.addWidget(header)
    (button,) = [control for kind, control in header.controls.items() if kind.__name__ == "SwapButton"]
    button.button.click()  # type: ignore[attr-defined]
    assert swapped == [True]
    state.two_panes = False
    assert not button.button.isEnabled()  # type: ignore[attr-defined]
