"""Measures how long the GUI thread is blocked, by the delay of a timer that should tick often."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt

from gaze_demo.desk.run_stats import RunStats
from gaze_demo.view.shared.timers import every

INTERVAL_MS = 5
_LONG_MS = 16


class Heartbeat(QObject):
    """Ticks on the GUI thread and writes into the blocks of `stats`.

    A block is the time by which a tick is late: a click in that moment would wait as long. The thread's processor time
    since the last tick shows whether it worked or waited. The ticks cost a little, so it is only started if the figures
    are needed.
    """

    def __init__(self, stats: RunStats, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stats = stats
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer = every(INTERVAL_MS, self._tick, self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)

    def start(self) -> None:
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer.start()

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        late, work = (now - self._last) * 1000 - INTERVAL_MS, (worked - self._worked) * 1000
        self._last, self._worked = now, worked
        blocks = self._stats.blocks
        blocks.work_ms = max(blocks.work_ms, work)
        blocks.worst_ms = max(blocks.worst_ms, late)
        blocks.over_16_ms += late > _LONG_MS
