"""Collects the frames of one look at a target: which ones count, which are discarded, and whether the look was good."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from gaze_demo.calibration.readings import eye_landmarks
from gaze_demo.calibration.sample import FACE_MARGIN, Fixation, Kind, Sample, cut_to_face, without_picture
from gaze_demo.geometry import Array
from gaze_demo.observation import EyeObservation, Observation, Reason, Side

# For this long before and after the eye is closed, lids move and landmarks are wrong: such frames count as lost.
BLINK_MARGIN_S = 0.1
FEWEST_SAMPLES = 5
MOST_SAMPLES = 16  # kept for a fit: more frames of one look add little and cost disk and time
LEAST_SHARE = 0.5  # of a look's frames that must show the eyes
# Of the look's usual openness: a lid below that is moving, even if the eye is open enough to be read.
_BLINK_SHARE = 0.65
_SHUT_SHARE = 0.9
_SIDES: tuple[Side, ...] = ("left", "right")
_OUTLIER_DEVIATIONS = 4.0
_OUTLIER_FLOOR = 0.02
_RESTLESS = 0.10  # spread of the iris in eye widths, about 13 deg of gaze: the eyes wandered

_HINTS = {
    Reason.NO_FACE: "Your face was out of the picture",
    Reason.EYE_CLOSED: "Your eyes were closed",
    Reason.EYE_TOO_SMALL: "You are too far away",
    Reason.TOO_DARK: "It is too dark",
    Reason.HEAD_TURNED: "Your head was turned away",
    Reason.OUT_OF_PICTURE: "Your eyes were out of the picture",
    Reason.TWO_PEOPLE: "Somebody else was in the picture",
}


@dataclass(frozen=True, eq=False)
class Look:
    """The outcome of one look: a fixation, or the `problem` that makes it worth repeating."""

    fixation: Fixation
    problem: str = ""

    @property
    def good(self) -> bool:
        return not self.problem


class Collector:
    """Gathers the observations whose capture time lies in the part of a look that counts; the target may be moving.

    Pictures are packed as they come, and those without a readable eye are not kept: a look of any length takes a few
    megabytes.

    Attributes: `end_s`, when that part ends; it may be changed during the look.
    """

    def __init__(
        self,
        kind: Kind,
        target: int,
        start_s: float,
        end_s: float,
        *,
        moving: bool = False,
        margin: float = FACE_MARGIN,
    ) -> None:
        self._kind: Kind = kind
        self._target = target
        self._start_s, self.end_s = start_s, end_s
        self._moving = moving
        self._margin = margin
        self._seen: list[Observation] = []
        self._valid: list[Sample] = []

    def add(self, seen: Observation, point_px: Array) -> None:
        """Observations from before or after the time that counts are ignored."""
        if self._start_s <= seen.frame.time_s < self.end_s:
            self._seen.append(without_picture(seen))
            if seen.valid:
                self._valid.append(Sample(cut_to_face(seen, self._margin), point_px))

    @property
    def _person(self) -> int:
        """The person who was seen in most frames."""
        seen = Counter(sample.seen.person for sample in self._valid)
        return seen.most_common(1)[0][0] if seen else 0

    @property
    def frames(self) -> int:
        """How many came in the time that counts."""
        return len(self._seen)

    def finish(self) -> Look:
        """What was gathered, without blinks and, for a fit, without outliers. What is missing from a validation counts
        as lost."""
        valid = self._without_blinks([sample for sample in self._valid if sample.seen.person == self._person])
        if self._kind == "fit" and not self._moving:
            valid = _without_outliers(valid)
        problem = self._problem([sample.seen for sample in valid])
        if self._kind == "fit" and len(valid) > MOST_SAMPLES:
            valid = [valid[i] for i in np.linspace(0, len(valid) - 1, MOST_SAMPLES).round().astype(int)]
        return Look(Fixation(self._kind, self._target, len(self._seen), tuple(valid)), problem)

    def _without_blinks(self, valid: list[Sample]) -> list[Sample]:
        shut = self._shut_throughout()
        usual = float(np.median([_openness(sample.seen, shut) for sample in valid])) if valid else 0.0
        closed = [
            seen.frame.time_s
            for seen in self._seen
            if any(eye.reason is Reason.EYE_CLOSED for eye in _eyes(seen, shut))
            or _openness(seen, shut) < _BLINK_SHARE * usual
        ]
        return [
            sample
            for sample in valid
            if all(abs(sample.seen.frame.time_s - time_s) > BLINK_MARGIN_S for time_s in closed)
        ]

    def _shut_throughout(self) -> frozenset[Side]:
        """An eye that is closed in nearly all frames is not a blink: some people see with only one eye."""
        faces = [seen for seen in self._seen if seen.left is not None and seen.right is not None]
        shut = [
            side
            for side in _SIDES
            if sum(eye.side == side and eye.reason is Reason.EYE_CLOSED for seen in faces for eye in _eyes(seen))
            > _SHUT_SHARE * len(faces)
        ]
        return frozenset(shut) if len(shut) == 1 else frozenset()

    def _problem(self, kept: list[Observation]) -> str:
        if not self._seen:
            return "The camera gave no picture"
        if len({seen.person for seen in self._seen if seen.person}) > 1:
            return "Another face was mistaken for yours"
        # A validation is repeated only if nothing could be measured: lost frames belong in the report.
        fewest = max(FEWEST_SAMPLES, LEAST_SHARE * len(self._seen) if self._kind == "fit" else 0.0)
        if sum(seen.valid for seen in self._seen) < fewest:
            reasons = Counter(seen.reason for seen in self._seen if not seen.valid).most_common(1)
            return _HINTS.get(reasons[0][0] if reasons else Reason.NO_ANSWER, "Your eyes could not be seen long enough")
        if len(kept) < FEWEST_SAMPLES:
            return "You blinked"
        if self._kind == "fit" and not self._moving and _iris(kept).std(0).max() > _RESTLESS:
            return "Your eyes wandered"
        return ""


def _eyes(seen: Observation, without: frozenset[Side] = frozenset()) -> list[EyeObservation]:
    return [eye for eye in (seen.left, seen.right) if eye is not None and eye.side not in without]


def _openness(seen: Observation, without: frozenset[Side]) -> float:
    """The openness of the eye that is closed further; infinite if no eye was found."""
    return min((eye.openness for eye in _eyes(seen, without)), default=np.inf)


def _iris(seen: list[Observation]) -> Array:
    """Where both irises are (n, 2), in eye widths along the line of the corners."""
    features = np.array([eye_landmarks(one.landmarks) for one in seen if one.landmarks is not None])
    return features[:, [0, 4]]


def _without_outliers(valid: list[Sample]) -> list[Sample]:
    """Frames whose irises are far from the look's median are glances elsewhere, or wrong landmarks."""
    if len(valid) < FEWEST_SAMPLES:
        return valid
    iris = _iris([sample.seen for sample in valid])
    away = np.abs(iris - np.median(iris, 0)).max(1)
    limit = max(_OUTLIER_DEVIATIONS * 1.4826 * float(np.median(away)), _OUTLIER_FLOOR)
    return [sample for sample, distance in zip(valid, away, strict=True) if distance <= limit]
