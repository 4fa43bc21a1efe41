"""A profile made of given mappings."""

from __future__ import annotations

from app.calibration.fakes import CAMERA, SCREEN
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.profile import Profile
from gaze_demo.calibration.report import Geometry, Report
from gaze_demo.calibration.sample import CameraKey
from gaze_demo.screen import ScreenGeometry


def profile(
    name: str, mappings: dict[str, Mapping], screen: ScreenGeometry = SCREEN, camera: CameraKey = CAMERA
) -> Profile:
    geometry = Geometry(screen=screen, camera=camera, distance_mm=600.0, distance_source="assumed", guesses=())
    created = "2026-01-01T00:00:00Z"
    report = Report(created=created, geometry=geometry, fit_targets=9, validation_targets=4, models={})
    return Profile(name=name, created=created, camera=camera, screen=screen, mappings=mappings, report=report)
