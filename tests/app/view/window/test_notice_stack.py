from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gaze_demo.desk.notices import Notices
from gaze_demo.view.window.notice_stack import NoticeStack


@pytest.fixture
def body(dark: QApplication, qtbot: QtBot) -> QWidget:
    body = QWidget()
    qtbot.addWidget(body)
    body.resize(900, 500)
    body.show()
    return body


def texts(stack: NoticeStack) -> list[str]:
    return [label.text() for label in stack.findChildren(QLabel) if label.isVisible()]


def test_several_notices_lie_over_the_foot_and_each_can_be_closed(body: QWidget, qtbot: QtBot) -> None:
    notices = Notices()
    stack = NoticeStack(notices, body)
    notices.warn("The profile may not fit.")
    notices.trouble("The camera was disconnected. " * 20)
    labels = stack.findChildren(QLabel)
    qtbot.waitUntil(lambda: all(label.height() >= label.heightForWidth(label.width()) for label in labels))
    qtbot.waitUntil(lambda: len(texts(stack)) == 2)
    assert body.rect().contains(stack.geometry())
    stack.findChildren(QToolButton)[0].click()
    assert texts(stack) == [notices.text]
    notices.close_newest()
    assert not stack.isVisible()


def test_it_stays_at_the_foot_when_the_window_changes(body: QWidget) -> None:
    notices = Notices()
    stack = NoticeStack(notices, body)
    notices.warn("Held.")
    body.resize(640, 300)
    QApplication.processEvents()
    assert body.rect().contains(stack.geometry())
    assert stack.geometry().bottom() > 240
