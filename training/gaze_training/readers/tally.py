"""Counts by reason what a reader leaves out of a data set, so that nothing is lost silently."""

from __future__ import annotations

from collections import Counter

import numpy as np

from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_training.data.sample import Faces

# A gaze further than this from the line to the camera belongs to an eye that the camera cannot see.
FAR_EYE_DEG = 90.0


class Tally:
    """Counts by reason; a reason is a phrase that completes "N ..."."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, reason: str, count: int = 1) -> None:
        if count:
            self.counts[reason] += count

    def sentences(self) -> list[str]:
        """One sentence a reason, the largest count first."""
        return [f"{count:,} {reason}." for reason, count in self.counts.most_common()]


def without_impossible_labels(faces: Faces, tally: Tally) -> Faces:
    """The same faces; eyes whose label cannot be true are no longer valid, and faces without a valid eye are left out.

    A gaze that is not finite or points away from the camera, and an iris outside the crop, cannot be true. An iris that
    is not known (NaN) says nothing.
    """
    with np.errstate(invalid="ignore"):
        away = (np.abs(faces.gaze) > np.radians(FAR_EYE_DEG)).any(-1)
        x, y = faces.iris_px[..., 0], faces.iris_px[..., 1]
        outside = (x < 0) | (x > WIDTH_PX) | (y < 0) | (y > HEIGHT_PX)
    unknown = ~np.isfinite(faces.gaze).all(-1)
    tally.add("eyes with a gaze that is not a number were left out", int((faces.valid & unknown).sum()))
    tally.add("eyes with a gaze that points away from the camera were left out", int((faces.valid & away).sum()))
    tally.add("eyes with an iris outside the crop were left out", int((faces.valid & outside & ~away).sum()))
    faces.valid[unknown | away | outside] = False
    seen = faces.valid.any(1)
    return faces if seen.all() else faces.select(seen)
