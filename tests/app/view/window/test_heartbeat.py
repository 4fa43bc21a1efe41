from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from gaze_demo.desk.run_stats import RunStats
from gaze_demo.view.window.heartbeat import Heartbeat


def test_a_blocked_gui_thread_is_noticed(qtbot: QtBot) -> None:
    stats = RunStats()
    heartbeat = Heartbeat(stats)
    heartbeat.start()
    QTimer.singleShot(20, lambda: time.sleep(0.08))
    qtbot.wait(200)
    assert stats.blocks.worst_ms > 60
    assert stats.blocks.over_16_ms >= 1


def test_after_the_start_blocks_count_from_nothing(qtbot: QtBot) -> None:
    stats = RunStats()
    heartbeat = Heartbeat(stats)
    heartbeat.start()
    QTimer.singleShot(20, lambda: time.sleep(1.0))
    qtbot.wait(1200)
    stats.settle()
    qtbot.wait(20)
    assert stats.blocks.worst_ms < 900


def test_work_of_the_thread_itself_is_told_from_waiting(qtbot: QtBot) -> None:
    stats = RunStats()
    heartbeat = Heartbeat(stats)
    heartbeat.start()
    QTimer.singleShot(20, lambda: time.sleep(0.2))
    qtbot.wait(400)
    assert stats.blocks.worst_ms > 150
    assert stats.blocks.work_ms < 100

    def work() -> None:
        until = time.thread_time() + 0.15
        while time.thread_time() < until:
            pass

    QTimer.singleShot(20, work)
    qtbot.waitUntil(lambda: stats.blocks.work_ms > 140)
