"""The main window: the arrangement of its parts. The desk has the logic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QSplitter, QVBoxLayout, QWidget

from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.state import WindowState
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.view.header.header import Header
from gaze_demo.view.pane.pane import Pane
from gaze_demo.view.panels.panel import Panel, Place, panel_kinds
from gaze_demo.view.replay.film_bar import FilmBar
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.icons import app_icon
from gaze_demo.view.shared.timers import every
from gaze_demo.view.window.menus import Menus
from gaze_demo.view.window.notice_stack import NoticeStack
from gaze_demo.view.window.record_bar import RecordBar
from gaze_demo.view.window.shelf import Shelf

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen

_BETWEEN_PX = 128
_FIGURES_MS = 125
_NARROW, _LOW = 960, 700  # below this width there is one pane, and below that height too the panels are beside it
_LOWEST = 560  # below this height there are no panels under the panes


class Window(QMainWindow):
    """Header, two panes with panels between them and below them, notices at the bottom.

    Attributes: `panels`, by their class.

    Signals: `closing`; `painted`, with pane, sight and the time in ms that drawing took; `previews_resized`, with the
    widest and highest preview in device px; `monitor_changed`, with the QScreen that the window is on.
    """

    closing = Signal()
    painted = Signal(object, object, float)
    previews_resized = Signal(int, int)
    monitor_changed = Signal(object)

    def __init__(self, state: WindowState, commands: CommandBook, notices: Notices) -> None:
        super().__init__()
        self.setWindowTitle("Gaze Demo")
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self._state, self._commands, self._notices = state, commands, notices
        self.menus = Menus(self.menuBar(), state, commands)
        self.header = Header(state, commands)
        self.panes = {pane: Pane(pane, state, commands) for pane in PaneId}
        self.panels: dict[type[Panel], Panel] = {kind: kind(state, commands) for kind in panel_kinds()}
        self._lay_out()
        self._shape: tuple[int, int] | None = None
        self._divided_by_user = False
        self._kept_division = QByteArray()
        self._split.splitterMoved.connect(self._remember_division)
        self._timers = [self._timer(panel) for panel in self.panels.values()]
        self._turn = 0
        self._figures = every(_FIGURES_MS, self._refresh_next, self)
        self._figures.start()
        for pane, widget in self.panes.items():
            preview = widget.preview
            preview.painted.connect(lambda sight, ms, p=pane: self._count(p, sight, ms))
            preview.resized.connect(self._measure_previews)
        state.on_any(("two_panes", "narrow", "panels"), self._arrange)
        state.on("picture_px", self._fit_shape)
        state.on("full_screen", lambda on: self.showFullScreen() if on else self.showNormal())
        self.resize(QSize(1280, 800).boundedTo(self.screen().availableGeometry().size()))
        self._arrange()

    def show_sight(self, pane: PaneId, sight: Sight) -> None:
        """A sight of a pane, for the pane and for the visible panels."""
        self.panes[pane].show_sight(sight)
        for panel in self.panels.values():
            if panel.isVisible():
                panel.add(pane, sight)

    def add_menu(self, menu: QMenu, before: str) -> None:
        """Another menu, before a command in the menu of that command."""
        self.menus.insert(menu, before)

    def clear(self) -> None:
        """Another source: forget everything of the previous one."""
        for pane in self.panes.values():
            pane.clear()
        for panel in self.panels.values():
            panel.clear()

    def refresh(self) -> None:
        """Update all figures."""
        for pane in self.panes.values():
            pane.refresh()
        for panel in self.panels.values():
            panel.refresh()

    def division(self) -> QByteArray:
        """The user's own division of the height; empty if there is none."""
        if self._shelf.upright:
            return self._kept_division
        return self._split.saveState() if self._divided_by_user else QByteArray()

    def restore_division(self, state: QByteArray) -> None:
        if self._shelf.upright:
            self._kept_division = state
        else:
            self._divided_by_user = not state.isEmpty() and self._split.restoreState(state)

    def stop(self) -> None:
        """The window closes: refreshing stops."""
        for timer in (*self._timers, self._figures):
            timer.stop()

    def minimumSizeHint(self) -> QSize:
        return QSize(640, 440)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._state.narrow = self.width() < _NARROW
        self._arrange()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._tell_monitor(self.screen())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self._state.full_screen = self.isFullScreen()
            self._state.minimised = self.isMinimized()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if not self._notices.close_newest() and self.isFullScreen():
                self._state.full_screen = False
            return
        if event.key() == Qt.Key.Key_Space and self._state.playable:  # no button has used it
            self._commands.run("play")
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self._commands.run("open-path", files[0])

    def _lay_out(self) -> None:
        panes = QWidget()
        row = QHBoxLayout(panes)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        self._between = QWidget()
        self._between.setFixedWidth(_BETWEEN_PX)
        between = self._between_box = QVBoxLayout(self._between)
        between.setContentsMargins(0, 0, 0, 0)
        between.setSpacing(theme.GAP)
        for panel in self.panels.values():
            if panel.place is Place.BETWEEN:
                between.addWidget(panel, 0 if panel.needs_two else 1)
        row.addWidget(self.panes[PaneId.A], 1)
        row.addWidget(self._between)
        row.addWidget(self.panes[PaneId.B], 1)
        self._shelf = Shelf([panel for panel in self.panels.values() if panel.place is Place.BELOW])
        self._split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self._split.setHandleWidth(theme.GAP)
        self._upper = QWidget()
        upper_column = QVBoxLayout(self._upper)
        upper_column.setContentsMargins(0, 0, 0, 0)
        upper_column.setSpacing(theme.GAP)
        upper_column.addWidget(panes, 1)
        upper_column.addWidget(FilmBar(self._state, self._commands))
        self.record_bar = RecordBar(self._state, self._commands)
        upper_column.addWidget(self.record_bar)
        self._split.addWidget(self._upper)
        self._split.addWidget(self._shelf)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 0)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.addWidget(self._split, 1)
        whole = QWidget()
        whole_column = QVBoxLayout(whole)
        whole_column.setContentsMargins(0, 0, 0, 0)
        whole_column.setSpacing(0)
        whole_column.addWidget(self.header)
        whole_column.addWidget(body, 1)
        self.setCentralWidget(whole)
        self.notices = NoticeStack(self._notices, body)

    def _arrange(self) -> None:
        """Show the chosen panes and panels that fit."""
        shown, two = self._state.panels, PaneId.B in self._state.panes
        for panel in self.panels.values():
            panel.setVisible(panel.name in shown and (two or not panel.needs_two))
        self.panes[PaneId.B].setVisible(two)
        upright = self._state.narrow and self.height() < _LOW
        if upright != self._shelf.upright:
            self._turn_shelf(upright)
        between = [panel for panel in self.panels.values() if panel.parentWidget() is self._between]
        self._between.setVisible(any(not panel.isHidden() for panel in between))
        self._shelf.setVisible(not self._shelf.is_empty and (upright or self.height() >= _LOWEST))
        self._divide()

    def _turn_shelf(self, upright: bool) -> None:
        """Put the panels beside the pane, or below the panes again, as high as the user had them."""
        if upright:
            self._kept_division = self.division()
        guests = [panel for panel in self.panels.values() if panel.place is Place.BETWEEN and not panel.needs_two]
        self._shelf.stand(upright=upright, guests=guests if upright else ())
        if not upright:
            for panel in guests:
                self._between_box.addWidget(panel, 1)
        self._split.setOrientation(Qt.Orientation.Horizontal if upright else Qt.Orientation.Vertical)
        if not upright:
            self.restore_division(self._kept_division)

    def _fit_shape(self, shape: tuple[int, int]) -> None:
        """Divide the height so that pictures of this shape fill their panes, unless the user has divided it."""
        if min(shape) > 0 and self._shape != shape:
            self._shape = shape
            self._divide()

    def _remember_division(self) -> None:
        self._divided_by_user = not self._shelf.upright

    def _divide(self) -> None:
        if self._shape is None or (self._divided_by_user and not self._shelf.upright):
            return
        if self._shelf.upright:
            self._divide_width()
            return
        preview = self.panes[PaneId.A].preview
        around = self._upper.height() - preview.height()
        wanted = around + round(preview.width() * self._shape[1] / self._shape[0])
        whole = sum(self._split.sizes())
        foot = max(whole - wanted, self._shelf.minimumHeight())
        self._split.setSizes([whole - foot, foot])

    def _divide_width(self) -> None:
        """As wide as the picture is at its height, and the rest for the panels."""
        assert self._shape is not None
        preview = self.panes[PaneId.A].preview
        wanted = self._upper.width() - preview.width() + round(preview.height() * self._shape[0] / self._shape[1])
        whole = sum(self._split.sizes())
        column = max(whole - wanted, self._shelf.minimumWidth())
        self._split.setSizes([whole - column, column])

    def _measure_previews(self) -> None:
        sizes = [self.panes[pane].preview.wanted_size for pane in self._state.panes]
        self.previews_resized.emit(max(width for width, _ in sizes), max(height for _, height in sizes))

    def _count(self, pane: PaneId, sight: Sight, draw_ms: float) -> None:
        for panel in self.panels.values():
            if panel.isVisible():
                panel.painted(pane, sight, draw_ms)
        self.painted.emit(pane, sight, draw_ms)

    def _timer(self, panel: Panel) -> QTimer:
        def refresh() -> None:
            if panel.isVisible():
                panel.refresh()

        timer = every(panel.every_ms, refresh, self)
        timer.start()
        return timer

    def _refresh_next(self) -> None:
        """The figures of one pane after the other, so that each step is short."""
        self._turn += 1
        self.panes[tuple(PaneId)[self._turn % len(PaneId)]].refresh()

    def _tell_monitor(self, screen: QScreen) -> None:
        self.monitor_changed.emit(screen)
