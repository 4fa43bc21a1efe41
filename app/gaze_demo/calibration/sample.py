"""What is kept of a sitting: enough of every frame to run any model on it, even one that is added later."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal
from uuid import uuid4

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.observation import Observation
from gaze_demo.screen import ScreenGeometry

# Margin around the landmarks' box, relative to its size: the crops of most models reach this far (see
# `gaze_demo.model.reach`).
FACE_MARGIN = 0.35
# Of a kept picture; a face that fills more of a fine camera's picture is kept smaller, its eyes stay larger than any
# model's crop.
_LARGEST_PX = 1_500_000
_ENCODING = (cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)
_EMPTY = np.zeros((0, 0, 3), np.uint8)

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


class Sample:
    """One frame of a look at a target: an observation cut to the face, and the point looked at in px (2,).

    The picture is kept as a JPEG of high quality, about 60 kB, and decoded whenever it is needed, because a sitting has
    hundreds.

    Attributes: `seen`, the observation with an empty picture; `jpeg`, the picture; `point_px`.
    """

    def __init__(self, observation: Observation, point_px: Array) -> None:
        self._set(observation, encode_picture(observation.frame.image), point_px)

    @classmethod
    def of_jpeg(cls, seen: Observation, jpeg: bytes, point_px: Array) -> Sample:
        """A sample whose picture is packed already."""
        sample = cls.__new__(cls)
        sample._set(seen, jpeg, point_px)
        return sample

    def _set(self, seen: Observation, jpeg: bytes, point_px: Array) -> None:
        self.seen = without_picture(seen)
        self.jpeg = jpeg
        self.point_px = point_px

    @property
    def observation(self) -> Observation:
        """The observation with its picture; unpacking takes some milliseconds."""
        return replace(self.seen, frame=replace(self.seen.frame, image=decode_picture(self.jpeg)))


def encode_picture(image: NDArray[np.uint8]) -> bytes:
    """A BGR image as a JPEG that keeps what models look at: 95 % quality, full colour."""
    return bytes(cv2.imencode(".jpg", image, _ENCODING)[1].tobytes())


def decode_picture(jpeg: bytes) -> NDArray[np.uint8]:
    """The BGR image (h, w, 3) of a JPEG; raises ValueError if it is damaged."""
    try:
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        image = None
    if image is None:
        raise ValueError("a kept picture is damaged")
    return np.asarray(image, np.uint8)


def without_picture(seen: Observation) -> Observation:
    """The same observation with an empty picture, which takes no memory."""
    return replace(seen, frame=replace(seen.frame, image=_EMPTY))


@dataclass(frozen=True, eq=False)
class Fixation:
    """One look at a target.

    `target`: its number among targets of this kind, by which a fit leaves out whole targets. `frames`: camera frames in
    the time that counts, with or without a gaze; `samples`: those that can be read, in order of time. `weight`: how
    much each counts in a fit, below 1 for looks of earlier sittings.
    """

    kind: Kind
    target: int
    frames: int
    samples: tuple[Sample, ...]
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class SittingData:
    """A sitting of one person before one screen and one camera.

    `created`: ISO 8601, UTC. `identity`: unique, empty for sittings from old files. `margin`: how far the
    kept pictures reach beyond the face's box, in its size.
    """

    screen: ScreenGeometry
    camera: CameraKey
    created: str
    fixations: tuple[Fixation, ...]
    identity: str = field(default_factory=lambda: uuid4().hex)
    margin: float = FACE_MARGIN

    def of_kind(self, kind: Kind) -> list[Fixation]:
        return [fixation for fixation in self.fixations if fixation.kind == kind]

    @property
    def distance_mm(self) -> float:
        """Median distance from the lens to the eyes; NaN without samples."""
        poses = [s.seen.pose for f in self.fixations for s in f.samples]
        found = [pose.distance_mm for pose in poses if pose is not None]
        return float(np.median(found)) if found else float("nan")


def cut_to_face(seen: Observation, margin: float = FACE_MARGIN) -> Observation:
    """The same observation with the image cut to the face; landmarks and camera are moved along.

    `margin` is in sizes of the face's box; what a model looks at must lie within. Raises ValueError if no face was
    found.
    """
    if seen.landmarks is None:
        raise ValueError("an observation without a face cannot be cut to it")
    x0, y0, x1, y1 = seen.landmarks.box_px
    dx, dy = (x1 - x0) * margin, (y1 - y0) * margin
    height, width = seen.frame.image.shape[:2]
    left, right = (int(v) for v in np.clip([x0 - dx, x1 + dx + 1], 0, width))
    top, bottom = (int(v) for v in np.clip([y0 - dy, y1 + dy + 1], 0, height))
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    image = np.ascontiguousarray(seen.frame.image[top:bottom, left:right])
    face = replace(seen.landmarks, points_px=seen.landmarks.points_px - np.array([left, top]))
    camera = seen.camera
    camera = Intrinsics(right - left, bottom - top, camera.fx, camera.fy, camera.cx - left, camera.cy - top)
    if image.shape[0] * image.shape[1] > _LARGEST_PX:
        share = (_LARGEST_PX / (image.shape[0] * image.shape[1])) ** 0.5
        image = np.asarray(cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)
        camera = camera.scaled(image.shape[1], image.shape[0])
        scale = np.array([image.shape[1] / (right - left), image.shape[0] / (bottom - top)])
        face = replace(face, points_px=face.points_px * scale, depth_px=face.depth_px * scale[0])
    return replace(seen, frame=replace(seen.frame, image=image), camera=camera, landmarks=face)
