"""Playing films and turning over pictures: shows what the source can do, and does what the user wants."""

from __future__ import annotations

from collections.abc import Callable

from gaze_demo.camera.source import Album, Player, Source
from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import AlbumShown, FilmShown, WindowState

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_JUMP_S = 5.0


class PlayerControl:
    """Binds the commands of films and albums to the source in use."""

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        self._state = state
        self._film: Player | None = None
        self._album: Album | None = None
        calls: dict[str, Callable[..., object]] = {
            "play": self.play,
            "step-forward": lambda: self.step(1),
            "step-back": lambda: self.step(-1),
            "jump-forward": lambda: self.jump(_JUMP_S),
            "jump-back": lambda: self.jump(-_JUMP_S),
            "loop": self.loop,
            "faster": lambda: self.change_speed(1),
            "slower": lambda: self.change_speed(-1),
            "seek": self.seek,
            "look-at-film": self.refresh,
        }
        for name, call in calls.items():
            commands.bind(name, call)

    def use(self, source: Source | None) -> None:
        """The source in use; None while another one opens."""
        self._film = source if isinstance(source, Player) else None
        self._album = source if self._film is None and isinstance(source, Album) else None
        self.refresh()

    def refresh(self) -> None:
        """Look at where the film or album is."""
        film, album, state = self._film, self._album, self._state
        if film is None:
            state.film = None
        else:
            state.film = FilmShown(film.position_s, film.duration_s, film.paused, film.ended, film.speed, film.loop)
        # A single picture is not an album; the number is unknown before the folder is open
        if album is None or album.count < 2:
            state.album = None
        else:
            state.album = AlbumShown(album.number, album.count, album.current, album.paused)

    def play(self) -> None:
        """Play or pause; after the end, play from the beginning."""
        one = self._film or self._album
        if one is not None:
            standing = one.paused or (self._film is not None and self._film.ended)
            (one.resume if standing else one.pause)()
            self.refresh()

    def step(self, steps: int) -> None:
        """Frames of a film, pictures of an album."""
        if self._film is not None:
            self._film.step(steps)
        elif self._album is not None:
            self._album.pause()
            (self._album.next if steps > 0 else self._album.previous)()
        self.refresh()

    def jump(self, seconds: float) -> None:
        if self._film is not None:
            self.seek(self._film.position_s + seconds)

    def seek(self, time_s: float) -> None:
        """Show the frame of that time of the film."""
        if self._film is not None:
            self._film.seek(max(time_s, 0.0))
            self.refresh()

    def loop(self) -> None:
        if self._film is not None:
            self._film.loop = not self._film.loop
            self.refresh()

    def change_speed(self, steps: int) -> None:
        """To the next speed, faster or slower."""
        if self._film is not None:
            now = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self._speed))
            self._film.speed = SPEEDS[min(max(now + steps, 0), len(SPEEDS) - 1)]
            self.refresh()

    @property
    def _speed(self) -> float:
        return self._film.speed if self._film is not None else 1.0
