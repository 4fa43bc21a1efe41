from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.drawn_face import head_pose, observation
from gaze_demo.camera.frame import Frame
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import pitch_yaw_to_vector, vector_to_pitch_yaw
from gaze_demo.observation import Observation, Reason
from gaze_demo.pipeline import GazeSample, ModelStage, Pipeline, ScreenPoint


class Observes:
    """Gives observations of a still head; those of odd frames have no face."""

    closed = False

    def observe(self, frame: Frame) -> Observation:
        seen = replace(observation(head_pose()), frame=frame)
        if frame.index % 2:
            return replace(seen, landmarks=None, pose=None, left=None, right=None, reason=Reason.NO_FACE)
        return seen

    def close(self) -> None:
        self.closed = True


class Jumping:
    """A model whose yaw is 0 and 10 deg in turn."""

    def __init__(self, name: str) -> None:
        self.name = name

    def estimate(self, seen: Observation) -> GazeEstimate:
        if not seen.valid:
            return GazeEstimate(self.name, None, None, None, None, seen.reason, 0.0, 0.0)
        gaze = pitch_yaw_to_vector(np.radians([0.0, 10.0 * (seen.frame.index % 4 == 0)]))
        assert seen.pose is not None
        return GazeEstimate(self.name, gaze, gaze, None, seen.pose.eyes_middle_mm, Reason.NONE, 0.0, 1.0)


class YawInDegrees:
    """Replaces a profile: a gaze's yaw in degrees is the point's x in px."""

    def point(self, seen: Observation, estimate: GazeEstimate) -> ScreenPoint | None:
        if estimate.gaze is None:
            return None
        yaw = float(np.degrees(vector_to_pitch_yaw(estimate.gaze)[1]))
        return ScreenPoint(np.array([yaw, 0.0]), np.array([yaw / 4, 0.0]))


def frame(index: int) -> Frame:
    return Frame(np.full((480, 640, 3), 100, np.uint8), index, index / 30)


def test_a_sample_a_frame_with_every_model_in_order() -> None:
    observer = Observes()
    with Pipeline(observer, [Jumping("a"), Jumping("b")]) as pipeline:
        samples = [pipeline.process(frame(index)) for index in range(4)]
    assert observer.closed
    assert [(sample.index, sample.reason) for sample in samples] == [
        (0, Reason.NONE),
        (1, Reason.NO_FACE),
        (2, Reason.NONE),
        (3, Reason.NO_FACE),
    ]
    assert samples[2].time_s == pytest.approx(2 / 30)
    assert [estimate.model for estimate in samples[0].estimates] == ["a", "b"]
    assert samples[1].gazes[0].estimate.reason is Reason.NO_FACE
    assert samples[0].of_model("b") is samples[0].gazes[1]
    assert samples[0].of_model("c") is None


def test_filtered_and_unfiltered_values_stand_beside_each_other() -> None:
    with Pipeline(Observes(), [Jumping("a")], to_screen=YawInDegrees(), filter_strength=1.0) as pipeline:
        gazes = [pipeline.process(frame(index)).gazes[0] for index in (0, 2)]
    assert all(gaze.point is not None and gaze.filtered_point is not None for gaze in gazes)
    assert gazes[1].point is not None
    assert gazes[1].filtered_point is not None
    assert gazes[1].point.px[0] == pytest.approx(0.0, abs=1e-9)
    assert 1.0 < gazes[1].filtered_point.px[0] < 10.0


def test_without_a_filter_the_filtered_gaze_is_the_raw_one_and_is_mapped_once() -> None:
    stage = ModelStage(Jumping("a"), to_screen=YawInDegrees())
    gaze = stage.gaze(Observes().observe(frame(0)))
    assert gaze.filtered.mean is gaze.estimate.gaze
    assert gaze.filtered_point is gaze.point


def test_without_a_profile_there_is_no_point() -> None:
    gaze = ModelStage(Jumping("a")).gaze(Observes().observe(frame(0)))
    assert gaze.point is None
    assert gaze.filtered_point is None


def test_a_sample_without_its_picture_is_light_and_otherwise_the_same() -> None:
    sample = GazeSample.of(Observes().observe(frame(0)))
    light = sample.without_picture()
    assert light.observation.frame.image.size == 0
    assert light.observation.landmarks is sample.observation.landmarks
    assert sample.observation.frame.image.size > 0
