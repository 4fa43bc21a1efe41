"""The window of a recorded session: two models' gaze, the time line, and the controls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMessageBox, QToolButton, QVBoxLayout, QWidget

from gaze_demo import clock
from gaze_demo.calibration.profile import Profile, list_profiles
from gaze_demo.desk import words
from gaze_demo.desk.replay_choices import ReplayChoices
from gaze_demo.desk.replay_control import Replay, Track
from gaze_demo.errors import UserError
from gaze_demo.events.find import GazeEvent, find_events
from gaze_demo.geometry import Intrinsics
from gaze_demo.live.film_pictures import FilmPictures, Picture
from gaze_demo.live.pane_id import PaneId
from gaze_demo.model.registry import ModelEntry, default_pair, list_models
from gaze_demo.recalibrate import looks_of_session
from gaze_demo.session.arrow import numpy_of
from gaze_demo.session.folder import Session
from gaze_demo.session.looks import look_of_times
from gaze_demo.session.names import AREAS, SCREEN
from gaze_demo.view.areas.areas_window import AreasWindow
from gaze_demo.view.pane.eye_crops import qimage
from gaze_demo.view.replay.pane_choosers import PaneChoosers
from gaze_demo.view.replay.replay_pane import ReplayPane
from gaze_demo.view.replay.time_line import TimeLine
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.combo_box import ComboBox
from gaze_demo.view.shared.icons import app_icon
from gaze_demo.view.shared.timers import every

_TICK_MS, _PROGRESS_MS = 33, 250
_JUMP_S = 5.0
_SHOWN_MS = 300
_PLAY, _PAUSE, _AGAIN = "▶", "❚❚", "↻"


class ReplayWindow(QWidget):
    """Attributes: `replay`; `choices`; `panes`, `choosers`, by pane; `line`; `play`, `areas`, `quantity`, controls;
    `events`, once they were found; `offered`, whether models and calibrations can be chosen yet."""

    _found = Signal(object)
    _offered = Signal(object)
    _pictured = Signal(object)

    def __init__(self, session: Session, against: Session | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(f"{session.folder.name} – {'film' if session.film else 'recording'}")
        self.setWindowIcon(app_icon())
        self.replay = Replay(session, against)
        self.events: tuple[GazeEvent, ...] | None = None
        self._looked_at: Track | None = None
        about = session.about
        camera = about.camera.intrinsics if about.camera else Intrinsics.from_hfov(640, 480)
        used = theme.colours()
        colours = {PaneId.A: QColor(used.pane_a), PaneId.B: QColor(used.pane_b)}
        live = about.clock.kind == "live"
        self.panes = {pane: ReplayPane(camera, colours[pane], mirrored=live) for pane in PaneId}
        self.choices = ReplayChoices(self.replay)
        self.choosers = {pane: PaneChoosers(pane) for pane in PaneId}
        second = max(len(session.models), 1) if against is not None and against.models else 1
        keys = list(self.choices.models)
        for pane, at in zip(PaneId, (0, second), strict=True):
            self.choosers[pane].show_choices(self.choices, keys[min(at, len(keys) - 1)] if keys else "")
            self.choosers[pane].changed.connect(self._choose)
        self._frames = np.unique(numpy_of(session.table.column("frame")))
        self._pictures: FilmPictures | None = None
        if session.video is not None:
            self._pictured.connect(self._show_picture)
            self._pictures = FilmPictures(session.video, self._tell_picture, mirrored=live)
        self._looks = looks_of_session(session)
        self.offered = False
        self.line = TimeLine(self.replay.duration_s, self.replay.marks)
        self.line.sought.connect(self.replay.seek)
        self._lay_out(session)
        self._timer = every(_TICK_MS, lambda: self.replay.tick(clock.now_s()), self)
        self._progress = every(_PROGRESS_MS, self._show_progress, self)
        self._timer.start()
        state = self.replay.state
        state.on_any(("position_s", "playing", "speed"), self._show, now=True)
        self._found.connect(self._show_events)
        self._offered.connect(self._offer)
        threading.Thread(target=self._find_offers, name="offers", daemon=True).start()
        self._looking = every(_SHOWN_MS, self._look_for_events, self, once=True)
        self._choose()
        self._calls = self._keys()
        self.resize(1120, 780)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        self._progress.stop()
        self.choices.close()
        if self._pictures is not None:
            self._pictures.close()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handles keys that no control has used."""
        call = self._calls.get(QKeySequence(event.keyCombination()).toString())
        if call is None:
            super().keyPressEvent(event)
        else:
            call()

    def _tell_picture(self, number: int, picture: Picture) -> None:
        with suppress(RuntimeError):  # the window was closed
            self._pictured.emit(picture)

    def _show_picture(self, picture: Picture) -> None:
        image = qimage(picture).copy()  # the pixels belong to the array
        for pane in self.panes.values():
            pane.show_picture(image)

    def _find_offers(self) -> None:
        """Models and calibrations, in a separate thread: the window is shown first."""
        offers = (list_models() if self.replay.session.can_run_models else [], list_profiles()[0])
        with suppress(RuntimeError):  # the window was closed
            self._offered.emit(offers)

    def _offer(self, offers: tuple[list[ModelEntry], list[Profile]]) -> None:
        entries, profiles = offers
        self.choices.offer(entries, profiles)
        pair = [f"run {entry.name}" for entry in default_pair(entries)] if self.replay.session.film and entries else []
        for i, chooser in enumerate(self.choosers.values()):
            chooser.show_choices(self.choices, pair[min(i, len(pair) - 1)] if pair else chooser.wish.model)
        self.offered = True
        if pair:
            self._choose()

    def _lay_out(self, session: Session) -> None:
        about, marks = session.about, self.replay.marks
        when = about.clock.wall(self.replay.start_s).astimezone()
        told = f"{about.source} · {words.clock_time(self.replay.duration_s)}"
        if session.film is None:
            told = f"{when:%Y-%m-%d %H:%M} · {told} · {len(marks)} {'mark' if len(marks) == 1 else 'marks'}"
        head = QLabel(told)
        head.setProperty("kind", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addWidget(head)
        for problem in session.problems:
            warning = QLabel(problem)
            warning.setWordWrap(True)
            warning.setStyleSheet(f"color: {theme.colours().warning}")
            column.addWidget(warning)
        panes = QHBoxLayout()
        panes.setSpacing(theme.GAP)
        for pane in PaneId:
            card = QFrame()
            card.setObjectName("card")
            inside = QVBoxLayout(card)
            inside.addWidget(self.choosers[pane])
            inside.addWidget(self.panes[pane], 1)
            panes.addWidget(card, 1)
        column.addLayout(panes, 5)
        if self.choices.why_no_models:
            why = QLabel(self.choices.why_no_models)
            why.setProperty("kind", "muted")
            column.addWidget(why)
        column.addWidget(self._transport())
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(4, 4, 4, 4)
        inside.addWidget(self.line)
        column.addWidget(card, 4)

    def _transport(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("card")
        row = QHBoxLayout(bar)
        row.setContentsMargins(theme.GAP, 5, theme.GAP, 5)
        row.setSpacing(6)
        replay = self.replay
        back = _button("◀❙", "Previous frame (,)", lambda: replay.step(-1))
        self.play = _button(_PLAY, "Play or pause (Space)", replay.play)
        forward = _button("❙▶", "Next frame (.)", lambda: replay.step(1))
        before = _button("◀ Mark", "Previous mark (Ctrl+Left)", lambda: self._jump(-1))
        after = _button("Mark ▶", "Next mark (Ctrl+Right)", lambda: self._jump(1))
        slower = _button("−", "Slower (-)", lambda: replay.change_speed(-1))
        faster = _button("+", "Faster (+)", lambda: replay.change_speed(1))
        self._time, self._speed, self._mark = QLabel(), QLabel(), QLabel()
        self._time.setFont(theme.figure_font(1.0, theme.REGULAR))
        self._speed.setMinimumWidth(40)
        self._speed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._mark.setProperty("kind", "muted")
        self.areas = _button("Areas…", "Draw areas of interest on the screen", self._draw_areas)
        self.areas.setEnabled(replay.session.about.screen is not None)
        for part in (back, self.play, forward, self._time):
            row.addWidget(part)
        row.addSpacing(theme.GAP)
        for part in (before, after):
            part.setEnabled(bool(replay.marks))
            row.addWidget(part)
        row.addWidget(self._mark, 1)
        self.quantity = ComboBox()
        self.quantity.addItems(["Gaze angles", "Points on the screen"])
        self.quantity.setAccessibleName("What the time line shows")
        self.quantity.activated.connect(lambda _: self._show_progress())
        parts: tuple[QWidget, ...] = (slower, self._speed, faster, self.quantity, self.areas)
        for control in parts:
            row.addWidget(control)
        return bar

    def _keys(self) -> dict[str, Callable[[], object]]:
        replay = self.replay
        return {
            "Space": replay.play,
            ",": lambda: replay.step(-1),
            ".": lambda: replay.step(1),
            "+": lambda: replay.change_speed(1),
            "-": lambda: replay.change_speed(-1),
            "Shift+Left": lambda: replay.seek(replay.state.position_s - _JUMP_S),
            "Shift+Right": lambda: replay.seek(replay.state.position_s + _JUMP_S),
            "Ctrl+Left": lambda: self._jump(-1),
            "Ctrl+Right": lambda: self._jump(1),
            "Home": lambda: replay.seek(0.0),
            "End": lambda: replay.seek(replay.duration_s),
            "Ctrl+W": self.close,
        }

    def _jump(self, marks: int) -> None:
        mark = self.replay.jump(marks)
        if mark is not None:
            self._mark.setText(mark.text)

    def _draw_areas(self) -> None:
        """Open the window of the areas; the session's report reads their file."""
        session = self.replay.session
        screen = session.about.screen
        if screen is None:
            return
        try:
            image = session.folder / SCREEN
            window = AreasWindow(
                session.folder / AREAS,
                (screen.width_px, screen.height_px),
                image if image.exists() else None,
                self,
            )
        except UserError as error:
            QMessageBox.warning(self, "Areas", str(error))
            return
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.show()

    @property
    def tracks(self) -> dict[PaneId, Track]:
        """What each pane shows."""
        return {pane: self.choices.track(chooser.wish) for pane, chooser in self.choosers.items()}

    def _choose(self) -> None:
        tracks = list(self.tracks.values())
        for track in tracks:
            track.refresh()
        self.line.show_tracks(tracks if tracks[0] is not tracks[1] else tracks[:1])
        self.choices.compute(tracks)
        self.events = None
        self.line.show_events(None, self.replay.start_s)
        self._progress.start()
        self._show_progress()
        self._show()

    def _show_progress(self) -> None:
        """Take over what was computed since the last call."""
        tracks = self.tracks
        changed = [track.refresh() for track in tracks.values()]
        for pane, track in tracks.items():
            self.choosers[pane].show_progress(track.share, problem=bool(track.problem))
        self.quantity.setEnabled(any(track.has_points for track in tracks.values()))
        self.line.show_points(self.quantity.currentIndex() == 1 and self.quantity.isEnabled())
        if any(changed):
            self._show()
        if all(track.share >= 1.0 or track.problem for track in tracks.values()):
            self._progress.stop()
        if self._complete(tracks[PaneId.A]) and self.events is None and not self._looking.isActive():
            self._looking.start()  # events of an hour take seconds to find: the window is shown first

    def _complete(self, track: Track) -> bool:
        return track.share >= 1.0 and not track.problem

    def _look_for_events(self) -> None:
        """Find the events of the left pane's model, in a separate thread."""
        track = self.tracks[PaneId.A]
        if not self._complete(track) or self._looked_at is track:
            return
        self._looked_at = track
        trace = track.trace
        screen = track.screen or self.replay.session.about.screen

        def look() -> None:
            try:
                found = tuple(find_events(trace, screen))
            except UserError:
                found = ()
            with suppress(RuntimeError):  # the window was closed
                self._found.emit((track, found))

        threading.Thread(target=look, name="events", daemon=True).start()

    def _show_events(self, found: object) -> None:
        assert isinstance(found, tuple)
        track, events = found
        self._looked_at = None
        if track is self.tracks[PaneId.A]:
            self.events = events
            self.line.show_events(events, self.replay.start_s)
        else:
            self._looking.start()

    def _show(self) -> None:
        state = self.replay.state
        self.choices.look_at(state.position_s)
        look = look_of_times(self._looks, np.array([state.position_s + self.replay.start_s]))[0]
        target_px = None if look < 0 else (self._looks[look].x_px, self._looks[look].y_px)
        tracks = self.tracks
        row = tracks[PaneId.A].row_at(state.position_s)
        if self._pictures is not None and row is not None:
            self._pictures.want(int(np.searchsorted(self._frames, tracks[PaneId.A].trace.frame[row])))
        for pane, track in tracks.items():
            notice = self.choices.without_calibration(self.choosers[pane].wish)
            self.panes[pane].show_row(track, track.row_at(state.position_s), target_px, notice)
        self.play.setText(_AGAIN if self.replay.ended and not state.playing else _PAUSE if state.playing else _PLAY)
        self._time.setText(f"{words.clock_time(state.position_s)} / {words.clock_time(self.replay.duration_s)}")
        self._speed.setText(f"{state.speed:g}×")
        self.line.show_position(state.position_s)


def _button(text: str, tip: str, call: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip.partition(" (")[0])
    button.clicked.connect(lambda _: call())
    return button
