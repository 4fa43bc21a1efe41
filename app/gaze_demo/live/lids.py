"""Lids that are on their way: around a blink the landmarks of the eyes are off, and so is every gaze."""

from __future__ import annotations

from collections import deque

from gaze_demo.observation import Observation, Reason

_FALL = 0.65
"""Of the openness a moment ago: who looks down lowers the lids by less in that time."""
_MOMENT_S = 0.2
_AFTER_S = 0.1
"""How long landmarks need after the eyes are open again."""


class LidGuard:
    """Watches the eye that is open further, so that a wink, or an eye that is always closed, is no blink."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque()
        self._moving_until_s = float("-inf")

    def moving(self, seen: Observation) -> bool:
        """Whether this frame lies around a blink; frames come in order of their times, a jump starts again."""
        now, eyes = seen.frame.time_s, [eye for eye in (seen.left, seen.right) if eye is not None]
        if self._recent and not 0 <= now - self._recent[-1][0] < 1.0:
            self._recent.clear()
            self._moving_until_s = float("-inf")
        if not eyes:
            return now < self._moving_until_s
        openness = max(eye.openness for eye in eyes)
        while self._recent and now - self._recent[0][0] > _MOMENT_S:
            self._recent.popleft()
        before = max((value for _, value in self._recent), default=openness)
        self._recent.append((now, openness))
        if seen.reason is Reason.EYE_CLOSED or openness < _FALL * before:
            self._moving_until_s = now + _AFTER_S
        return now < self._moving_until_s
