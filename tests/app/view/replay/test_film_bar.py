from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import AlbumShown, FilmShown, WindowState
from gaze_demo.desk.words import clock_time
from gaze_demo.view.replay.film_bar import FilmBar


@pytest.fixture
def state() -> WindowState:
    return WindowState()


@pytest.fixture
def commands() -> CommandBook:
    return CommandBook(COMMANDS)


@pytest.fixture
def bar(dark: QApplication, qtbot: QtBot, state: WindowState, commands: CommandBook) -> FilmBar:
    bar = FilmBar(state, commands)
    qtbot.addWidget(bar)
    bar.resize(900, 40)
    return bar


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0:00.0"), (59.96, "1:00.0"), (62.5, "1:02.5"), (3723.4, "1:02:03.4")]
)
def test_times_read_like_a_clock(seconds: float, text: str) -> None:
    assert clock_time(seconds) == text


def test_it_is_there_for_films_and_folders_alone(bar: FilmBar, state: WindowState) -> None:
    assert bar.isHidden()
    state.film = FilmShown(62.5, 120.0, False, False, 0.5, True)
    assert not bar.isHidden()
    assert bar.time.text() == "1:02.5 / 2:00.0"
    assert bar.loop.isChecked()
    state.film = None
    state.album = AlbumShown(3, 12, "face.png", True)
    assert bar.slider.isHidden()
    assert bar.time.text() == "3 of 12: face.png"
    state.album = None
    assert bar.isHidden()


def test_the_end_of_a_film_looks_like_one(bar: FilmBar, state: WindowState) -> None:
    state.film = FilmShown(120.0, 120.0, False, True, 1.0, False)
    assert bar.time.text().startswith("End")
    assert bar.play.text() == "↻"


def test_the_slider_seeks_only_when_the_user_moves_it(
    bar: FilmBar, state: WindowState, commands: CommandBook, qtbot: QtBot
) -> None:
    sought: list[float] = []
    commands.bind("seek", sought.append)
    state.film = FilmShown(10.0, 120.0, True, False, 1.0, False)
    assert bar.slider.value() == 1000
    assert sought == []
    bar.show()
    bar.slider.setFocus()
    qtbot.keyClick(bar.slider, Qt.Key.Key_Right)
    assert sought == [11.0]


def test_in_a_narrow_window_the_time_keeps_its_room(bar: FilmBar, state: WindowState) -> None:
    state.film = FilmShown(62.5, 120.0, False, False, 0.5, True)
    broad = bar.minimumSizeHint().width()
    state.narrow = True
    assert bar.faster.isHidden()
    assert not bar.slider.isHidden()
    assert bar.slider.minimumWidth() >= 80
    assert bar.minimumSizeHint().width() < broad - 80
