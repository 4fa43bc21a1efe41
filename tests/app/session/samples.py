"""Samples of a drawn face whose gaze follows a known path, for sinks and sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.calibration.fakes import SCREEN
from app.drawn_face import head_pose, observation
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import pitch_yaw_to_vector
from gaze_demo.observation import Reason
from gaze_demo.pipeline import GazeSample, ModelGaze, ScreenPoint
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.sink import Run

RUN = Run(source="drawn", frame_rate=30.0, models=("a", "b"), screen=SCREEN)
_SEEN = observation(head_pose(3, -4, 2, at_mm=(20, -10, 600)))


def sample(index: int, time_s: float | None = None, models: tuple[str, ...] = ("a", "b")) -> GazeSample:
    """Every tenth frame shows no face; the gaze turns by a tenth of a degree a frame."""
    time_s = 100.0 + index / 30 if time_s is None else time_s
    seen = replace(_SEEN, frame=replace(_SEEN.frame, index=index, time_s=time_s))
    if index % 10 == 9:
        nobody = replace(seen, landmarks=None, pose=None, left=None, right=None, reason=Reason.NO_FACE)
        none = [GazeEstimate(name, None, None, None, None, Reason.NO_FACE, 0.0, 0.0) for name in models]
        return GazeSample.of(nobody, [ModelGaze(estimate) for estimate in none])
    assert seen.pose is not None
    gazes = []
    for offset, name in enumerate(models):
        gaze = pitch_yaw_to_vector(np.radians([0.1 * index + offset, 2.0]))
        px = np.array([10.0 * index + offset, 500.0])
        estimate = GazeEstimate(name, gaze, gaze, None, seen.pose.eyes_middle_mm, Reason.NONE, 0.5, 1.0)
        gazes.append(ModelGaze(estimate, point=ScreenPoint(px, SCREEN.px_to_mm(px)), filtered_point=None))
    return GazeSample.of(seen, gazes)


def recorded(folder: Path, count: int = 100, **wanted: object) -> SessionRecorder:
    """A session of so many samples, completed."""
    recorder = SessionRecorder(Recording(folder, **{"live": False, **wanted}))  # type: ignore[arg-type]
    recorder.open(RUN)
    for one in samples(count):
        recorder.write(one)
    recorder.close()
    return recorder


def samples(count: int) -> Iterator[GazeSample]:
    return (sample(index) for index in range(count))
