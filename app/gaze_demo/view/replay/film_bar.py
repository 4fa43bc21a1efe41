"""The bar under the panes that plays a film, or steps through the pictures of a folder."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.state import AlbumShown, FilmShown, WindowState
from gaze_demo.desk.words import clock_time
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.timers import every

_LOOK_MS = 100
_STEPS_PER_S = 100
_LEAST_SLIDER = 90  # px
_PLAY, _PAUSE, _AGAIN = "▶", "❚❚", "↻"


class FilmBar(QFrame):
    """Hidden while the source cannot be played. In a narrow window the speed has no buttons, only keys and the menu.

    Attributes: `play`, `back`, `forward`, `loop`, buttons; `slider`, over the film's time; `time`, in words.
    """

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__()
        self.setObjectName("card")
        self._state, self._commands = state, commands
        self.back = self._button("◀❙", "step-back")
        self.play = self._button(_PLAY, "play")
        self.forward = self._button("❙▶", "step-forward")
        self.slower = self._button("−", "slower")
        self._speed = QLabel("1×")
        self._speed.setMinimumWidth(34)
        self._speed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.faster = self._button("+", "faster")
        self.loop = self._button("Loop", "loop")
        self.loop.setCheckable(True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Time of the film")
        self.slider.setMinimumWidth(_LEAST_SLIDER)
        self.slider.setSingleStep(_STEPS_PER_S)
        self.slider.setPageStep(5 * _STEPS_PER_S)
        self.slider.valueChanged.connect(lambda value: commands.run("seek", value / _STEPS_PER_S))
        self.time = QLabel()
        self.time.setFont(theme.figure_font(1.0, theme.REGULAR))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, 5, theme.GAP, 5)
        row.setSpacing(6)
        for part in (self.back, self.play, self.forward):
            row.addWidget(part)
        row.addWidget(self.slider, 1)
        row.addWidget(self.time)
        for control in (self.slower, self._speed, self.faster, self.loop):
            row.addWidget(control)
        self._timer = every(_LOOK_MS, lambda: commands.run("look-at-film"), self)
        state.on_any(("film", "album", "narrow"), self._show, now=True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _button(self, text: str, name: str) -> QToolButton:
        command = self._commands.by_id[name]
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(command.title)
        button.setToolTip(f"{command.title} ({command.keys})")
        button.clicked.connect(lambda: self._commands.run(name))
        return button

    def _show(self) -> None:
        film, album = self._state.film, self._state.album
        self.setVisible(film is not None or album is not None)
        for part in (self.slider, self.loop):
            part.setVisible(film is not None)
        for control in (self.slower, self._speed, self.faster):
            control.setVisible(film is not None and not self._state.narrow)
        if film is not None:
            self._show_film(film)
        elif album is not None:
            self._show_album(album)

    def _show_film(self, film: FilmShown) -> None:
        self.play.setText(_AGAIN if film.ended else _PLAY if film.paused else _PAUSE)
        self._speed.setText(f"{film.speed:g}×")
        self.loop.setChecked(film.loop)
        self.slider.setEnabled(film.duration_s is not None)
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setMaximum(round((film.duration_s or film.position_s) * _STEPS_PER_S))
                self.slider.setValue(round(film.position_s * _STEPS_PER_S))
        whole = "" if film.duration_s is None else f" / {clock_time(film.duration_s)}"
        end = "End · " if film.ended else ""
        self.time.setText(f"{end}{clock_time(film.position_s)}{whole}")

    def _show_album(self, album: AlbumShown) -> None:
        self.play.setText(_PLAY if album.paused else _PAUSE)
        self.time.setText(f"{album.number} of {album.count}: {album.name}")
