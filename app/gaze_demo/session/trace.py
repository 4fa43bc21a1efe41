"""One model's gaze over a session, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import FORWARD, Array, vector_to_pitch_yaw
from gaze_demo.observation import Reason
from gaze_demo.session.arrow import numpy_of


@dataclass(frozen=True, eq=False)
class GazeTrace:
    """n frames of one model in order of time; camera frame, NaN if nothing is known.

    `frame` (n,) indices. `time_s` (n,). `face` (n,) whether one was found. `reason` (n,) texts, empty if there is a
    gaze. `gaze`, `left`, `right` (n, 3) unfiltered unit vectors. `eye_mm` (n, 3), where the gaze starts.
    `head_rotation` (n, 3, 3), head to camera frame. `openness` (n, 2), left and right. `closed` (n, 2), by the model if
    it reports it, else by the landmarks: 1 closed, 0 open, -1 unknown. `point_px` (n, 2) unfiltered point of gaze,
    `shown_px` (n, 2) the filtered one, on the profile's screen. `covariance` (n, 3): variances of pitch and yaw and
    their covariance, rad^2.
    """

    model: str
    frame: NDArray[np.int64]
    time_s: Array
    face: NDArray[np.bool_]
    reason: NDArray[np.str_]
    gaze: Array
    left: Array
    right: Array
    eye_mm: Array
    head_rotation: Array
    openness: Array
    closed: NDArray[np.int64]
    point_px: Array
    shown_px: Array
    covariance: Array

    def __len__(self) -> int:
        return len(self.time_s)

    @classmethod
    def of(cls, table: Any, model: str) -> GazeTrace:
        """The rows of a model, and those of frames that no model answered, in order of time."""
        names = texts_of(table.column("model"))
        frame = numpy_of(table.column("frame"))
        own = names == model
        if model:
            own |= (names == "") & ~np.isin(frame, frame[own])
        time_s = numpy_of(table.column("time_s"))
        rows = np.flatnonzero(own)
        rows = rows[np.argsort(time_s[rows], kind="stable")]

        def texts(name: str) -> NDArray[np.str_]:
            return texts_of(table.column(name))[rows]

        def numbers(*columns: str) -> Array:
            return np.stack([numpy_of(table.column(name)).astype(float)[rows] for name in columns], -1)

        sides = ("left", "right")
        shut = np.stack([texts(f"{side}_reason") == Reason.EYE_CLOSED.value for side in sides], -1)
        read = np.isfinite(numbers(*(f"{side}_x" for side in sides)))
        closed = np.select([shut, read], [1, 0], numbers("closed_left", "closed_right")).astype(np.int64)
        rotation = numpy_of(table.column("head_rotation").combine_chunks().flatten()).reshape(-1, 3, 3)[rows]
        return cls(
            model=model,
            frame=frame[rows].astype(np.int64),
            time_s=time_s[rows],
            face=numpy_of(table.column("face"))[rows],
            reason=texts("reason"),
            gaze=numbers("gaze_x", "gaze_y", "gaze_z"),
            left=numbers("left_x", "left_y", "left_z"),
            right=numbers("right_x", "right_y", "right_z"),
            eye_mm=numbers("eye_x_mm", "eye_y_mm", "eye_z_mm"),
            head_rotation=rotation,
            openness=numbers("openness_left", "openness_right"),
            closed=closed,
            point_px=numbers("point_x_px", "point_y_px"),
            shown_px=numbers("shown_x_px", "shown_y_px"),
            covariance=numbers("var_pitch", "var_yaw", "cov_pitch_yaw"),
        )

    @property
    def valid(self) -> NDArray[np.bool_]:
        """(n,): frames with a gaze."""
        return np.asarray(np.isfinite(self.gaze).all(1))

    @property
    def on_screen(self) -> NDArray[np.bool_]:
        """(n,): frames with a point of gaze."""
        return np.asarray(np.isfinite(self.point_px).all(1))

    @property
    def pitch_yaw(self) -> Array:
        """(n, 2) in radians."""
        return vector_to_pitch_yaw(self.gaze)

    @property
    def head_pitch_yaw(self) -> Array:
        """(n, 2) in radians: where the face points."""
        return vector_to_pitch_yaw(self.head_rotation @ FORWARD)

    @property
    def distance_mm(self) -> Array:
        """(n,): from the lens to the middle of the eyes."""
        return np.asarray(np.linalg.norm(self.eye_mm, axis=1))

    def take(self, index: NDArray[Any]) -> GazeTrace:
        """The frames that a mask or an index array selects."""
        kept = {f.name: getattr(self, f.name)[index] for f in fields(self) if f.name != "model"}
        return replace(self, **kept)

    def with_points(self, point_px: Array) -> GazeTrace:
        """The same with other unfiltered points of gaze (n, 2)."""
        return replace(self, point_px=point_px)


def texts_of(column: Any) -> NDArray[np.str_]:
    """A column of texts (n,); it has few different ones."""
    coded = column.combine_chunks().dictionary_encode()
    known = np.array([*coded.dictionary.to_pylist(), ""], str)
    return known[numpy_of(coded.indices)]
