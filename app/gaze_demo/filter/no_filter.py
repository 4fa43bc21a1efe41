"""No filter: the model's gaze is drawn unchanged."""

from __future__ import annotations

from gaze_demo.filter.kinds import FilterKind
from gaze_demo.geometry import Array


class NoFilter:
    """Passes every gaze as it is."""

    lag_s = 0.0

    def apply(self, gaze: Array | None, time_s: float) -> Array | None:
        return gaze


NONE = FilterKind("none", "No filter", "Draw each gaze as the model gives it.", NoFilter)
