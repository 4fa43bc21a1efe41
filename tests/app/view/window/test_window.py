"""The arrangement of the window at any size."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.app import App
from gaze_demo.view.header.calibrate_button import CalibrateButton
from gaze_demo.view.panels.person import PersonPanel
from gaze_demo.view.panels.screen_map import ScreenMap
from gaze_demo.view.panels.signal_plot import SignalPlot

Start = Callable[..., App]


def place(app: App, widget: QWidget) -> QRect:
    """Of a widget, in the window."""
    return QRect(widget.mapTo(app.window, QPoint(0, 0)), widget.size())


@pytest.fixture
def sized(start: Start, qtbot: QtBot) -> Callable[[int, int], App]:
    """An app that shows a picture, in a window of that size."""

    def sized(width: int, height: int) -> App:
        app = start()
        qtbot.waitUntil(lambda: PaneId.A in app.state.seen)
        app.window.resize(width, height)
        qtbot.wait(50)
        return app

    return sized


@pytest.mark.parametrize(("width", "height"), [(800, 600), (900, 600), (960, 1000), (1093, 614), (1280, 720)])
def test_the_button_that_calibrates_is_in_sight_and_nothing_is_wider_than_the_window(
    sized: Callable[[int, int], App], width: int, height: int
) -> None:
    app = sized(width, height)
    inside = QRect(0, 0, width, height)
    assert (app.window.width(), app.window.height()) == (width, height)
    assert inside.contains(place(app, app.window.header.controls[CalibrateButton]))
    for pane in app.state.panes:
        assert inside.contains(place(app, app.window.panes[pane]))
    for panel in app.window.panels.values():
        if panel.isVisible():
            assert place(app, panel).right() < width, panel.name


def test_in_a_low_and_narrow_window_the_panels_stand_beside_the_picture_and_go_back_below_it(
    sized: Callable[[int, int], App], qtbot: QtBot
) -> None:
    app = sized(900, 600)
    pane, person = app.window.panes[PaneId.A], app.window.panels[PersonPanel]
    for panel in (app.window.panels[SignalPlot], app.window.panels[ScreenMap], person):
        assert place(app, panel).left() > place(app, pane).right()
    assert person.height() >= person.sizeHint().height()  # reached by scrolling, never squeezed
    app.window.resize(1280, 800)
    qtbot.wait(50)
    for panel in (app.window.panels[SignalPlot], app.window.panels[ScreenMap]):
        assert place(app, panel).top() > place(app, pane).bottom()
    between = place(app, person)
    assert place(app, pane).right() < between.left() < place(app, app.window.panes[PaneId.B]).left()


def test_how_the_user_divides_the_height_survives_a_small_window(
    sized: Callable[[int, int], App], qtbot: QtBot
) -> None:
    app = sized(1280, 900)
    app.window._split.setSizes([300, 500])
    app.window._split.splitterMoved.emit(300, 1)
    before = app.window.division()
    assert not before.isEmpty()
    app.window.resize(800, 600)
    qtbot.wait(50)
    assert app.window.division() == before
    app.window.resize(1280, 900)
    qtbot.wait(50)
    assert app.window._split.sizes()[0] < app.window._split.sizes()[1]


def test_hidden_panels_give_their_room_to_the_picture(sized: Callable[[int, int], App], qtbot: QtBot) -> None:
    app = sized(900, 600)
    before = app.window.panes[PaneId.A].preview.width()
    app.state.panels = frozenset()
    qtbot.wait(50)
    assert app.window.panes[PaneId.A].preview.width() > before + 200
