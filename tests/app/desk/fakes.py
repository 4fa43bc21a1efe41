"""A desk without a window: events of the workers wait in a queue until the test lets them through."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

from app.live.fakes import FakeSource, fake_tools
from gaze_demo import clock
from gaze_demo.desk.calibration_phases import Looking
from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.desk import Desk
from gaze_demo.desk.memory import recall, remember
from gaze_demo.desk.monitors import Monitor
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.state import WindowState
from gaze_demo.live.events import Event, ModelLoaded, Outcome, SightReady, SourceFailed, SourceOpened, StatusChanged
from gaze_demo.options import WindowOptions

MONITOR = Monitor("DP-1", "Desk, 1920 × 1080", 1920, 1080, 527.0, 296.0)


class FakeMemory:
    """Remembers in a dictionary."""

    def __init__(self, kept: dict[str, Any] | None = None) -> None:
        self.kept = kept if kept is not None else {}

    def text(self, key: str, default: str = "") -> str:
        value = self.kept.get(key, default)
        return value if isinstance(value, str) else str(value)

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self.kept.get(key, default)
        return value if isinstance(value, (int, float)) and low <= value <= high else default

    def flag(self, key: str, default: bool) -> bool:
        return bool(self.kept.get(key, default))

    def keep(self, key: str, value: str | float | bool) -> None:
        self.kept[key] = value


class Room:
    """A desk that runs, and what it needs; `pump` is its event loop."""

    def __init__(
        self, sources: dict[str, FakeSource | Exception], memory: FakeMemory, options: WindowOptions, **tools: Any
    ) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.state, self.notices, self.commands = WindowState(), Notices(), CommandBook(COMMANDS)
        recall(self.state, memory, {"plot": True})
        self.desk = Desk(
            self.state, self.commands, self.notices, memory, fake_tools(sources, **tools), self._events.put, options
        )
        remember(self.state, memory, {"plot": True})
        self.state.monitors, self.state.monitor = (MONITOR,), MONITOR
        self.desk.calibration.moved.connect(self._look)

    def pump(self, condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Let events through until the condition holds."""
        deadline = clock.now_s() + timeout_s
        while not condition():
            assert clock.now_s() < deadline, "it did not come true in time"
            self.desk.calibration.tick()
            try:
                self._take(self._events.get(timeout=0.01))
            except queue.Empty:
                continue

    def wait(self, seconds: float) -> None:
        until = clock.now_s() + seconds
        self.pump(lambda: clock.now_s() > until)

    def _look(self, phase: Looking) -> None:
        """The person looks at the dots."""
        source = self.desk.engine.source
        if isinstance(source, FakeSource) and phase.dot is not None:
            source.looked_at = phase.geometry.px_to_camera((phase.dot.x_px, phase.dot.y_px))

    def _take(self, event: Event) -> None:
        if isinstance(event, Outcome):
            event.call()
        elif isinstance(event, ModelLoaded):
            self.desk.models.on_loaded(event.pane, event.entry, event.error, event.notice)
        elif isinstance(event, SightReady):
            sight = self.desk.engine.take(event.pane)
            if sight is not None:
                self.desk.see(event.pane, sight)
        elif event.number == self.desk.engine.source_number:
            if isinstance(event, SourceOpened):
                self.desk.source.on_opened(event.source)
            elif isinstance(event, StatusChanged):
                self.desk.source.on_status(event.status)
            elif isinstance(event, SourceFailed):
                self.desk.source.on_failed(event.error)
