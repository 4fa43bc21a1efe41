"""Measures how long the GUI thread does not answer: a timer that should tick often, and by how much it is late."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

INTERVAL_MS = 5


class Heartbeat(QObject):
    """Ticks on the GUI thread.

    A block is the time by which a tick is late: a click in that moment would wait as long.

    Attributes: `worst_ms`, since the start or the last `reset`; `late_ms`, every block of at least 4 ms since then.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worst_ms = 0.0
        self.late_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start()

    def reset(self) -> None:
        """Count anew from here."""
        self.worst_ms = 0.0
        self.late_ms = []
        self._last = time.perf_counter()

    def _tick(self) -> None:
        now = time.perf_counter()
        late = (now - self._last) * 1000 - INTERVAL_MS
        self._last = now
        self.worst_ms = max(self.worst_ms, late)
        if late >= 4:
            self.late_ms.append(late)
