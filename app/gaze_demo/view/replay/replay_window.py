"""The window of a recorded session: two models' gaze, the time line, and the controls."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QMessageBox, QToolButton, QVBoxLayout, QWidget

from gaze_demo import clock
from gaze_demo.desk import words
from gaze_demo.desk.replay_control import Replay
from gaze_demo.errors import UserError
from gaze_demo.events.find import GazeEvent, find_events
from gaze_demo.geometry import Intrinsics
from gaze_demo.live.pane_id import PaneId
from gaze_demo.session.folder import Session
from gaze_demo.session.names import AREAS, SCREEN
from gaze_demo.view.areas.areas_window import AreasWindow
from gaze_demo.view.replay.replay_pane import ReplayPane
from gaze_demo.view.replay.time_line import TimeLine
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.icons import app_icon
from gaze_demo.view.shared.timers import every

_TICK_MS = 33
_JUMP_S = 5.0
_SHOWN_MS = 300
_PLAY, _PAUSE, _AGAIN = "▶", "❚❚", "↻"


class ReplayWindow(QWidget):
    """Attributes: `replay`; `panes`, `choosers`, by pane; `line`; `play`, `areas`, buttons; `events`, once they were
    found."""

    _found = Signal(object)

    def __init__(self, session: Session, against: Session | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(f"{session.folder.name} – recording")
        self.setWindowIcon(app_icon())
        self.replay = Replay(session, against)
        self.events: tuple[GazeEvent, ...] | None = None
        about = session.about
        camera = about.camera.intrinsics if about.camera else Intrinsics.from_hfov(640, 480)
        used = theme.colours()
        colours = {PaneId.A: QColor(used.pane_a), PaneId.B: QColor(used.pane_b)}
        live = about.clock.kind == "live"
        self.panes = {pane: ReplayPane(camera, colours[pane], mirrored=live) for pane in PaneId}
        second = max(len(session.models), 1) if against is not None and against.models else 1
        self.choosers = {pane: self._chooser(pane, 0 if pane is PaneId.A else second) for pane in PaneId}
        self.line = TimeLine(self.replay.duration_s, self.replay.marks)
        self.line.sought.connect(self.replay.seek)
        self._lay_out(session)
        self._timer = every(_TICK_MS, lambda: self.replay.tick(clock.now_s()), self)
        self._timer.start()
        state = self.replay.state
        state.on_any(("position_s", "playing", "speed"), self._show, now=True)
        self._found.connect(self._show_events)
        self._looking = every(_SHOWN_MS, self._look_for_events, self, once=True)
        self._choose()
        self._calls = self._keys()
        self.resize(1100, 720)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handles keys that no control has used."""
        call = self._calls.get(QKeySequence(event.keyCombination()).toString())
        if call is None:
            super().keyPressEvent(event)
        else:
            call()

    def _chooser(self, pane: PaneId, chosen: int) -> QComboBox:
        box = QComboBox()
        names = list(self.replay.tracks)
        box.addItems([name or "No model" for name in names])
        box.setAccessibleName(f"{pane.title} model")
        box.setStyleSheet(f"color: {theme.pane_colour(pane).name()}; font-weight: 600")
        box.setCurrentIndex(min(chosen, len(names) - 1))
        box.currentIndexChanged.connect(lambda _: self._choose())
        return box

    def _lay_out(self, session: Session) -> None:
        about, marks = session.about, self.replay.marks
        when = about.clock.wall(self.replay.start_s).astimezone()
        told = (
            f"{when:%Y-%m-%d %H:%M} · {about.source} · {words.clock_time(self.replay.duration_s)} · "
            f"{len(marks)} {'mark' if len(marks) == 1 else 'marks'}"
        )
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
            card.setVisible(pane is PaneId.A or len(self.replay.tracks) > 1)
        column.addLayout(panes, 3)
        column.addWidget(self._transport())
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(4, 4, 4, 4)
        inside.addWidget(self.line)
        column.addWidget(card, 2)

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
        for part in (slower, self._speed, faster, self.areas):
            row.addWidget(part)
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

    def _choose(self) -> None:
        names = list(self.replay.tracks)
        tracks = [self.replay.tracks[names[self.choosers[pane].currentIndex()]] for pane in PaneId]
        self.line.show_tracks(tracks[: len(names)])
        self.events = None
        self.line.show_events(None, self.replay.start_s)
        self._looking.start()  # events of an hour take seconds to find: the window is shown first
        self._show()

    def _look_for_events(self) -> None:
        """Find the events of the left pane's model, in a separate thread."""
        trace = self.replay.tracks[list(self.replay.tracks)[self.choosers[PaneId.A].currentIndex()]].trace
        screen = self.replay.session.about.screen

        def look() -> None:
            try:
                found = tuple(find_events(trace, screen))
            except UserError:
                found = ()
            try:
                self._found.emit((trace, found))
            except RuntimeError:  # the window was closed
                return

        threading.Thread(target=look, name="events", daemon=True).start()

    def _show_events(self, found: object) -> None:
        assert isinstance(found, tuple)
        trace, events = found
        if trace is self.replay.tracks[list(self.replay.tracks)[self.choosers[PaneId.A].currentIndex()]].trace:
            self.events = events
            self.line.show_events(events, self.replay.start_s)

    def _show(self) -> None:
        state, names = self.replay.state, list(self.replay.tracks)
        for pane, widget in self.panes.items():
            track = self.replay.tracks[names[self.choosers[pane].currentIndex()]]
            widget.show_row(track, track.row_at(state.position_s))
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
