"""The message of a preview without a picture: what is wrong, what to do, and a button that does it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from gaze_demo.desk.messages import Message
from gaze_demo.view.shared import theme


class MessageCard(QFrame):
    """A card in the middle of its parent; hidden while there is no message. `run` gets the id of its command."""

    def __init__(self, parent: QWidget, run: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._run = run
        self.setObjectName("card")
        self.message: Message | None = None
        self._title = QLabel()
        self._title.setFont(theme.figure_font(1.2))
        self._text = QLabel()
        self._text.setProperty("kind", "muted")
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)  # it may contain text from a model
        self._button = QPushButton()
        self._button.setProperty("kind", "primary")
        self._button.clicked.connect(self._act)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.hide()

    def show_message(self, message: Message | None) -> None:
        if message == self.message:
            return
        self.message = message
        self.setVisible(message is not None)
        if message is None:
            return
        self._title.setText(message.title)
        self._text.setText(message.text)
        self._button.setVisible(message.action is not None)
        if message.action is not None:
            self._button.setText(message.action[0])
        self.place()

    def place(self) -> None:
        """Centre it in the parent, with a readable width."""
        parent, layout = self.parentWidget(), self.layout()
        assert parent is not None
        assert layout is not None
        area = parent.rect()
        width = min(area.width() - 24, 380)
        self.setFixedWidth(max(width, 120))
        height = max(layout.totalHeightForWidth(width), self.sizeHint().height())
        self.setGeometry((area.width() - width) // 2, (area.height() - height) // 2, width, height)
        self.raise_()

    def _act(self) -> None:
        if self.message is not None and self.message.action is not None:
            self._run(self.message.action[1])
