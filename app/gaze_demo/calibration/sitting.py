"""The course of a calibration: which target is shown when, what is collected, what is repeated. It knows no window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from gaze_demo.calibration.collect import Collector, Look
from gaze_demo.calibration.sample import FACE_MARGIN, Fixation, Kind
from gaze_demo.calibration.targets import PursuitPath, Target
from gaze_demo.geometry import Array
from gaze_demo.observation import Observation

ENOUGH_FRAMES = 12
Phase = Literal["travel", "settle", "look", "done"]


@dataclass(frozen=True)
class Timing:
    """Of one target, in seconds: the dot travels, then the eyes arrive (an eye needs 0.2 s to start and may overshoot),
    then frames count. Nine targets take 18 s."""

    travel_s: float = 0.45
    settle_s: float = 0.55
    look_s: float = 1.0
    # A slow camera or machine gets this much more time for a look, until there are enough frames.
    longest_s: float = 2.5
    grace_s: float = 0.4  # longest wait for frames that were captured in time but are still being processed
    repeats: int = 2


@dataclass(frozen=True)
class Dot:
    """What to draw: where, in px of the screen; `size` 1 (arriving) to 0 (nearly over); which of how many."""

    x_px: float
    y_px: float
    size: float
    phase: Phase
    kind: Kind
    number: int
    total: int
    hint: str = ""


@dataclass(frozen=True)
class Skipped:
    """A target that stayed bad after all repeats, and why."""

    kind: Kind
    target: int
    reason: str


class Sitting:
    """First the targets, or a path to follow, for the fit, then targets for the validation. Pass every observation to
    `add` and the time to `advance`, both on the clock of the frames; `advance` returns what to draw, None when all is
    done. `margin`: how far kept pictures reach beyond the face, see `cut_to_face`.

    Attributes:
        fixations: what was gathered, in order; bad looks are left out.
        skipped: targets that stayed bad.
    """

    def __init__(
        self,
        fit: Sequence[Target] | PursuitPath,
        validation: Sequence[Target],
        timing: Timing | None = None,
        *,
        margin: float = FACE_MARGIN,
    ) -> None:
        self._timing = timing or Timing()
        self._path = fit if isinstance(fit, PursuitPath) else None
        steps: list[tuple[Kind, Target]] = []
        if isinstance(fit, PursuitPath):
            steps.append(("fit", fit.target(0.0)))
        else:
            steps.extend(("fit", target) for target in fit)
        steps.extend(("validation", target) for target in validation)
        if not steps:
            raise ValueError("a sitting needs a target")
        self._steps = steps
        self._step = 0
        self._repeat = 0
        self._hint = ""
        self._from: Array | None = None
        self._started_s: float | None = None
        self._duration_s = 0.0
        self._seen_until_s = -np.inf
        self._collectors: list[Collector] = []
        self._looks: list[Look] = []
        self._margin = margin
        self.fixations: list[Fixation] = []
        self.skipped: list[Skipped] = []

    @property
    def done(self) -> bool:
        return self._step >= len(self._steps)

    @property
    def steps(self) -> int:
        """Targets in all; a path counts as one."""
        return len(self._steps)

    @property
    def steps_done(self) -> int:
        return self._step

    def add(self, seen: Observation) -> None:
        """An observation, in order of capture time."""
        self._seen_until_s = max(self._seen_until_s, seen.frame.time_s)
        if self.done or self._started_s is None:
            return
        if self._pursuing and self._path is not None:
            target = self._path.target(seen.frame.time_s - self._look_s)
            while len(self._looks) < target.index:  # only the kept part of the path stays in memory
                self._looks.append(self._collectors[len(self._looks)].finish())
            self._collectors[target.index].add(seen, target.point_px)
        else:
            self._collectors[0].add(seen, self._steps[self._step][1].point_px)

    def restart(self, now_s: float) -> None:
        """Start the current target again, for example after a pause; this does not count as a repetition."""
        if self._started_s is not None and not self.done:
            self._begin(now_s)

    def advance(self, now_s: float) -> Dot | None:
        """What to draw now; None when the sitting is over."""
        if self._started_s is None:
            self._begin(now_s)
        while not self.done and (
            now_s >= self._end_s + self._timing.grace_s or self._seen_until_s >= self._end_s <= now_s
        ):
            if not self._pursuing and 0 < self._collectors[0].frames < ENOUGH_FRAMES and self._extend():
                continue
            self._finish_step()
            if not self.done:
                self._begin(now_s)
        return None if self.done else self._dot(now_s)

    @property
    def _pursuing(self) -> bool:
        return self._path is not None and self._step == 0

    @property
    def _look_s(self) -> float:
        assert self._started_s is not None
        return self._started_s + self._timing.travel_s + self._timing.settle_s

    @property
    def _end_s(self) -> float:
        return self._look_s + self._duration_s

    def _extend(self) -> bool:
        """Look for longer; False if it has lasted long enough."""
        if self._duration_s >= self._timing.longest_s:
            return False
        self._duration_s = min(self._duration_s + self._timing.look_s / 2, self._timing.longest_s)
        self._collectors[0].end_s = self._end_s
        return True

    def _begin(self, now_s: float) -> None:
        self._started_s = now_s
        self._looks = []
        pursued = self._path is not None and self._pursuing
        self._duration_s = self._path.duration_s if self._path is not None and pursued else self._timing.look_s
        kind, target = self._steps[self._step]
        if self._path is not None and self._pursuing:
            edges = np.linspace(self._look_s, self._end_s, self._path.segments + 1)
            self._collectors = [
                Collector(kind, i, float(start_s), float(end_s), moving=True, margin=self._margin)
                for i, (start_s, end_s) in enumerate(pairwise(edges))
            ]
        else:
            self._collectors = [Collector(kind, target.index, self._look_s, self._end_s, margin=self._margin)]

    def _finish_step(self) -> None:
        looks = [*self._looks, *(collector.finish() for collector in self._collectors[len(self._looks) :])]
        good = [look for look in looks if look.good]
        problem = next((look.problem for look in looks if not look.good), "") if 2 * len(good) < len(looks) else ""
        if problem and self._repeat < self._timing.repeats:
            self._repeat += 1
            self._hint = problem
            return
        if problem:
            kind, target = self._steps[self._step]
            self.skipped.append(Skipped(kind, target.index, problem))
            if kind == "validation":  # its lost frames must show in the report
                good = [look for look in looks if look.fixation.frames]
        self.fixations.extend(look.fixation for look in good)
        self._from = self._steps[self._step][1].point_px
        self._step += 1
        self._repeat, self._hint = 0, ""

    def _dot(self, now_s: float) -> Dot:
        kind, target = self._steps[self._step]
        assert self._started_s is not None
        elapsed = now_s - self._started_s
        numbers = [k for k, _ in self._steps]
        number, total = self._step + 1 - numbers.index(kind), numbers.count(kind)
        phase: Phase = "travel"
        point, size = target.point_px, 1.0
        if elapsed < self._timing.travel_s:
            share = elapsed / self._timing.travel_s
            if self._from is not None and not self._repeat:
                point = self._from + (point - self._from) * share * share * (3 - 2 * share)
        elif now_s < self._look_s:
            phase = "settle"
            size = 1.0 - 0.5 * (elapsed - self._timing.travel_s) / self._timing.settle_s
        else:
            phase = "look"
            share = min((now_s - self._look_s) / (self._end_s - self._look_s), 1.0)
            size = 0.5 * (1.0 - share)
            if self._path is not None and self._pursuing:
                point, size = self._path.target(now_s - self._look_s).point_px, 0.5
        hint = self._hint if phase != "look" else ""
        return Dot(float(point[0]), float(point[1]), float(size), phase, kind, number, total, hint)
