"""Calibrating from the window: a made-up camera, tiny models, everything else as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.live.fakes import FakeSource
from gaze_demo.camera.faults import unplugged
from gaze_demo.desk.calibration_phases import Looking
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.app import App
from gaze_demo.view.calibration.screen import CalibrationScreen

Start = Callable[..., App]


@pytest.fixture
def begin(start: Start, qtbot: QtBot) -> Start:
    """An app that shows a picture."""

    def begin(**options: object) -> App:
        app = start(**options)
        qtbot.waitUntil(lambda: bool(app.state.entries) and PaneId.A in app.state.seen)
        return app

    return begin


def follow(app: App, phase: Looking) -> None:
    """The person looks at the dots."""
    source = app.desk.engine.source
    if isinstance(source, FakeSource) and phase.dot is not None:
        source.looked_at = phase.geometry.px_to_camera((phase.dot.x_px, phase.dot.y_px))


def screen_of(app: App, qtbot: QtBot) -> CalibrationScreen:
    """The full screen, once a face is seen."""
    app.window.menus.actions["calibrate"].trigger()
    screen = app.calibration.screen
    assert screen is not None
    qtbot.waitUntil(screen.checks.button.isEnabled)
    return screen


def test_after_the_dots_the_figures_are_shown_and_the_profile_is_in_use(begin: Start, qtbot: QtBot) -> None:
    app = begin()
    app.desk.calibration.moved.connect(lambda phase: follow(app, phase))
    screen = screen_of(app, qtbot)
    screen.checks.name.setText("Ada")
    screen.checks.layouts.setCurrentIndex(0)
    qtbot.keyClick(screen, Qt.Key.Key_Return)
    assert screen.page is screen.targets
    qtbot.waitUntil(lambda: app.state.profile is not None)
    assert app.calibration.screen is None
    assert app.calibration.results is not None
    assert app.calibration.results.isVisible()
    assert app.window.menus.actions["results"].isEnabled()
    app.profiles.fill()
    entries = [action for action in app.profiles.actions() if action.text().startswith("Ada")]
    qtbot.waitUntil(lambda: bool(app.desk.profiles.all()))
    app.profiles.fill()
    entries = [action for action in app.profiles.actions() if action.text().startswith("Ada")]
    assert entries[0].isChecked()
    app.profiles.actions()[-1].trigger()  # plain geometry
    assert app.state.profile is None


@pytest.mark.parametrize("how", ["escape", "window manager"])
def test_the_calibration_is_left_by_escape_and_by_the_window_manager(begin: Start, qtbot: QtBot, how: str) -> None:
    app = begin()
    screen = screen_of(app, qtbot)
    screen.checks.button.click()
    qtbot.waitUntil(lambda: screen.targets.dot is not None)
    if how == "escape":
        qtbot.keyClick(screen, Qt.Key.Key_Escape)
    else:
        screen.close()
    assert app.calibration.screen is None
    assert app.state.profile is None
    again = screen_of(app, qtbot)
    assert again.isVisible()


def test_the_overlay_does_not_draw_the_eyes_away_from_the_dots(begin: Start, qtbot: QtBot) -> None:
    app = begin()
    app.state.overlay = True
    screen_of(app, qtbot)
    overlay = app.desktop.overlay
    assert overlay is not None
    assert not overlay.isVisible()
    app.desk.calibration.cancel()
    assert overlay.isVisible()


def test_before_the_dots_a_lost_camera_is_waited_for(
    begin: Start, qtbot: QtBot, sources: dict[str, FakeSource | Exception]
) -> None:
    app = begin()
    screen, camera = screen_of(app, qtbot), sources["cam"]
    assert isinstance(camera, FakeSource)
    camera.fault = unplugged(camera.name)
    qtbot.waitUntil(lambda: not screen.checks.button.isEnabled())
    assert "Waiting" in screen.checks.hint.text()
    camera.fault = None
    qtbot.waitUntil(screen.checks.button.isEnabled)


def test_a_silent_camera_stops_the_dots_with_a_sentence(
    begin: Start, qtbot: QtBot, sources: dict[str, FakeSource | Exception]
) -> None:
    app = begin()
    screen, camera = screen_of(app, qtbot), sources["cam"]
    assert isinstance(camera, FakeSource)
    screen.checks.button.click()
    camera.hold = True
    qtbot.waitUntil(lambda: "no picture" in screen.targets.paused)
    assert not screen.targets.grab().isNull()
    camera.hold = False
    qtbot.waitUntil(lambda: not screen.targets.paused)


def test_without_a_profile_the_plain_geometry_is_said(begin: Start, qtbot: QtBot) -> None:
    app = begin()
    qtbot.waitUntil(lambda: PaneId.A in app.state.points)
    assert "Not calibrated" in app.state.screen_words
    assert not app.window.menus.actions["results"].isEnabled()


def test_recentring_shows_a_dot_for_a_moment(begin: Start, qtbot: QtBot) -> None:
    app = begin()
    app.window.menus.actions["recentre"].trigger()
    assert app.desktop._dot is not None
    qtbot.waitUntil(lambda: app.notices.text.startswith("Recentred"))
    assert app.desktop._dot is None


def test_clicks_teach_only_when_asked_for(begin: Start, qtbot: QtBot) -> None:
    app = begin()
    taught: list[tuple[float, float]] = []
    app.desk.gaze.teach = lambda x, y: taught.append((x, y)) or 0  # type: ignore[method-assign, func-returns-value]
    qtbot.mouseClick(app.window.panes[PaneId.A], Qt.MouseButton.LeftButton)
    assert not taught
    app.state.teach = True
    qtbot.mouseClick(app.window.windowHandle(), Qt.MouseButton.LeftButton)
    assert len(taught) == 1


def test_the_overlay_shows_both_panes_gaze_and_goes_with_its_menu_entry(begin: Start, qtbot: QtBot) -> None:
    app = begin()
    app.window.menus.actions["overlay"].trigger()
    overlay = app.desktop.overlay
    assert overlay is not None
    qtbot.waitUntil(lambda: set(overlay.points) == set(PaneId))
    app.window.menus.actions["overlay"].trigger()
    assert app.desktop.overlay is None
