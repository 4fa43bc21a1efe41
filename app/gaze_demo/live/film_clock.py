"""When a frame of a file was due: files have a clock of their own."""

from __future__ import annotations

_GIVE_UP_S = 1.0


class FilmClock:
    """Ties the medium's clock to `gaze_demo.clock`.

    The frame that came with the least delay sets the tie; after a jump of over a second, as after the machine slept,
    it is tied again.
    """

    def __init__(self) -> None:
        self._offset_s: float | None = None

    def due_s(self, medium_s: float, came_s: float) -> float:
        """When a frame of the medium's time `medium_s`, which came at `came_s`, was due."""
        offset = came_s - medium_s
        if self._offset_s is None or not 0 <= offset - self._offset_s < _GIVE_UP_S:
            self._offset_s = offset
        return medium_s + self._offset_s
