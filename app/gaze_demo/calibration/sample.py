"""What is kept of a sitting: enough of every frame that any model, also one added later, can be run on it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.observation import Observation
from gaze_demo.screen import ScreenGeometry

_MARGIN = 0.35
"""Around the landmarks' box, in its size: face crops of public models reach this far."""

Kind = Literal["fit", "validation"]
DistanceSource = Literal["assumed field of view", "given field of view", "measured intrinsics"]


class CameraKey(BaseModel):
    """The camera that was used: its name, image size in px, horizontal field of view and how that is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(max_length=400)]
    width: Annotated[int, Field(gt=0, le=20000)]
    height: Annotated[int, Field(gt=0, le=20000)]
    hfov_deg: Annotated[float, Field(gt=1, lt=179, allow_inf_nan=False)]
    distance_source: DistanceSource = "assumed field of view"


@dataclass(frozen=True, eq=False)
class Sample:
    """One frame of a look at a target: an observation cut to the face, and the point looked at in px (2,)."""

    observation: Observation
    point_px: Array


@dataclass(frozen=True, eq=False)
class Fixation:
    """One look at a target.

    `target`: which of its kind; a fit leaves whole targets out by it. `frames`: camera frames in the time that counts,
    with or without a gaze; `samples`: those that can be read, in order of time.
    """

    kind: Kind
    target: int
    frames: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, eq=False)
class Session:
    """A sitting of one person before one screen and one camera. `created`: ISO 8601, UTC."""

    screen: ScreenGeometry
    camera: CameraKey
    created: str
    fixations: tuple[Fixation, ...]

    def of_kind(self, kind: Kind) -> list[Fixation]:
        return [fixation for fixation in self.fixations if fixation.kind == kind]

    @property
    def distance_mm(self) -> float:
        """Median distance from the lens to the eyes; NaN without samples."""
        poses = [s.observation.pose for f in self.fixations for s in f.samples]
        found = [pose.distance_mm for pose in poses if pose is not None]
        return float(np.median(found)) if found else float("nan")


def cut_to_face(seen: Observation) -> Observation:
    """The same observation with the image cut to the face; landmarks and camera are moved along.

    Every crop that a model can ask for is cut from the face's surroundings, so nothing that matters is lost. Raises
    ValueError where no face was found.
    """
    if seen.landmarks is None:
        raise ValueError("an observation without a face cannot be cut to it")
    x0, y0, x1, y1 = seen.landmarks.box_px
    dx, dy = (x1 - x0) * _MARGIN, (y1 - y0) * _MARGIN
    height, width = seen.frame.image.shape[:2]
    left, right = (int(v) for v in np.clip([x0 - dx, x1 + dx + 1], 0, width))
    top, bottom = (int(v) for v in np.clip([y0 - dy, y1 + dy + 1], 0, height))
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    image = np.ascontiguousarray(seen.frame.image[top:bottom, left:right])
    points = seen.landmarks.points_px - np.array([left, top])
    camera = seen.camera
    return replace(
        seen,
        frame=replace(seen.frame, image=image),
        camera=Intrinsics(right - left, bottom - top, camera.fx, camera.fy, camera.cx - left, camera.cy - top),
        landmarks=replace(seen.landmarks, points_px=points),
    )
