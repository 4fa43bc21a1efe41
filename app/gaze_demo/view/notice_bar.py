"""Notices that do not stand in the way: a line at the foot of the window, with a button to close it."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

_INFO_MS = 6000


class Level(str, Enum):
    INFO = "info"
    WARNING = "warning"
    TROUBLE = "trouble"


class NoticeBar(QFrame):
    """Shows the newest notice; information goes by itself, trouble stays until it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setText("Close")
        close.setToolTip("Close this notice (Esc)")
        close.setAccessibleName("Close the notice")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(self._label, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self, singleShot=True, interval=_INFO_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown, empty while hidden."""
        return "" if self.isHidden() else self._label.text()

    def show_notice(self, text: str, level: Level) -> None:
        self._label.setText(text)
        self.setProperty("level", level.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
        if level is Level.INFO:
            self._timer.start()
        else:
            self._timer.stop()
