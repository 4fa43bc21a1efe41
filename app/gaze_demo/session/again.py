"""The frames of a session as observations, so that models and mappings can be run on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.on_screen import screen_point
from gaze_demo.calibration.profile import Profile
from gaze_demo.calibration.readings import Readings
from gaze_demo.camera.frame import Frame
from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import FORWARD, Array, vector_to_pitch_yaw
from gaze_demo.landmarks.face import COUNT, FaceLandmarks
from gaze_demo.landmarks.head_pose import HeadPose, eye_centres_in_head_mm
from gaze_demo.normalisation.normalise import normalising_rotation
from gaze_demo.observation import EyeObservation, Observation, Reason, Side
from gaze_demo.pipeline import ScreenPoint
from gaze_demo.session.about import CameraAbout
from gaze_demo.session.arrow import numpy_of
from gaze_demo.session.folder import Session

_REASONS = {reason.value: reason for reason in Reason}
_NO_PICTURE = np.zeros((0, 0, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class RecordedFrame:
    """A frame without its picture: the observation, and each model's estimate."""

    seen: Observation
    estimates: tuple[GazeEstimate, ...]


def recorded_frames(session: Session, first: int = 0) -> Iterator[RecordedFrame]:
    """Every frame of the table in order of time, from the one of index `first` on. Raises UserError if the table has no
    camera to go with it."""
    camera = _camera(session)
    frame: list[dict[str, Any]] = []
    early = int(np.count_nonzero(numpy_of(session.table.column("frame")) < first)) if first else 0
    for batch in session.table.slice(early).to_batches(max_chunksize=300):
        for row in batch.to_pylist():
            if frame and row["frame"] != frame[0]["frame"]:
                yield _recorded(frame, camera)
                frame = []
            frame.append(row)
    if frame:
        yield _recorded(frame, camera)


def observations_again(session: Session, first: int = 0) -> Iterator[Observation]:
    """Every frame with the pictures that were kept; a frame without a face has no picture, and its reason says why.

    Raises UserError if no pictures were kept, or they are damaged.
    """
    return (seen for seen, _ in frames_again(session, first))


def frames_again(session: Session, first: int = 0) -> Iterator[tuple[Observation, RecordedFrame]]:
    """The same from the frame of index `first` on, each with what was recorded of it."""
    kept = session.observations(first=first)
    waiting = next(kept, None)
    for recorded in recorded_frames(session, first):
        index = recorded.seen.frame.index
        while waiting is not None and waiting.frame.index < index:
            waiting = next(kept, None)
        if waiting is not None and waiting.frame.index == index:
            yield waiting, recorded
            waiting = next(kept, None)
        elif recorded.seen.landmarks is None:
            yield recorded.seen, recorded
        else:  # the picture was lost with the end of the file
            lost = Reason.NO_ANSWER
            yield replace(recorded.seen, reason=lost, landmarks=None, pose=None, left=None, right=None), recorded


class RecordedMap:
    """Maps recorded gazes to the screen without pictures; implements `gaze_demo.pipeline.ToScreen`.

    Raises UserError, when a point is requested, if the profile uses features of the eyes, which need pictures.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def point(self, seen: Observation, estimate: GazeEstimate) -> ScreenPoint | None:
        mapping = self.profile.mappings.get(estimate.model)
        if mapping is None or estimate.gaze is None or estimate.origin_mm is None or seen.pose is None:
            return None
        if estimate.gaze[2] > -0.05 or estimate.origin_mm[2] <= 0:  # not towards the plane of the screen
            return None
        refuse_features(mapping, estimate.model)
        row = readings_of(estimate.gaze, estimate.origin_mm, seen.pose.rotation)
        return screen_point(mapping, row, self.profile)


def refuse_features(mapping: Mapping, model: str) -> None:
    """Raise UserError if a mapping cannot do without the pictures."""
    if mapping.feature_weights[0]:
        raise UserError(
            f"The profile's correction of {model} needs pictures of the eyes, which this session did not keep: "
            "record with --keep eyes, or fit an affine correction with 'gaze-demo recalibrate'."
        )


def readings_of(gaze: Array, origin_mm: Array, head_rotation: Array) -> Readings:
    """One reading without features: a gaze (3,), where it starts (3,), and the head's rotation (3, 3)."""
    frame = normalising_rotation(origin_mm, head_rotation)
    head = vector_to_pitch_yaw(frame @ head_rotation @ FORWARD)
    rows = (gaze, origin_mm, frame, head, np.zeros(0))
    return Readings(*(np.asarray(row, float)[None] for row in rows))


def _camera(session: Session) -> CameraAbout:
    if session.about.camera is None:
        raise UserError(f"{session.folder} has no frames: there is nothing to replay.")
    return session.about.camera


def _recorded(rows: list[dict[str, Any]], camera: CameraAbout) -> RecordedFrame:
    first = rows[0]
    rotation = np.array(first["head_rotation"], float).reshape(3, 3)
    origin = _vector(first, "eye_x_mm", "eye_y_mm", "eye_z_mm")
    pose = None
    if origin is not None and np.isfinite(rotation).all():
        middle = np.mean(eye_centres_in_head_mm(), axis=0)
        pose = HeadPose(rotation, origin - rotation @ middle)
    unknown = np.full((COUNT, 2), np.nan)
    seen = Observation(
        frame=Frame(_NO_PICTURE, first["frame"], first["time_s"]),
        camera=camera.intrinsics,
        landmarks=FaceLandmarks(unknown, unknown[:, 0]) if first["face"] else None,
        pose=pose,
        left=_eye(first, "left", pose),
        right=_eye(first, "right", pose),
        reason=_reason(first["reason"]),
        landmarks_ms=0.0,
        pose_ms=0.0,
    )
    return RecordedFrame(seen, tuple(_estimate(row) for row in rows if row["model"]))


def _eye(row: dict[str, Any], side: Side, pose: HeadPose | None) -> EyeObservation | None:
    closed = row[f"closed_{side}"]
    if closed < 0 or pose is None:
        return None
    centre = pose.left_eye_mm if side == "left" else pose.right_eye_mm
    return EyeObservation(side, centre, row[f"openness_{side}"], bool(closed), float("nan"), float("nan"))


def _estimate(row: dict[str, Any]) -> GazeEstimate:
    variance = [row["var_pitch"], row["cov_pitch_yaw"], row["cov_pitch_yaw"], row["var_yaw"]]
    return GazeEstimate(
        model=row["model"],
        gaze=_vector(row, "gaze_x", "gaze_y", "gaze_z"),
        left=_vector(row, "left_x", "left_y", "left_z"),
        right=_vector(row, "right_x", "right_y", "right_z"),
        origin_mm=_vector(row, "eye_x_mm", "eye_y_mm", "eye_z_mm"),
        reason=_reason(row["reason"]),
        normalisation_ms=0.0,
        model_ms=0.0,
        left_reason=_reason(row["left_reason"]),
        right_reason=_reason(row["right_reason"]),
        covariance=np.array(variance, float).reshape(2, 2) if np.isfinite(variance).all() else None,
    )


def _vector(row: dict[str, Any], *names: str) -> Array | None:
    values = np.array([row[name] for name in names], float)
    return values if np.isfinite(values).all() else None


def _reason(text: str) -> Reason:
    if text not in _REASONS:
        raise UserError(f"The session holds a reason that this version of gaze-demo does not know: {text[:80]!r}.")
    return _REASONS[text]
