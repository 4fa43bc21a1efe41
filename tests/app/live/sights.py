"""Sights made by hand: a drawn observation with any gaze."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app.drawn_face import observation
from gaze_demo import clock
from gaze_demo.camera.frame import Frame, Truth
from gaze_demo.estimate import GazeEstimate
from gaze_demo.filter.gaze_filter import Gazes
from gaze_demo.geometry import pitch_yaw_to_vector
from gaze_demo.live.shot import Shot, Sight
from gaze_demo.observation import Observation, Reason


def seen_frame(index: int = 0, truth: Truth | None = None, image: np.ndarray | None = None) -> Observation:
    seen = observation()
    frame = Frame(seen.frame.image if image is None else image, index, index / 30, truth=truth)
    return replace(seen, frame=frame)


def shot(seen: Observation | None = None, source: int = 1, **changes: Any) -> Shot:
    seen = seen or seen_frame()
    now = clock.now_s()
    height, width = seen.frame.image.shape[:2]
    preview = np.zeros((height, width, 4), np.uint8)
    preview[..., :3] = seen.frame.image[:, ::-1]
    return replace(Shot(source, seen, preview, True, None, now - 0.03, now - 0.02, now - 0.01), **changes)


def sight(
    pitch_deg: float = 0.0,
    yaw_deg: float = 0.0,
    *,
    of: Shot | None = None,
    model: str = "tiny",
    reason: Reason = Reason.NONE,
    model_ms: float = 2.0,
) -> Sight:
    """A gaze of both eyes alike, or none with a `reason`."""
    of = of or shot()
    gaze = None if reason else pitch_yaw_to_vector(np.radians([pitch_deg, yaw_deg]))
    pose = of.observation.pose
    origin = pose.eyes_middle_mm if pose else None
    estimate = GazeEstimate(model, gaze, gaze, gaze, origin, reason, 1.0, model_ms)
    return Sight(of, estimate, Gazes(gaze, gaze, gaze))
