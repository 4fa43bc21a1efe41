"""What happens in the window while it runs: sights come in and are painted, figures are refreshed, stats kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gaze_demo import clock
from gaze_demo.view.recent import Recent
from gaze_demo.view.run_stats import RunStats
from gaze_demo.view.window import Window
from gaze_demo.view.workers.engine import SIDES, Engine
from gaze_demo.view.workers.shot import Sight

if TYPE_CHECKING:
    from gaze_demo.camera.reader import ReaderStatus

_FIGURES_MS, _PLOT_MS = 250, 60


class Live(QObject):
    """Brings sights from the engine to the panes.

    Attributes: `seen`, the sides that have shown something of the source in use.

    Signals: `first_seen`, when a side joins them; `sighted`, with side and Sight, for each that is shown.
    """

    first_seen = Signal()
    sighted = Signal(str, object)

    def __init__(self, window: Window, engine: Engine, stats: RunStats) -> None:
        super().__init__(window)
        self.seen: set[str] = set()
        self._lag_s = Recent(1.0)
        self._window, self._engine, self._stats = window, engine, stats
        engine.sight_ready.connect(self._show)
        for side in SIDES:
            preview = window.panes[side].preview
            preview.painted.connect(lambda sight, draw_ms, s=side: self._count(s, sight, draw_ms))
            preview.resized.connect(self._fit_previews)
        self._turn = 0
        self._parts = (
            *(window.panes[side].refresh_figures for side in SIDES),
            window.agreement.refresh,
            window.stages.refresh,
            window.person.refresh,
            self._refresh_header,
        )
        self._figures = QTimer(self, interval=_FIGURES_MS // len(self._parts))
        self._figures.timeout.connect(self._refresh_next)
        self._figures.start()
        self._plot = QTimer(self, interval=_PLOT_MS)
        self._plot.timeout.connect(window.plot.refresh)
        self._plot.start()

    def forget(self) -> None:
        """Another source: nothing of the one before is to be compared with it."""
        self.seen.clear()
        self._window.person.show_observation(None)
        for pane in self._window.panes.values():
            pane.forget()
        for part in (self._window.agreement, self._window.plot, self._window.stages):
            part.clear()

    def stop(self) -> None:
        """The window closes."""
        self._figures.stop()
        self._plot.stop()

    def refresh(self) -> None:
        """Write all figures anew."""
        for part in self._parts:
            part()

    def _refresh_next(self) -> None:
        """One part of the window after the other, so that no step takes long."""
        self._turn = (self._turn + 1) % len(self._parts)
        self._parts[self._turn]()

    def _refresh_header(self) -> None:
        self._window.header.filter.show_lag(self._lag_s.median())
        self._window.header.show_status(self._status_text(self._engine.reader_status))

    def _show(self, side: str) -> None:
        sight = self._engine.take(side)
        if sight is None or sight.shot.source != self._engine.source_number:
            return
        window, estimate = self._window, sight.estimate
        seen = sight.shot.observation
        frame = seen.frame
        window.panes[side].show_sight(sight)
        if side not in self.seen:
            self.seen.add(side)
            window.fit_shape(frame.width, frame.height)
            self.first_seen.emit()
        if side == "left" and sight.filtered.mean is not None:
            self._lag_s.add(clock.now_s(), self._engine.lag_s("left") or 0.0)
        raw = estimate.gaze if estimate else None
        if side == "left":
            window.person.show_observation(seen)
        window.agreement.add(side, frame.index, raw)
        window.plot.add(side, sight.filtered.mean, frame.truth.gaze if frame.truth else None)
        self.sighted.emit(side, sight)

    def _count(self, side: str, sight: Sight, draw_ms: float) -> None:
        self._window.stages.add(side, sight, draw_ms)
        self._stats.add(side, sight, draw_ms)

    def _fit_previews(self) -> None:
        sizes = [self._window.panes[side].preview.wanted_size for side in self._window.sides]
        box = max(width for width, _ in sizes), max(height for _, height in sizes)
        if box != self._engine.wishes.preview_box:
            self._engine.wishes.preview_box = box
            self._engine.refresh()

    @staticmethod
    def _status_text(status: ReaderStatus | None) -> str:
        if status is None or not status.width:
            return ""
        dropped = f" · {status.dropped} dropped" if status.dropped else ""
        return f"{status.width} × {status.height} · {status.fps:.0f} fps{dropped}"
