"""Finds blinks from consecutive frames, because a single frame cannot tell a blink from a look down."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from gaze_demo.estimate import GazeEstimate
from gaze_demo.observation import Observation, Reason

_MOMENT_S = 0.2
# Of the lids' openness at most `_MOMENT_S` ago: when lids follow a look down they close by less in that time
_FALL = 0.65
# The same for both irises, if the model reports them: landmarks of small or blurred eyes jump by themselves.
_IRIS_OF_FALLING = 0.75

# Lids stay shut for 0.1 to 0.2 s in a blink (Stern, Walrath and Goldstein, 1984). Somebody who looks down for longer is
# recognised as looking down again after this time.
_CLOSED_S = 0.3
# Of what was seen of both irises at most `_CLOSED_S` ago. Of blinks in films of real people 0.33 to 0.54 is left, of
# fast looks down 0.6 and more.
_LEFT_OF_IRIS = 0.55
_LEFT_OF_ONE_IRIS = 0.65
_MOST_IRIS = 0.45  # where more than this is seen of the irises, eyes are not closed, no matter what was seen before

_AFTER_S = 0.1  # how long landmarks need after the eyes are open again
_LONGEST_STEP_S = 1.0  # frames that are further apart are not compared


@dataclass(frozen=True)
class _Eyes:
    """`openness`: of the eye that is open further. `irises`: visible share of each iris, NaN if the model does not
    report it."""

    time_s: float
    openness: float
    irises: tuple[float, float]


class BlinkWatch:
    """Removes the gaze of frames in which the eyes are closed or the lids are moving.

    Around a blink the landmarks of the eyes are wrong, and therefore every gaze too. Use one for each model and source,
    and pass the frames in the order of their times. A jump in time resets it. A wink, or an eye that is always closed,
    does not count as a blink.
    """

    def __init__(self) -> None:
        self._before: deque[_Eyes] = deque()
        self._moving_until_s = float("-inf")

    def judged(self, seen: Observation, estimate: GazeEstimate) -> GazeEstimate:
        """The estimate, without a gaze where this frame is part of a blink: "eye closed" where the lids are shut, "lids
        moving" just before and after."""
        now = seen.frame.time_s
        if self._before and not 0 < now - self._before[-1].time_s < _LONGEST_STEP_S:
            self._before.clear()
            self._moving_until_s = float("-inf")
        eyes = _eyes_of(seen, estimate)
        if eyes is None:
            return estimate
        closed = estimate.reason is Reason.EYE_CLOSED or self._shut(eyes)
        if closed or self._falling(eyes):
            self._moving_until_s = now + _AFTER_S
        self._before.append(eyes)
        if estimate.gaze is None or now >= self._moving_until_s:
            return estimate
        reason = Reason.EYE_CLOSED if closed else Reason.LIDS_MOVING
        return replace(
            estimate, gaze=None, left=None, right=None, reason=reason, left_reason=reason, right_reason=reason
        )

    def _shut(self, eyes: _Eyes) -> bool:
        """Whether the lids have covered the irises of both eyes within the last moments."""
        before = np.array([one.irises for one in self._before if eyes.time_s - one.time_s <= _CLOSED_S])
        now = np.array(eyes.irises)
        if len(before) == 0 or not np.isfinite(now).all() or now.mean() > _MOST_IRIS:
            return False
        return bool(
            now.mean() < _LEFT_OF_IRIS * before.mean(1).max(initial=0.0, where=np.isfinite(before).all(1))
            and (now < _LEFT_OF_ONE_IRIS * np.nan_to_num(before).max(0)).all()
        )

    def _falling(self, eyes: _Eyes) -> bool:
        while self._before and eyes.time_s - self._before[0].time_s > _CLOSED_S:
            self._before.popleft()
        before = [one for one in self._before if eyes.time_s - one.time_s <= _MOMENT_S]
        if eyes.openness >= _FALL * max((one.openness for one in before), default=0.0):
            return False
        told = [sum(one.irises) for one in before if not math.isnan(sum(one.irises))]
        return not (told and sum(eyes.irises) >= _IRIS_OF_FALLING * max(told))


def _eyes_of(seen: Observation, estimate: GazeEstimate) -> _Eyes | None:
    eyes = [eye for eye in (seen.left, seen.right) if eye is not None]
    if not eyes:
        return None
    left, right = (
        float("nan") if told is None else told.iris_visible
        for told in (estimate.left_condition, estimate.right_condition)
    )
    return _Eyes(seen.frame.time_s, max(eye.openness for eye in eyes), (left, right))
