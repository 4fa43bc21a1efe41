"""Combines the results of the panes' threads into one sample per frame, for the recording."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Shot, Sight
from gaze_demo.pipeline import GazeSample, ModelGaze

MOST_WAITING = 30  # shots that may wait for a slow model, each with its picture: 1 s at 30 frames per second


@dataclass(eq=False)
class _Waiting:
    """A shot, the panes that may still answer it, and what the others answered."""

    shot: Shot
    panes: set[PaneId]
    gazes: dict[PaneId, ModelGaze] = field(default_factory=dict)


class SampleJoiner:
    """Delivers every frame once, in order, with the unfiltered gazes of all models that answered it. Only shots of the
    same source as the first one count. A model that is slower than the source skips shots: once it answers a later one,
    earlier ones no longer wait for it. `make_gaze` turns a sight with an estimate into a ModelGaze, in the thread of
    its model. `deliver` is called from any of the threads, by one at a time, and must not wait.
    """

    def __init__(self, make_gaze: Callable[[PaneId, Sight], ModelGaze], deliver: Callable[[GazeSample], None]) -> None:
        self._make_gaze, self._deliver = make_gaze, deliver
        self._lock = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._source: int | None = None
        self._last_index = -1
        self._closed = False

    def add_shot(self, shot: Shot, panes: tuple[PaneId, ...]) -> None:
        """A shot, before it is handed to the models of these panes; a shot that is observed again counts once."""
        with self._lock:
            index = shot.observation.frame.index
            self._source = shot.source if self._source is None else self._source
            if self._closed or shot.source != self._source or index <= self._last_index:
                return
            self._last_index = index
            self._waiting.append(_Waiting(shot, set(panes)))
            if len(self._waiting) > MOST_WAITING:
                self._waiting[0].panes.clear()
            self._let_go()

    def add_sight(self, pane: PaneId, sight: Sight) -> None:
        """What the model of a pane made of a shot."""
        gaze = None if sight.estimate is None else self._make_gaze(pane, sight)
        with self._lock:
            if not any(one.shot is sight.shot for one in self._waiting):
                return
            for one in self._waiting:
                one.panes.discard(pane)
                if one.shot is sight.shot:
                    if gaze is not None:
                        one.gazes.setdefault(pane, gaze)
                    break
            self._let_go()

    def close(self) -> None:
        """Deliver what still waits, with the answers so far; later ones are ignored."""
        with self._lock:
            self._closed = True
            for one in self._waiting:
                one.panes.clear()
            self._let_go()

    def _let_go(self) -> None:
        while self._waiting and not self._waiting[0].panes:
            one = self._waiting.popleft()
            gazes: dict[str, ModelGaze] = {}  # by the model's name: both panes may show the same one
            for gaze in (one.gazes[pane] for pane in PaneId if pane in one.gazes):
                gazes.setdefault(gaze.estimate.model, gaze)
            self._deliver(GazeSample.of(one.shot.observation, tuple(gazes.values())))
