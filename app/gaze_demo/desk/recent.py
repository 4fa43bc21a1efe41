"""Numbers of the last seconds, and what a person reads from them."""

from __future__ import annotations

from collections import deque


class Recent:
    """Values with their times, forgotten after `span_s` seconds."""

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._items: deque[tuple[float, float]] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def add(self, time_s: float, value: float) -> None:
        self._items.append((time_s, value))
        self.forget(time_s)

    def forget(self, now_s: float) -> None:
        """Drop what is older than the span, seen from `now_s`; and what is newer, as after a jump back in a video."""
        while self._items and not now_s - self._span_s <= self._items[0][0] <= now_s:
            self._items.popleft()

    def clear(self) -> None:
        self._items.clear()

    def items(self) -> list[tuple[float, float]]:
        """Times and values, oldest first."""
        return list(self._items)

    @property
    def last(self) -> float | None:
        return self._items[-1][1] if self._items else None

    def median(self) -> float | None:
        return self.percentile(50.0)

    def percentile(self, percent: float) -> float | None:
        if not self._items:
            return None
        values = sorted(value for _, value in self._items)  # faster than numpy for so few
        place = (len(values) - 1) * percent / 100
        below = int(place)
        above = min(below + 1, len(values) - 1)
        return values[below] + (values[above] - values[below]) * (place - below)

    def per_second(self) -> float | None:
        """How often values came; None below two of them."""
        if len(self._items) < 2:
            return None
        elapsed = self._items[-1][0] - self._items[0][0]
        return (len(self._items) - 1) / elapsed if elapsed > 0 else None
