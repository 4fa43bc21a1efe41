"""Says when several people are in the picture, and lets the user choose whose gaze is shown."""

from __future__ import annotations

from gaze_demo import clock
from gaze_demo.desk.notices import Notices
from gaze_demo.live.engine import Engine
from gaze_demo.observation import Observation

_ALONE_S = 5.0  # after this long alone, the next visitor is reported again
_ANSWER_S = 1.0  # A click on a face takes effect within this time, or not at all
_KEY = "people"


class People:
    """Reports once that there are several people; a click on a face chooses which of them is followed."""

    def __init__(self, notices: Notices, engine: Engine) -> None:
        self._notices, self._engine = notices, engine
        self._several_s: float | None = None
        self._clicked_s: float | None = None
        self._person = 0

    def see(self, seen: Observation) -> None:
        """Updates the number of people from a shown sight."""
        now = clock.now_s()
        if seen.people > 1:
            if self._several_s is None:
                self._notices.info(
                    f"{seen.people} people are in the picture, and the gaze of one of them is shown. "
                    "Click on another face to follow it instead.",
                    _KEY,
                )
            self._several_s = now
        elif self._several_s is not None and now - self._several_s > _ALONE_S:
            self._several_s = None
            self._notices.withdraw(_KEY)
        if self._clicked_s is not None and now - self._clicked_s > _ANSWER_S:
            self._clicked_s = None
        if seen.person and seen.person != self._person:
            if self._clicked_s is not None and self._several_s is not None:
                self._notices.info("The face that you clicked on is followed.", _KEY)
            self._clicked_s = None
            self._person = seen.person

    def choose(self, x_px: float, y_px: float) -> None:
        """Follow the face at this point of the undistorted picture."""
        self._clicked_s = clock.now_s()
        self._engine.choose_face(x_px, y_px)

    def forget(self) -> None:
        """Another source is opened."""
        self._several_s = self._clicked_s = None
        self._person = 0
        self._notices.withdraw(_KEY)
