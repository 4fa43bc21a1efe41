from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.camera.images import ImageFiles
from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.player_control import PlayerControl
from gaze_demo.desk.state import FilmShown, WindowState


class Film:
    """A fake film with the interface of a player."""

    live, independent, name, frame_rate, frame_count, intrinsics = False, False, "film", 25.0, None, None

    def __init__(self) -> None:
        self.duration_s, self.position_s = 60.0, 10.0
        self.ended, self.paused, self.speed, self.loop = False, False, 1.0, False
        self.stepped = 0

    def open(self) -> None: ...
    def read(self) -> None: ...
    def close(self) -> None: ...
    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = self.ended = False

    def seek(self, time_s: float) -> None:
        self.position_s = time_s

    def step(self, frames: int = 1) -> None:
        self.stepped += frames


@pytest.fixture
def state() -> WindowState:
    return WindowState()


@pytest.fixture
def commands() -> CommandBook:
    return CommandBook(COMMANDS)


@pytest.fixture
def player(state: WindowState, commands: CommandBook) -> PlayerControl:
    return PlayerControl(state, commands)


def test_a_film_is_played_paused_and_played_again_after_its_end(
    player: PlayerControl, state: WindowState, commands: CommandBook
) -> None:
    film = Film()
    player.use(film)  # type: ignore[arg-type]
    assert state.film == FilmShown(10.0, 60.0, False, False, 1.0, False)
    commands.run("play")
    assert film.paused
    commands.run("play")
    assert not film.paused
    film.ended = True
    commands.run("play")
    assert not film.ended


def test_a_film_is_stepped_jumped_and_slowed(player: PlayerControl, state: WindowState, commands: CommandBook) -> None:
    film = Film()
    player.use(film)  # type: ignore[arg-type]
    for name in ("step-forward", "step-forward", "step-back"):
        commands.run(name)
    assert film.stepped == 1
    commands.run("jump-back")
    commands.run("jump-back")
    commands.run("jump-back")
    assert film.position_s == 0.0
    commands.run("seek", 42.0)
    assert state.film is not None
    assert state.film.position_s == 42.0
    for _ in range(9):
        commands.run("slower")
    assert film.speed == 0.1
    commands.run("faster")
    assert film.speed == 0.25
    commands.run("loop")
    assert state.film.loop


def test_pictures_of_a_folder_are_turned_over(
    player: PlayerControl, state: WindowState, commands: CommandBook, tmp_path: Path
) -> None:
    for name in ("a.png", "b.png", "c.png"):
        cv2.imwrite(str(tmp_path / name), np.zeros((20, 20, 3), np.uint8))
    album = ImageFiles(tmp_path, 1.0)
    album.open()
    player.use(album)
    for command, shown in (("step-forward", "a.png"), ("step-forward", "b.png"), ("step-back", "a.png")):
        commands.run(command)
        album.read()
        player.refresh()
        assert state.album is not None
        assert (state.album.name, state.album.count) == (shown, 3)
    assert state.album.paused


def test_a_single_picture_and_a_camera_are_not_played(
    player: PlayerControl, state: WindowState, commands: CommandBook, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((20, 20, 3), np.uint8))
    picture = ImageFiles(tmp_path / "a.png", 1.0)
    picture.open()
    player.use(picture)
    assert not state.playable
    commands.run("play")
    player.use(None)
    assert not state.playable
