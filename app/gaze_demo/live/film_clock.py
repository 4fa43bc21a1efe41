"""When a frame of a file was due: files have their own clock."""

from __future__ import annotations

_GIVE_UP_S = 1.0


class FilmClock:
    """Ties the medium's clock to `gaze_demo.clock`.

    The frame with the least delay determines the offset; after a jump of more than a second, for example because the
    machine slept, it is measured again.
    """

    def __init__(self) -> None:
        self._offset_s: float | None = None

    def due_s(self, medium_s: float, came_s: float) -> float:
        """When a frame of the medium's time `medium_s`, which came at `came_s`, was due."""
        offset = came_s - medium_s
        if self._offset_s is None or not 0 <= offset - self._offset_s < _GIVE_UP_S:
            self._offset_s = offset
        return medium_s + self._offset_s
