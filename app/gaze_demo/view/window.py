"""The main window: what is where. What happens in it is decided by `live.py`."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from gaze_demo.view import theme
from gaze_demo.view.header.header import Header
from gaze_demo.view.icons import app_icon
from gaze_demo.view.menus import Menus
from gaze_demo.view.notice_bar import NoticeBar
from gaze_demo.view.pane.pane import Pane
from gaze_demo.view.panels.agreement import Agreement
from gaze_demo.view.panels.person import Person
from gaze_demo.view.panels.signal_plot import SignalPlot
from gaze_demo.view.panels.stage_table import StageTable

_BETWEEN_PX = 128
_FOOT_PX = 165


class Window(QMainWindow):
    """Header, two panes with their agreement between them, plot and stage table below, notices at the foot.

    Signals: `closing`; `dropped`, with the path of a file or folder that the user dropped on it.
    """

    closing = Signal()
    dropped = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Gaze Demo")
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.menus = Menus(self.menuBar())
        self.header = Header(self.menus)
        self.panes = {side: Pane(side) for side in ("left", "right")}
        self.agreement = Agreement()
        self.person = Person()
        for card in (self.agreement, self.person):
            card.setFixedWidth(_BETWEEN_PX)
        self.plot = SignalPlot()
        self.stages = StageTable()
        self.notice = NoticeBar()

        panes = QWidget()
        row = QHBoxLayout(panes)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self.panes["left"], 1)
        between = QVBoxLayout()
        between.setSpacing(theme.GAP)
        between.addWidget(self.agreement)
        between.addWidget(self.person, 1)
        row.addLayout(between)
        row.addWidget(self.panes["right"], 1)
        self._foot = QWidget()
        foot_row = QHBoxLayout(self._foot)
        foot_row.setContentsMargins(0, 0, 0, 0)
        foot_row.setSpacing(theme.GAP)
        foot_row.addWidget(self.plot, 1)
        foot_row.addWidget(self.stages)
        self.splitter = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.splitter.setHandleWidth(theme.GAP)
        self.splitter.addWidget(panes)
        self.splitter.addWidget(self._foot)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)

        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addWidget(self.splitter, 1)
        column.addWidget(self.notice)
        whole = QWidget()
        whole_column = QVBoxLayout(whole)
        whole_column.setContentsMargins(0, 0, 0, 0)
        whole_column.setSpacing(0)
        whole_column.addWidget(self.header)
        whole_column.addWidget(body, 1)
        self.setCentralWidget(whole)
        self._shape: tuple[int, int] | None = None
        self._divided_by_user = False
        self.splitter.splitterMoved.connect(self._remember_division)
        self.resize(QSize(1280, 800).boundedTo(self.screen().availableGeometry().size()))

    @property
    def sides(self) -> tuple[str, ...]:
        """The panes in sight."""
        return ("left", "right") if self.menus.is_checked("two_panes") else ("left",)

    def show_panes(self, two: bool) -> None:
        self.panes["right"].setVisible(two)
        self.agreement.setVisible(two)
        self.stages.show_sides(self.sides)
        self.plot.show_sides(self.sides)
        self._divide()

    def fit_shape(self, width: int, height: int) -> None:
        """Divide the height so that pictures of this shape fill their panes, unless the user has divided it."""
        if self._shape != (width, height):
            self._shape = width, height
            self._divide()

    def division(self) -> QByteArray:
        """The user's own division of the height; empty where there is none."""
        return self.splitter.saveState() if self._divided_by_user else QByteArray()

    def restore_division(self, state: QByteArray) -> None:
        self._divided_by_user = not state.isEmpty() and self.splitter.restoreState(state)

    def add_panel(self, panel: QWidget) -> None:
        """Another card at the end of the lower row."""
        layout = self._foot.layout()
        assert layout is not None
        layout.addWidget(panel)

    def show_panels(self) -> None:
        """Plot and stage table as their menu entries say."""
        plot, stages = self.menus.is_checked("plot"), self.menus.is_checked("stages")
        self.plot.setVisible(plot)
        self.stages.setVisible(stages)
        self._foot.setVisible(plot or stages)
        self._divide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._divide()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if not self.notice.isHidden():
                self.notice.hide()
            elif self.isFullScreen():
                self.menus.check("full_screen", False)
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.dropped.emit(files[0])

    def _remember_division(self) -> None:
        self._divided_by_user = True

    def _divide(self) -> None:
        if self._shape is None or self._divided_by_user:
            return
        preview = self.panes["left"].preview
        around = self.panes["left"].height() - preview.height()
        wanted = around + round(preview.width() * self._shape[1] / self._shape[0])
        whole = sum(self.splitter.sizes())
        foot = max(whole - wanted, self._foot.minimumSizeHint().height(), _FOOT_PX)
        self.splitter.setSizes([whole - foot, foot])
