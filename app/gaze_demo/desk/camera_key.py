"""The camera behind a frame, as a profile remembers it."""

from __future__ import annotations

from gaze_demo.calibration.sample import CameraKey, DistanceSource
from gaze_demo.geometry import DEFAULT_HFOV_DEG
from gaze_demo.live.engine import Engine
from gaze_demo.live.shot import Shot


def camera_key(engine: Engine, spec: str, shot: Shot) -> CameraKey:
    """The camera behind a shot, and how well its lens is known."""
    source, wishes, camera = engine.source, engine.wishes, shot.observation.camera
    how: DistanceSource = "assumed field of view"
    if (source is not None and source.intrinsics is not None) or (wishes.lens and wishes.lens.known):
        how = "measured intrinsics"
    elif wishes.lens or abs(wishes.hfov_deg - DEFAULT_HFOV_DEG) > 0.01:
        how = "given field of view"
    name = (source.name if source is not None else "") or spec
    return CameraKey(
        name=name[:400], width=camera.width, height=camera.height, hfov_deg=camera.hfov_deg, distance_source=how
    )
