"""Whether an eye is closed according to the landmarks, relative to how wide this person's eyes are open at other
times."""

from __future__ import annotations

import math

USUAL = 0.225  # openness of an open eye before anything is known about it; photographs of 549 people have 0.13 to 0.36
_NARROWEST, _WIDEST = 0.12, 0.35
_SHUT_SHARE = 0.38  # an eye that is open less than this share of what is usual shows no iris
_SHUT_SHARE_WITH_SCORE = 0.48
# The eye is also closed below this share if the blink score is as high as the score of looking down. An eye that looks
# down has narrow lids and a high blink score too, but a higher one of looking down.
_BLINK_OVER_DOWN = -0.03
# Time constants of the usual openness: it follows the open eye quickly, and hardly falls while somebody looks down.
_WIDER_S, _NARROWER_S = 0.5, 20.0


class UsualOpenness:
    """How wide one eye is usually open (see `EyeMeasures.openness`), estimated from frames in which it is not
    closed."""

    def __init__(self) -> None:
        self._usual = USUAL
        self._time_s: float | None = None

    def is_closed(self, openness: float, blink: float = math.nan, down: float = math.nan) -> bool:
        """`blink`, `down`: MediaPipe's scores, NaN if unknown; they only count where the eye `is_doubtful`."""
        return openness < _SHUT_SHARE * self._bounded or (
            self.is_doubtful(openness) and blink - down > _BLINK_OVER_DOWN
        )

    def is_doubtful(self, openness: float) -> bool:
        """Whether an eye is too narrow to be open for certain, and too wide to be closed for certain."""
        return _SHUT_SHARE * self._bounded <= openness < _SHUT_SHARE_WITH_SCORE * self._bounded

    @property
    def _bounded(self) -> float:
        return min(max(self._usual, _NARROWEST), _WIDEST)

    def learn(self, openness: float, time_s: float) -> None:
        """Take note of an eye that is not closed."""
        past = 1 / 30 if self._time_s is None else min(max(time_s - self._time_s, 0.0), 1.0)
        self._time_s = time_s
        span = _WIDER_S if openness > self._usual else _NARROWER_S
        self._usual += (openness - self._usual) * (1 - math.exp(-past / span))
