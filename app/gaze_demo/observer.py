"""Finds face, head pose and eyes in frames."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from types import TracebackType

import numpy as np

from gaze_demo.camera.frame import Frame
from gaze_demo.geometry import FORWARD, Array, Intrinsics, angle_between, normalised
from gaze_demo.intrinsics import Lens, Undistortion
from gaze_demo.landmarks.engine import EngineChoice
from gaze_demo.landmarks.eyes import EyeMeasures, measure_eyes
from gaze_demo.landmarks.face import EyeScores
from gaze_demo.landmarks.head_pose import HeadPose, estimate_head_pose
from gaze_demo.landmarks.openness import UsualOpenness
from gaze_demo.landmarks.search import FaceSearch
from gaze_demo.observation import EyeObservation, Observation, Reason, Side

EYE_LIMIT_DEG = 55.0
# Largest angle between the face's direction and the lens, and sideways for the eye that turns away: there the bridge of
# the nose hides the canonical face's inner corner from 43 deg, the eye's middle from 53 deg.
FAR_EYE_LIMIT_DEG = 45.0
SMALLEST_EYE_PX = 9.0  # corner distance; at 640 x 480 px with a field of view of 60 deg an eye at 1 m has 15 px
DARKEST_EYE = 16.0  # grey level; well lit eyes of 549 people of all skin tones span 38 to 169


class Observer:
    """Finds face, head pose and eyes in frames; for one thread only; a context manager.

    With `video` the frames follow each other and one person is followed, otherwise each stands for itself. `lens` may
    be replaced at any time. Raises UserError if the lens does not fit the frames, or the engine is missing.
    """

    def __init__(self, *, video: bool, lens: Lens | None = None, engine: EngineChoice = "auto") -> None:
        self.lens = lens or Lens()
        self._search = FaceSearch(video=video, engine=engine)
        self._undistortion: Undistortion | None = None
        self._video = video
        self._before: _Before | None = None
        self._usual: tuple[int, tuple[UsualOpenness, UsualOpenness]] | None = None

    def __enter__(self) -> Observer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._search.close()

    @property
    def engine(self) -> str:
        """The landmark engine in use, "direct" or "mediapipe"."""
        return self._search.engine

    def choose_face(self, x_px: float, y_px: float) -> None:
        """Follow the face at this point of the (undistorted) image from the next frame on; may be called from any
        thread."""
        self._search.choose(x_px, y_px)

    def observe(self, frame: Frame) -> Observation:
        """What can be seen in a frame; its `reason` says why no gaze can be read. If the frame is a cut, nothing of
        earlier frames is used.
        """
        started = time.perf_counter()
        if frame.cut:
            self._search.forget()
            self._before = self._usual = None
        camera = self.lens.for_size(frame.width, frame.height)
        if camera.distortion:
            if self._undistortion is None or self._undistortion.camera != camera:
                self._undistortion = Undistortion(camera)
            frame = replace(frame, image=self._undistortion.undo(frame.image))
            camera = replace(camera, distortion=(), fisheye=False)
        sight = self._search.find(frame.image, frame.time_s)
        landmarks = sight.landmarks
        found = time.perf_counter()
        landmarks_ms = (found - started) * 1e3
        pose = estimate_head_pose(landmarks, camera, self._pose_before(sight.person, camera)) if landmarks else None
        if landmarks is None or pose is None:
            if sight.doubtful:
                reason = Reason.TWO_PEOPLE
            else:
                reason = Reason.TOO_DARK if frame.image[::8, ::8].mean() < DARKEST_EYE else Reason.NO_FACE
            return Observation(frame, camera, None, None, None, None, reason, landmarks_ms, 0.0, people=sight.people)
        measures = measure_eyes(frame.image, landmarks, pose)
        left_usual, right_usual = self._usual_openness(sight.person)
        doubtful = left_usual.is_doubtful(measures[0].openness) or right_usual.is_doubtful(measures[1].openness)
        scores = landmarks.scores() if doubtful else EyeScores()  # which cost another network
        left_closed = left_usual.is_closed(measures[0].openness, scores.blink_left, scores.down_left)
        right_closed = right_usual.is_closed(measures[1].openness, scores.blink_right, scores.down_right)
        left = _judge("left", measures[0], pose.left_eye_mm, pose, closed=left_closed)
        right = _judge("right", measures[1], pose.right_eye_mm, pose, closed=right_closed)
        for eye, usual in ((left, left_usual), (right, right_usual)):
            if eye.valid:
                usual.learn(eye.openness, frame.time_s)
        reason = Reason.NONE if left.valid or right.valid else min(left.reason, right.reason, key=_WORST_FIRST.index)
        pose_ms = (time.perf_counter() - found) * 1e3
        self._before = _Before(sight.person, camera, pose)
        return Observation(
            frame, camera, landmarks, pose, left, right, reason, landmarks_ms, pose_ms, sight.person, sight.people
        )

    def _usual_openness(self, person: int) -> tuple[UsualOpenness, UsualOpenness]:
        """How wide the left and the right eye usually are open; unknown for a person who was not seen before."""
        if not self._video or self._usual is None or self._usual[0] != person:
            self._usual = (person, (UsualOpenness(), UsualOpenness()))
        return self._usual[1]

    def _pose_before(self, person: int, camera: Intrinsics) -> HeadPose | None:
        """The pose of the same head in the frame before, for the search of this one to start from."""
        before = self._before
        known = self._video and before is not None and before.person == person and before.camera == camera
        return before.pose if before is not None and known else None


@dataclass(frozen=True, eq=False)
class _Before:
    """The person and the head of the last frame with a face."""

    person: int
    camera: Intrinsics
    pose: HeadPose


_WORST_FIRST = (
    Reason.HEAD_TURNED,
    Reason.OUT_OF_PICTURE,
    Reason.TOO_DARK,
    Reason.EYE_TOO_SMALL,
    Reason.EYE_CLOSED,
    Reason.NONE,
)


def _judge(side: Side, measures: EyeMeasures, centre_mm: Array, pose: HeadPose, *, closed: bool) -> EyeObservation:
    """The eye with the reason why it cannot be read, if any."""
    to_lens = pose.rotation.T @ -normalised(centre_mm)  # in the head frame
    away = np.arctan2(-to_lens[0] if side == "left" else to_lens[0], -to_lens[2])
    if np.degrees(angle_between(FORWARD, to_lens)) > EYE_LIMIT_DEG or np.degrees(away) > FAR_EYE_LIMIT_DEG:
        reason = Reason.HEAD_TURNED
    elif not measures.inside:
        reason = Reason.OUT_OF_PICTURE
    elif measures.brightness < DARKEST_EYE:
        reason = Reason.TOO_DARK
    elif measures.width_px < SMALLEST_EYE_PX:
        reason = Reason.EYE_TOO_SMALL
    else:
        reason = Reason.EYE_CLOSED if closed else Reason.NONE
    return EyeObservation(side, centre_mm, measures.openness, closed, measures.width_px, measures.brightness, reason)
