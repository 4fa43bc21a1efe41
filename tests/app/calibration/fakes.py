"""A simulated person made only of geometry, and models with known errors: no images, no networks, exact truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from gaze_demo.calibration.collect import Collector
from gaze_demo.calibration.sample import CameraKey, Fixation, SittingData
from gaze_demo.calibration.targets import layout_targets, validation_targets
from gaze_demo.camera.frame import Frame, Truth
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import (
    Array,
    Intrinsics,
    normalised,
    pitch_yaw_to_vector,
    rotation_from_angles,
    vector_to_pitch_yaw,
)
from gaze_demo.landmarks.face import COUNT, EyeScores, FaceLandmarks
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS, HeadPose, canonical_face
from gaze_demo.model.contract import AnglesOutput, Contract, EyeRows, NormalisedEyes, Pixels
from gaze_demo.model.registry import ModelEntry
from gaze_demo.normalisation.normalise import normalising_rotation
from gaze_demo.observation import EyeObservation, Observation, Reason
from gaze_demo.screen import ScreenGeometry

SCREEN = ScreenGeometry.of_monitor("Test", 1920, 1080, 527.0, 296.0)
TRUE_CAMERA = Intrinsics.from_hfov(640, 480, 60.0)
CAMERA = CameraKey(name="fake", width=640, height=480, hfov_deg=60.0)
_NO_IMAGE = np.zeros((480, 640, 3), np.uint8)


@dataclass
class Person:
    """Looks at points of the true screen; `camera` is what the observer assumes, the lens is `TRUE_CAMERA`.

    `sway_mm`, `sway_rad`: standard deviations of the head's position and rotation from look to look.
    """

    screen: ScreenGeometry = SCREEN
    camera: Intrinsics = TRUE_CAMERA
    sway_mm: tuple[float, float, float] = (1.0, 1.0, 1.0)
    sway_rad: float = 0.01
    seed: int = 0
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.move()

    def move(self) -> None:
        """Take another position of the head."""
        self.middle_mm = np.array([0.0, 60.0, 600.0]) + self.rng.normal(0, self.sway_mm)
        self.rotation = rotation_from_angles(*self.rng.normal(0, self.sway_rad, 3))

    def observe(self, point_px: Array, time_s: float, *, reason: Reason = Reason.NONE) -> Observation:
        """The observation of a frame in which the person looks at a pixel of the screen."""
        target = self.screen.px_to_camera(point_px)
        true = HeadPose(self.rotation, np.zeros(3))
        true = HeadPose(self.rotation, self.middle_mm - true.eyes_middle_mm)
        gaze = normalised(target - self.middle_mm)
        truth = Truth(
            target_mm=target,
            left=normalised(target - true.left_eye_mm),
            right=normalised(target - true.right_eye_mm),
            left_eye_mm=true.left_eye_mm,
            right_eye_mm=true.right_eye_mm,
            head_rotation=self.rotation,
        )
        stretch = np.array([1.0, 1.0, self.camera.fx / TRUE_CAMERA.fx])
        pose = HeadPose(self.rotation, self.middle_mm * stretch - HeadPose(self.rotation, np.zeros(3)).eyes_middle_mm)
        eyes = [
            EyeObservation(side, centre, 0.3, reason is Reason.EYE_CLOSED, 40.0, 120.0, reason)
            for side, centre in (("left", pose.left_eye_mm), ("right", pose.right_eye_mm))
        ]
        frame = Frame(_NO_IMAGE, round(time_s * 30), time_s, truth=truth)
        return Observation(frame, self.camera, self._landmarks(true, gaze), pose, eyes[0], eyes[1], reason, 8.0, 1.0)

    def _landmarks(self, pose: HeadPose, gaze: Array) -> FaceLandmarks:
        points = np.zeros((COUNT, 3))
        points[:468] = canonical_face()
        pitch, yaw = vector_to_pitch_yaw(pose.rotation.T @ gaze)
        for start, corners in ((468, RIGHT_CORNERS), (473, LEFT_CORNERS)):
            middle = canonical_face()[list(corners)].mean(0)
            points[start : start + 5] = middle + 12.0 * np.array([-np.sin(yaw), -np.sin(pitch), 0.0])
        projected = TRUE_CAMERA.project(points @ pose.rotation.T + pose.translation_mm)
        return FaceLandmarks(
            projected + self.rng.normal(0, 0.1, projected.shape), np.zeros(COUNT), partial(EyeScores, 0.0, 0.0)
        )

    def look(self, kind: str, index: int, point_px: Array, start_s: float, frames: int = 16) -> Fixation:
        """One look of some frames at 30 a second; the head moves before it and drifts a little during it."""
        self.move()
        collector = Collector(kind, index, start_s, start_s + frames / 30)
        for i in range(frames):
            collector.add(self.observe(point_px, start_s + i / 30), point_px)
        return collector.finish().fixation

    def sitting(self, points: int = 9, believed: ScreenGeometry = SCREEN, frames: int = 8) -> SittingData:
        """Calibration and validation on the true screen's pixels, described with the assumed screen."""
        fixations, now_s = [], 0.0
        plan = [("fit", t) for t in layout_targets(points, self.screen, self.seed)]
        plan += [("validation", t) for t in validation_targets(self.screen, self.seed)]
        for kind, target in plan:
            fixations.append(self.look(kind, target.index, target.point_px, now_s, frames))
            now_s += 2.0
        return SittingData(believed, CAMERA, "2026-01-01T00:00:00Z", tuple(fixations))


@dataclass
class FakeModel:
    """Reads the truth in the normalised frame and errs: pitch and yaw become gain times themselves plus a bias."""

    name: str = "fake"
    gain: tuple[float, float] = (1.0, 1.0)
    bias_deg: tuple[float, float] = (0.0, 0.0)
    noise_deg: float = 0.0
    embedding: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        pixels = Pixels(width=60, height=36, colour="grey")
        contract = Contract(
            role="student",
            input=NormalisedEyes(pixels=pixels, eyes=EyeRows(tensor="eyes")),
            output=AnglesOutput(tensor="gaze"),
            parameters=1000,
            macs=2000,
            licence="none",
        )
        self.entry = ModelEntry(self.name, Path("fake.onnx"), contract, 0, "path")
        self._rng = np.random.default_rng(self.seed)

    def estimate(self, seen: Observation) -> GazeEstimate:
        if not seen.valid:
            return GazeEstimate(self.name, None, None, None, None, seen.reason, 0.0, 0.0)
        truth, pose = seen.frame.truth, seen.pose
        middle = (truth.left_eye_mm + truth.right_eye_mm) / 2
        local = vector_to_pitch_yaw(normalising_rotation(middle, truth.head_rotation) @ truth.gaze)
        noisy = local * self.gain + np.radians(self.bias_deg) + self._rng.normal(0, np.radians(self.noise_deg), 2)
        believed = normalising_rotation(pose.eyes_middle_mm, pose.rotation)
        gaze = believed.T @ pitch_yaw_to_vector(noisy)
        embedding = np.concatenate([local, local**2])[None] if self.embedding else None
        return GazeEstimate(self.name, gaze, gaze, gaze, pose.eyes_middle_mm, Reason.NONE, 0.5, 1.5, embedding)
