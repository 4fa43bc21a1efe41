"""What is known of a frame before any model sees it: face, head pose, eyes, and why an eye cannot be read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from gaze_demo.camera.frame import Frame
from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.head_pose import HeadPose

_Made = TypeVar("_Made")

Side = Literal["left", "right"]  # the person's own


class Reason(str, Enum):
    """Why there is no gaze; empty if there is one.

    Add new reasons at the end: recorded sittings store their positions.
    """

    NONE = ""
    NO_FACE = "no face"
    EYE_CLOSED = "eye closed"
    EYE_TOO_SMALL = "eye too small"
    TOO_DARK = "too dark"
    HEAD_TURNED = "head turned too far"
    NO_ANSWER = "no answer from the model"
    OUT_OF_PICTURE = "eye out of the picture"
    TOO_BLURRED = "too blurred"
    GLARE = "glare on the eye"
    COVERED = "eye covered"
    UNSURE = "gaze too uncertain"
    TWO_PEOPLE = "two people"
    LIDS_MOVING = "lids moving"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, eq=False)
class EyeObservation:
    """One eye of the person.

    `centre_mm`: (3,), midpoint of the corners on the head model, camera frame. `openness`: lid distance by corner
    distance, foreshortening undone, about 0.3 for an open eye. `width_px`: corner distance in the image. `brightness`:
    mean grey level 0..255 between the corners. `reason`: why this eye gives no gaze.
    """

    side: Side
    centre_mm: Array
    openness: float
    blinking: bool
    width_px: float
    brightness: float
    reason: Reason = Reason.NONE

    @property
    def valid(self) -> bool:
        return self.reason is Reason.NONE


class Prepared:
    """What is made once of an observation, for whoever asks: of two threads that ask at the same time, one makes it and
    the other waits. A copy is empty."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._things: dict[str, _Thing] = {}

    def __reduce__(self) -> tuple[type[Prepared], tuple[()]]:
        return Prepared, ()

    def once(self, name: str, make: Callable[[], _Made]) -> _Made:
        """The thing of this name, made by the first who asks. Others may share it, so nobody may change it. `make` may
        ask for things of other names, but not for this one."""
        with self._lock:
            thing = self._things.setdefault(name, _Thing())
        with thing.lock:
            if not thing.made:
                thing.value, thing.made = make(), True
        value: _Made = thing.value
        return value

    def share(self, other: Prepared) -> None:
        """Use what another has made, of the same frame and pose."""
        with other._lock:
            things = dict(other._things)
        with self._lock:
            self._things = {**things, **self._things}


class _Thing:
    """One thing that is made once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.made = False
        self.value: Any = None


@dataclass(frozen=True, eq=False)
class Observation:
    """All that is known of a frame before any model sees it.

    `frame` is undistorted, and `camera` its intrinsics without distortion. Where no face is found, landmarks, pose and
    eyes are None. `reason` is set if neither eye can give a gaze; it is "two people" if the face may not be the one
    that was followed. `person`: a number that changes when another person is taken, 0 if no face was found. `people`:
    how many faces there were lately. `prepared`: what models have made of this observation and others may use, such as
    the inputs of a contract; a copy starts without it. `eye_crops`: the usual normalised crops of the left and the
    right eye, grey (36, 60) uint8 and unmirrored, if a recording kept them instead of the frame.
    """

    frame: Frame
    camera: Intrinsics
    landmarks: FaceLandmarks | None
    pose: HeadPose | None
    left: EyeObservation | None
    right: EyeObservation | None
    reason: Reason
    landmarks_ms: float
    pose_ms: float
    person: int = 0
    people: int = 0
    eye_crops: tuple[NDArray[np.uint8], NDArray[np.uint8]] | None = None
    prepared: Prepared = field(default_factory=Prepared, init=False, repr=False)

    @property
    def valid(self) -> bool:
        return self.reason is Reason.NONE
