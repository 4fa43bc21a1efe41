from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from gaze_demo.view.heartbeat import Heartbeat


def test_a_blocked_gui_thread_is_noticed(qtbot: QtBot) -> None:
    heartbeat = Heartbeat()
    heartbeat.start()
    QTimer.singleShot(20, lambda: time.sleep(0.08))
    qtbot.wait(200)
    assert heartbeat.worst_ms > 60
    assert max(heartbeat.late_ms) == heartbeat.worst_ms


def test_a_reset_forgets_what_was(qtbot: QtBot) -> None:
    heartbeat = Heartbeat()
    heartbeat.start()
    qtbot.wait(20)
    time.sleep(1.0)
    heartbeat.reset()
    qtbot.wait(20)
    assert heartbeat.worst_ms < 900
