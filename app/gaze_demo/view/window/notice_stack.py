"""Notices at the bottom of the window: they cover a little of it and move nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gaze_demo.desk.notices import Level, Notice, Notices

_INFO_MS = 6000
_MARGIN, _WIDEST = 16, 760


class NoticeStack(QWidget):
    """Lies over `parent`, with a readable width; notices that only inform disappear by themselves."""

    def __init__(self, notices: Notices, parent: QWidget) -> None:
        super().__init__(parent)
        self._notices = notices
        self._bars: dict[int, tuple[Notice, _Bar]] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.hide()
        parent.installEventFilter(self)
        notices.changed.connect(self._show)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def event(self, event: QEvent) -> bool:
        """A notice that is laid out for the first time may need another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def _show(self, shown: tuple[Notice, ...]) -> None:
        wanted = {id(notice) for notice in shown}
        for key in [key for key in self._bars if key not in wanted]:
            _, bar = self._bars.pop(key)
            self._column.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        for notice in shown:
            if id(notice) not in self._bars:
                bar = _Bar(notice, self._notices)
                self._bars[id(notice)] = notice, bar
                self._column.addWidget(bar)
        self.setVisible(bool(shown))
        self._place()

    def _place(self) -> None:
        parent = self.parentWidget()
        if self.isHidden() or parent is None:
            return
        width = min(parent.width() - 2 * _MARGIN, _WIDEST)
        column = self._column
        height = max(column.totalHeightForWidth(width), column.totalMinimumSize().height())
        self.setGeometry((parent.width() - width) // 2, parent.height() - height - _MARGIN, width, height)
        self.raise_()


class _Bar(QFrame):
    def __init__(self, notice: Notice, notices: Notices) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setProperty("level", notice.level.value)
        label = QLabel(notice.text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setText("Close")
        close.setToolTip("Close this notice (Esc)")
        close.setAccessibleName("Close the notice")
        close.clicked.connect(lambda: notices.close(notice))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(label, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        if notice.level is Level.INFO:
            QTimer.singleShot(_INFO_MS, self, lambda: notices.close(notice))
